"use strict";
// What a program printed is only ever text: nothing here writes HTML.
const MOST_SHOWN = 20000;
const element = (id) => document.getElementById(id);
let running = null;

/** Return the fenced blocks of a lesson that name a language, each with its line. */
function blocksOf(lesson) {
  const blocks = [];
  let open = null;
  lesson.split(/\r?\n/).forEach((line, at) => {
    const fence = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/.exec(line);
    if (open === null) {
      if (fence) open = { mark: fence[1], language: fence[2], line: at + 1, code: [] };
    } else if (fence && fence[2] === "" && fence[1].startsWith(open.mark)) {
      if (open.language) blocks.push(open);
      open = null;
    } else {
      open.code.push(line);
    }
  });
  return blocks;
}

function asked() {
  const code = element("code").value;
  const language = element("language").value;
  if (language) return [{ code, language, id: "Snippet" }];
  return blocksOf(code).map((block) => ({
    code: block.code.join("\n") + "\n",
    language: block.language,
    id: `Line ${block.line}`,
  }));
}

function part(parent, kind, text) {
  const made = document.createElement(kind);
  made.textContent = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text;
  parent.append(made);
  return made;
}

function show(place, result) {
  place.className = result.fault;
  place.replaceChildren();
  part(place, "b", `${result.snippet_id}: ${result.outcome}`);
  part(place, "span", result.details);
  if (result.output) part(place, "pre", result.output);
  if (result.error && result.outcome !== "passed") part(place, "pre", result.error);
}

/** Yield the lines of an answer as they arrive. */
async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

async function run(requests, signal) {
  const answer = await fetch("validate/batch", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(requests),
    signal,
  });
  if (!answer.ok) {
    const after = answer.headers.get("Retry-After");
    throw new Error(after ? `All slots are taken; try again in ${after} s.` : await answer.text());
  }
  const places = requests.map((each) => part(element("results"), "li", `${each.id}: waiting …`));
  let passed = 0;
  let come = 0;
  for await (const line of linesOf(answer.body)) {
    const result = JSON.parse(line);
    show(places[result.index], result);
    passed += result.status === "Success" ? 1 : 0;
    come += 1;
    element("state").textContent = `${come} of ${requests.length} done, ${passed} passed.`;
  }
}

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const requests = asked();
  element("results").replaceChildren();
  element("state").textContent = requests.length ? "Running …" : "No fenced block names a language.";
  if (!requests.length) return;
  running = new AbortController();
  element("run").disabled = true;
  element("stop").hidden = false;
  try {
    await run(requests, running.signal);
  } catch (error) {
    element("state").textContent = error.name === "AbortError" ? "Stopped." : String(error.message);
  } finally {
    element("run").disabled = false;
    element("stop").hidden = true;
  }
});
element("stop").addEventListener("click", () => running?.abort());
