/* Fill the disk: 1 GiB of files in every folder that it may write to.

Happens: there is room for `disk_mib`, and it is ended for its disk or its memory.
Ends: disk_limit memory_limit
*/
const fs = require("node:fs");

const piece = Buffer.alloc(1 << 20, "x");
for (const folder of ["/work", "/tmp", "/dev/shm"]) {
  for (let at = 0; at < 1024; at++) fs.appendFileSync(`${folder}/full`, piece);
}
