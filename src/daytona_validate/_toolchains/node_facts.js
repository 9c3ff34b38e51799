// Facts that tell one Node from another, as one line of JSON on stdout. Run on the host and,
// by the copy, in a jail: that both print the same proves the copy.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { builtinModules } = require('node:module');

const builtins = {};
for (const name of builtinModules) {
  try {
    require(name);
    builtins[name] = 'ok';
  } catch (error) {
    builtins[name] = String(error.code ?? error.name);
  }
}

const mapped = readFileSync('/proc/self/maps', 'utf8')
  .split('\n')
  .map((line) => line.split(/\s+/).slice(5).join(' '))
  .filter((path) => path.startsWith('/') && path.includes('.so'));

// Debian's Node 18 reads some of its own modules from here, and says so nowhere but in its code.
const outside = '/usr/share/nodejs/';
const externals = new Set();
const executable = readFileSync(process.execPath);
const library = mapped.find((path) => path.includes('/libnode.so'));
for (const code of library ? [executable, readFileSync(library)] : [executable]) {
  for (let at = code.indexOf(outside); at >= 0; at = code.indexOf(outside, at + 1)) {
    const path = code.toString('latin1', at, at + 200).match(/^[\w./@+-]+?\.js(?![\w.])/);
    if (path) externals.add(path[0]);
  }
}

process.stdout.write(JSON.stringify({
  version: process.version,
  executable: process.execPath,
  executable_sha256: createHash('sha256').update(executable).digest('hex'),
  versions: process.versions,
  builtins,
  externals: [...externals].sort(),
  mapped_files: [...new Set(mapped)].sort(),
}) + '\n');
