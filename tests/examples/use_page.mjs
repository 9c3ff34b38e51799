// Uses the page of the example service in headless Chromium, and prints what it sees as JSON.
// Usage: node use_page.mjs CHROMIUM FOLDER-OF-NODE_MODULES ADDRESS LESSON [PICTURE]
import { createRequire } from "node:module";

const [executablePath, modules, address, lesson, picture] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
const said = [];
page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
page.on("console", (message) => said.push(`console: ${message.text()}`));
page.on("pageerror", (error) => said.push(`error: ${error}`));
page.on("request", (request) => {
  if (!request.url().startsWith(address) && !request.url().startsWith("data:")) said.push(request.url());
});

async function ran(text, language) {
  await page.fill("#code", text);
  await page.selectOption("#language", language);
  await page.click("#run");
  await page.locator("#run:not([disabled])").waitFor();  // the page's policy forbids Playwright's eval
  return {
    state: await page.textContent("#state"),
    heads: await page.locator("#results b").allTextContents(),
    faults: await page.locator("#results li").evaluateAll((all) => all.map((each) => each.className)),
    printed: await page.locator("#results pre").allTextContents(),
    elements: await page.locator("#results *").evaluateAll((all) => [...new Set(all.map((each) => each.tagName))].sort()),
  };
}

await page.goto(`${address}/`);
const found = { lesson: await ran(lesson, "") };
if (picture) await page.screenshot({ path: picture });
found.snippet = await ran("print(1)", "python");
found.nothing = (await ran("no fence", "")).state;
found.owned = await page.evaluate("String(window.owned)");
found.said = said;
console.log(JSON.stringify(found));
await browser.close();
