// Runs a program as Node does, and has it told whether it reached its end; see reach-end.cjs.
// usage: node run-to-end.cjs ENTRY ARGUMENT...
'use strict';
const Module = require('node:module');
const path = require('node:path');
const { tell } = require('./reach-end.cjs');

if (process.argv.length > 2) {
  const entry = path.resolve(process.argv[2]);
  for (const each of Object.keys(require.cache)) {
    if (path.dirname(each) === __dirname) delete require.cache[each];
  }
  process.argv = [process.argv[0], entry, ...process.argv.slice(3)];
  tell(entry);
  Module.runMain(entry);
}
