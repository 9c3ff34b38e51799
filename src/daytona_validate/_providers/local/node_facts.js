// Facts that tell one Node from another, as one line of JSON on stdout. Run on the host and,
// by the copy, in a jail: that both print the same proves the copy.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { builtinModules } = require('node:module');

const externals = new Set();
const visit = (value) => {
  if (value && typeof value === 'object') Object.values(value).forEach(visit);
  else if (typeof value === 'string' && /^\/.*\.js$/.test(value)) externals.add(value);
};
visit(process.config); // Debian's Node reads some of its own modules from /usr/share/nodejs

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

process.stdout.write(JSON.stringify({
  version: process.version,
  executable: process.execPath,
  executable_sha256: createHash('sha256').update(readFileSync(process.execPath)).digest('hex'),
  versions: process.versions,
  builtins,
  externals: [...externals].sort(),
  mapped_files: [...new Set(mapped)].sort(),
}) + '\n');
