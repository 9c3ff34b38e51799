// Opens pages in headless Chromium as a reader would, and prints what it finds as JSON.
// Usage: node look.mjs CHROMIUM FOLDER-OF-NODE_MODULES PAGE [FOLDER-FOR-SCREENSHOTS]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [executablePath, modules, page_path, pictures] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");
const url = pathToFileURL(page_path).href;

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

async function opened(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const said = [];
  page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("console", (message) => said.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error}`));
  page.on("request", (request) => { if (request.url() !== url) said.push(`request: ${request.url()}`); });
  await page.goto(url);
  return { context, page, said };
}

async function look(colorScheme, width) {
  const { context, page, said } = await opened({ colorScheme, viewport: { width, height: 900 } });
  const picture = (name) =>
    pictures && page.screenshot({ path: `${pictures}/${name}-${colorScheme}-${width}.png`, fullPage: name === "whole" });
  await picture("top");
  const all = "document.querySelectorAll('details').forEach((each, n) => { each.open = n < 60; each.style.contentVisibility = 'visible'; })";
  await page.evaluate(all);
  const found = {
    overflow: await page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    owned: await page.evaluate("String(window.owned)"),
    title: await page.title(),
    background: await page.evaluate("getComputedStyle(document.body).backgroundColor"),
  };
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  found.axe = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
  await picture("whole");
  await page.click("#theme");
  found.toggled = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  found.said = said;
  await context.close();
  return found;
}

// A click returns before the page's own listeners of what it caused (`hashchange`) have run.
const appears = (page, selector) =>
  page.locator(selector).waitFor({ timeout: 20_000 }).then(() => true, () => false);

async function by_keyboard() {
  const { context, page, said } = await opened({ viewport: { width: 1280, height: 900 } });
  const focused = () => page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.name");
  const steps = {};
  await page.keyboard.press("Tab");
  steps.first = await focused();
  await page.keyboard.press("Enter");
  await appears(page, "#results:target");
  steps.skipped_to = await page.evaluate("location.hash");
  await page.keyboard.press("Tab");
  steps.filter = await focused();
  await page.keyboard.type("timeout");
  steps.chosen = await page.evaluate("document.activeElement.value");
  steps.shown = await page.textContent("#shown");
  steps.visible = await page.evaluate(
    "[...document.querySelectorAll('.result:not([hidden])')].map((each) => each.dataset.outcome)");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  steps.button = await focused();
  await page.keyboard.press("Enter");
  steps.shown_again = await page.textContent("#shown");
  const first = "document.querySelector('.result').open";
  const was_open = await page.evaluate(first);
  await page.focus(".result > summary");
  await page.keyboard.press("Enter");
  steps.opens = was_open !== (await page.evaluate(first));
  await page.selectOption("select[name=outcome]", "timeout");
  await page.click(".causes a >> nth=0");
  steps.link_shows = await appears(page, ".result[open]:target");
  steps.said = said;
  await context.close();
  return steps;
}

async function without_script() {
  const { context, page } = await opened({ javaScriptEnabled: false });
  const found = {
    filters: await page.isVisible("#filters"),
    theme: await page.isVisible("#theme"),
    results: await page.locator(".group[open] .result").first().isVisible(),
  };
  await page.locator(".result:not([open]) > summary").first().click();
  found.code = await page.locator("pre.code").first().isVisible();
  await context.close();
  return found;
}

const looks = {};
for (const scheme of ["light", "dark"]) {
  for (const width of [360, 1280]) looks[`${scheme} ${width}`] = await look(scheme, width);
}
const result = { looks, keyboard: await by_keyboard(), without_script: await without_script() };
await browser.close();
process.stdout.write(JSON.stringify(result));
