/* Leaves what a TypeScript program can leave for the next (`plant`), or looks for it (`look`). */
import * as fs from "node:fs";
import * as path from "node:path";

const files: string[] = [
  "/work/tsconfig.json", "/work/package.json", "/work/planted.d.ts", "/work/tsconfig.tsbuildinfo",
  "/work/node_modules/@types/planted/index.d.ts", "/work/node_modules/typescript/package.json",
  "/tmp/tsconfig.json", "/tmp/node_modules/@types/planted/index.d.ts", "/dev/shm/planted.ts",
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
}
