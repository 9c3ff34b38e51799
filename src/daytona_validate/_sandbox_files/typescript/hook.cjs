// Lets Node run a snippet's TypeScript files: of each it loads what the compile step made of it.
// So a program has its own names and its own folder, and nothing of ours lies in it.
'use strict';
const { existsSync, readFileSync } = require('fs');
const Module = require('module');
const path = require('path');

const WORK = '/work';
const MADE = '/tmp/.typescript';

for (const suffix of ['.ts', '.mts', '.cts']) {
  const otherwise = Module._extensions[suffix] || Module._extensions['.js'];
  Module._extensions[suffix] = (module, file) => {
    const made = MADE + file.slice(WORK.length).replace(/\.[cm]?ts$/, '.js');
    if (file.startsWith(`${WORK}/`) && existsSync(made)) {
      module._compile(readFileSync(made, 'utf8'), file);
    } else {
      otherwise(module, file);
    }
  };
}

// As TypeScript looks for them: './a' and './a.js' are a.ts if there is one.
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, parent, ...others) {
  if (/^\.\.?\//.test(name) && parent && parent.filename) {
    const whole = path.resolve(path.dirname(parent.filename), name);
    const meant = [`${whole}.ts`, whole.replace(/\.([cm]?)js$/, '.$1ts')];
    const found = meant.find((each) => each !== whole && existsSync(each));
    if (found !== undefined) return found;
  }
  return resolve.call(this, name, parent, ...others);
};
