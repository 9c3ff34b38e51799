/* Start 10,000 threads that all wait, where a program may have 256 threads and processes.

Happens: no more can be started; a runtime that cannot go on without is ended (`process_limit`).
Ends: process_limit memory_limit
*/
const { Worker } = require("node:worker_threads");

const small = { maxOldGenerationSizeMb: 1, maxYoungGenerationSizeMb: 1, stackSizeMb: 0.25 };
for (let at = 0; at < 10_000; at++) {
  new Worker("setInterval(() => {}, 1000)", { eval: true, resourceLimits: small });
}
