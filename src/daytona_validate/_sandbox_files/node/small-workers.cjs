// Each worker thread reserves 512 MiB of addresses for compiled code (Node 24), and mostly leaves
// them alone. Where a program's memory is bounded by what it reserves, not even one could start, so
// there a worker has less unless the program says otherwise.
'use strict';
delete require.cache[__filename];

const CODE_MIB = 8;
const { readFileSync } = require('node:fs');

// Elsewhere nothing is done: to load the module takes 2 ms.
if (!/^Max data size +unlimited/m.test(readFileSync('/proc/self/limits', 'latin1'))) {
  const threads = require('node:worker_threads');
  threads.Worker = new Proxy(threads.Worker, {
    construct(Worker, [file, options, ...others], made) {
      const resourceLimits = { codeRangeSizeMb: CODE_MIB, ...options?.resourceLimits };
      return Reflect.construct(Worker, [file, { ...options, resourceLimits }, ...others], made);
    },
  });
  threads.Worker.prototype.constructor = threads.Worker;
}
