/* Take 1 GiB of memory that the language does not count, under a limit of 256 MiB.

Happens: it is ended for its memory.
Ends: memory_limit
*/
const held = [];
for (let at = 0; at < 16; at++) {
  held.push(Buffer.alloc(64 << 20, 1), new Uint8Array(new SharedArrayBuffer(64 << 20)).fill(1));
}
setInterval(() => held.length, 1000);
