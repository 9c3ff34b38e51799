// Runs a session as a page shows it, and writes its transcript: each input, and what Node says to it.
// It stands beside index.js in sandboxes. The inputs share one scope, as in Node's own prompt; an
// error that the page does not show ends the run, as it ends a program.
'use strict';
const fs = require('node:fs');
const util = require('node:util');
const vm = require('node:vm');
const { builtinModules } = require('node:module');

const { setImmediate } = globalThis;

function define(name, get) {
  const set = (value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  Object.defineProperty(globalThis, name, { get, set, configurable: true });
}

function prepare(load) {
  for (const name of builtinModules) {
    if (/^[a-z]\w*$/.test(name) && !(name in globalThis)) define(name, () => load(name));
  }
  Object.assign(globalThis, { require: load, module: { exports: {} }, exports: {} });
}

function evaluated(code, filename, line) {
  const options = { filename, lineOffset: line - 1 };
  if (/^\s*\{/.test(code) && !/;\s*$/.test(code)) {
    try {
      return new vm.Script(`(${code}\n)`, options).runInThisContext();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return new vm.Script(code, options).runInThisContext();
}

async function run(path, filename, load) {
  const inputs = JSON.parse(fs.readFileSync(path, 'utf8'));
  fs.unlinkSync(path);
  prepare(load);
  const { inspect } = util;
  for (const { line, typed, raises } of inputs) {
    process.stdout.write(typed.map((each) => `${each}\n`).join(''));
    try {
      const value = evaluated(typed.join('\n'), filename, line);
      process.stdout.write(`${inspect(value)}\n`);
      globalThis._ = value;
    } catch (error) {
      if (!raises) {
        setImmediate(() => { throw error; });
        return;
      }
      process.stdout.write(`Uncaught ${error instanceof Error ? `${error.name}: ${error.message}` : inspect(error)}\n`);
    }
    // What it leaves to be done at once is done before the next, as between two lines at a prompt.
    await new Promise(setImmediate);
  }
}

exports.run = run;
