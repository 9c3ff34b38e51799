"use strict";
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const results = [...document.querySelectorAll(".result")];
  const groups = [...document.querySelectorAll(".group")];
  const selects = [...form.querySelectorAll("select")];

  const filter = () => {
    const wanted = selects.filter((each) => each.value !== "");
    let count = 0;
    for (const each of results) {
      each.hidden = !wanted.every(({ name, value }) => each.dataset[name] === value);
      count += each.hidden ? 0 : 1;
    }
    for (const each of groups) {
      const left = each.querySelectorAll(".result:not([hidden])").length;
      each.hidden = left === 0;
      each.querySelector(".count").textContent = String(left);
      if (wanted.length > 0) each.open = true;
    }
    shown.textContent = `${count} of ${results.length} results shown`;
  };
  const showAll = () => {
    for (const each of selects) each.value = "";
    filter();
  };
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("all").addEventListener("click", showAll);

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || !target.classList.contains("result")) return;
    if (target.hidden) showAll();
    for (let each = target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.open = true;
    }
    target.scrollIntoView();
    target.querySelector("summary").focus();
  };
  window.addEventListener("hashchange", reveal);

  const theme = document.getElementById("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => {
    theme.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  system.addEventListener("change", name);

  name();
  theme.hidden = false;
  form.hidden = false;
  shown.textContent = `${results.length} of ${results.length} results shown`;
  reveal();
})();
