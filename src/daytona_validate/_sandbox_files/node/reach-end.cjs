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
const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
// As they are now: the program may put others in their places.
const uncurried = (method) => Function.prototype.call.bind(method);
const then = uncurried(Promise.prototype.then);
const exec = uncurried(RegExp.prototype.exec);
const slice = uncurried(String.prototype.slice);
const indexOf = uncurried(String.prototype.indexOf);
const FRAMES = 200;
const OF_NODE = /^[^\n]*[( ](?:node:events|node:domain|\S*\/(?:reach|session)-end\.cjs):\d+:\d+\)?$/;

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

function say(text) {
  for (;;) {
    try {
      write(2, text);
      return;
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // it is closed: then there is nobody to tell
    }
  }
}

// Who has called; undefined, where a program keeps stacks from being taken.
function stackHere() {
  const global = getOwnPropertyDescriptor(globalThis, 'Error');
  if (!global || global.value !== OwnError) return undefined;
  const limit = getOwnPropertyDescriptor(OwnError, 'stackTraceLimit');
  const prepare = getOwnPropertyDescriptor(OwnError, 'prepareStackTrace');
  const isTaken = put('stackTraceLimit', FRAMES) && put('prepareStackTrace', undefined);
  const stack = isTaken ? new OwnError('').stack : undefined;
  restore('stackTraceLimit', limit);
  restore('prepareStackTrace', prepare);
  return typeof stack === 'string' ? stack : undefined;
}

// Whether nothing but Node itself has called: whoever emits the event himself stands in the stack. A
// program that keeps stacks from being taken is not believed either.
function isCalledByNode() {
  const stack = stackHere();
  return stack !== undefined && isOfNode(stack);
}

function put(name, value) {
  return defineProperty(OwnError, name, { value, writable: true, configurable: true, enumerable: true });
}

function restore(name, descriptor) {
  if (descriptor) defineProperty(OwnError, name, descriptor);
  else deleteProperty(OwnError, name);
}

function isOfNode(stack) {
  let frames = 0;
  for (let at = indexOf(stack, '\n'); at >= 0; frames += 1) {
    const next = indexOf(stack, '\n', at + 1);
    const frame = next < 0 ? slice(stack, at + 1) : slice(stack, at + 1, next);
    if (exec(OF_NODE, frame) === null) return false;
    at = next;
  }
  return frames > 2;
}

// Has the end of a program told that is about to be loaded, by the path of its main module.
function tell(entry) {
  if (!line) return;
  // TypeScript's is never an ES module under that name, and Node would read it anew.
  const url = entry.endsWith('.ts') ? undefined : pathToFileURL(entry).href;
  const main = { isLoaded: undefined, isUncaught: false };
  const { load } = Module.prototype;
  Module.prototype.load = function (file) {
    if (file !== entry || main.isLoaded !== undefined) return apply(load, this, [file]);
    Module.prototype.load = load;
    main.isLoaded = false;
    const value = apply(load, this, [file]);
    main.isLoaded = true;
    return value;
  };
  const { emit } = process;
  process.emit = function (name) {
    if (name === 'uncaughtException' || name === 'unhandledRejection') main.isUncaught = true;
    return apply(emit, this, arguments);
  };
  let isTold = false;
  process.on('beforeExit', () => {
    if (isTold || main.isUncaught || main.isLoaded === false || !isCalledByNode()) return;
    const told = () => {
      if (!isTold && !main.isUncaught) say(line);
      isTold = true;
    };
    // A module that was loaded is not evaluated again, and import() tells whether it was to its end.
    if (url === undefined) told();
    else then(import(url), told, () => {});
  });
}

module.exports = { isCalledByNode, say, stackHere, tell };
