// Says that a program reached its end, to those who gave its run a secret (_core/reached_end.py).
//
// The secret is read and its file removed when this is loaded, before any code of the program runs.
// The end is reached once the program's main module was evaluated to its last statement, nothing is
// left to be done (which process.exit() does not wait for), and no error was held off only by a
// handler of the whole process.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const { pathToFileURL } = require('node:url');

const FILE = '.reach-end';
const write = fs.writeSync;
const OwnError = Error;
const FRAMES = 20;
const OF_NODE = /[( ](?:node:events|node:domain|\S*\/reach-end\.cjs):\d+:\d+\)?$/;
const UNCAUGHT = new Set(['uncaughtException', 'unhandledRejection']);

function taken() {
  try {
    const secret = fs.readFileSync(FILE, 'ascii');
    fs.unlinkSync(FILE);
    return secret;
  } catch {
    return undefined;
  }
}

const line = ((secret) => secret && `reached ${secret}\n`)(taken());

function say() {
  for (;;) {
    try {
      write(2, line);
      return;
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // it is closed: then there is nobody to tell
    }
  }
}

// Whether nothing but Node itself has called: whoever emits the event himself stands in the stack. A
// program that keeps stacks from being taken is not believed either.
function isCalledByNode() {
  const set = (values) => Object.entries(values).forEach(([name, value]) => Reflect.set(OwnError, name, value));
  const given = { stackTraceLimit: OwnError.stackTraceLimit, prepareStackTrace: OwnError.prepareStackTrace };
  set({ stackTraceLimit: FRAMES, prepareStackTrace: undefined });
  const frames = String(new OwnError('').stack).split('\n').slice(1);
  set(given);
  return frames.length > 2 && frames.every((each) => OF_NODE.test(each));
}

// Has the end of a program told that is about to be loaded, by the path of its main module.
function tell(entry) {
  if (!line) return;
  const main = { isLoaded: undefined, isUncaught: false };
  const { load } = Module.prototype;
  Module.prototype.load = function (file) {
    if (file !== entry || main.isLoaded !== undefined) return load.call(this, file);
    Module.prototype.load = load;
    main.isLoaded = false;
    const value = load.call(this, file);
    main.isLoaded = true;
    return value;
  };
  const { emit } = process;
  process.emit = function (name, ...others) {
    if (UNCAUGHT.has(name)) main.isUncaught = true;
    return emit.call(this, name, ...others);
  };
  let isTold = false;
  process.on('beforeExit', () => {
    if (isTold || main.isUncaught || main.isLoaded === false || !isCalledByNode()) return;
    const told = () => {
      if (!isTold && !main.isUncaught) say();
      isTold = true;
    };
    // A module that was loaded is not evaluated again, and import() tells whether it was to its end.
    // TypeScript's is never an ES module under that name, and Node would read it anew.
    if (entry.endsWith('.ts')) told();
    else import(pathToFileURL(entry).href).then(told, () => {});
  });
}

module.exports = { tell };
