/* Leaves what a Node program can leave for the next (`plant`), or looks for it (`look`). */
const fs = require("node:fs");
const path = require("node:path");

const home = process.env.HOME ?? "/work";
const files = [
  "/work/package.json", "/work/node_modules/planted/index.js", "/work/node_modules/.bin/planted",
  `${home}/.node_modules/planted.js`, `${home}/.node_libraries/planted.js`, `${home}/.npmrc`,
  `${home}/.node_repl_history`, `${home}/.cache/planted`, "/work/.env", "/tmp/planted",
  "/tmp/node_modules/planted.js", "/tmp/node-compile-cache/planted", "/dev/shm/planted",
];
if (process.argv.includes("plant")) {
  for (const each of files) {
    fs.mkdirSync(path.dirname(each), { recursive: true });
    fs.writeFileSync(each, "{}");
  }
  console.log("planted");
}
if (process.argv.includes("look")) {
  files.filter((each) => fs.existsSync(each)).forEach((each) => console.log(each));
  try {
    require("planted");
    console.log("a module");
  } catch {}
}
