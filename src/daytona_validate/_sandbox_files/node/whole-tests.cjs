// A test that calls process.exit(0) ends the tests after it unseen, under `node --test` as well. With
// this loaded, a program that ends before its tests have is one that failed. Node 18 to 24 call
// `after` when all tests have ended, and 'beforeExit' for who does not exit by himself.
'use strict';
delete require.cache[__filename];

const { readFileSync, writeSync } = require('node:fs');

function definesTests(file) {
  try {
    const code = readFileSync(file, 'latin1');
    return /['"`]node:test['"`]/.test(code) && /\b(?:test|it|describe|suite)\s*\(/.test(code);
  } catch {
    return false;
  }
}

if (process.argv[1] && definesTests(process.argv[1]) && require('node:worker_threads').isMainThread) {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  require('node:test').after(end);
  process.on('beforeExit', end);
  process.on('exit', (code) => {
    if (!hasEnded && !code) {
      process.exitCode = 1;
      writeSync(2, 'process.exit() ended the program before all tests had run\n');
    }
  });
}
