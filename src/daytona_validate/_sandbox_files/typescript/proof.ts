import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const folder = "/opt/typescript/packages";

function facts(path: string) {
  return {
    version: execFileSync(path, ["--version"], { encoding: "utf8" }).trim(),
    sha256: createHash("sha256").update(readFileSync(path)).digest("hex"),
  };
}

// @ts-expect-error - an error itself if nobody checks the types
const types: number = readFileSync(`${folder}/types/node/package.json`, "utf8");

console.log(
  JSON.stringify({
    tsc: facts(`${folder}/typescript/lib/tsc`),
    esbuild: facts(`${folder}/esbuild/bin/esbuild`),
    types: JSON.parse(String(types)).version,
  }),
);
