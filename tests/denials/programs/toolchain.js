/* Change a file of the system or of its language's toolchain, which other runs share.

Happens: all of it is read-only; only its own folders can be written to.
Answer: []
*/
const fs = require("node:fs");
const path = require("node:path");

const own = ["/work", "/tmp", "/dev/shm", "/proc"];
const writable = [];
const folders = ["/"];
while (folders.length) {
  const folder = folders.pop();
  try {
    fs.mkdirSync(path.join(folder, "made"));
    writable.push(folder);
  } catch {}
  try {
    for (const each of fs.readdirSync(folder, { withFileTypes: true })) {
      const place = path.join(folder, each.name);
      if (each.isDirectory() && !own.includes(place)) folders.push(place);
    }
  } catch {}
}
try {
  fs.appendFileSync(process.execPath, "");
  writable.push(process.execPath);
} catch {}
console.log(JSON.stringify(writable));
