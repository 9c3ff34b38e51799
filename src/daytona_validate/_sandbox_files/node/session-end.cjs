// Says that a snippet itself left its session, to those who gave its run a secret; the protocol:
// _core/sessions.py. And has Node load the snippet as it stands, whatever earlier codes made of Node.
//
// The secrets are read and their files removed when this is loaded, before any code runs. A snippet
// has left once nothing is left to be done, or where it calls process.exit() itself: whoever else
// calls it, or ends the process in another way, leaves the end untold.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { isCalledByNode, say, stackHere } = require('./reach-end.cjs');

const END_FILE = '.session-end';
const SEAL_FILE = '.session-seal';

function taken(file) {
  const secret = fs.readFileSync(file, 'ascii');
  fs.unlinkSync(file);
  return secret;
}

const seal = taken(SEAL_FILE);
const line = ((end) => `ended ${end}\n`)(taken(END_FILE));

// What loads programs and ends them, as it is before any code runs.
// Few: each is an earlier code's to replace no more, as a library that stands in for files does.
const LOADING = ['runMain', '_load', '_resolveFilename', '_findPath', '_nodeModulePaths'];
const READING = ['readFileSync', 'writeFileSync', 'openSync', 'readSync', 'closeSync', 'fstatSync', 'realpathSync'];
const KEPT = [
  [Module, LOADING],
  [Module.prototype, ['load', '_compile', 'require']],
  [Module._extensions, ['.js', '.json', '.node', '.ts', '.mts', '.cts']],
  [fs, READING],
  [process, ['exit', 'reallyExit', '_fatalException']],
].map(([object, names]) => ({
  object,
  fields: names.filter((name) => object[name]).map((name) => [name, object[name]]),
}));
const OF_EMITTERS = ['emit', 'on', 'once', 'addListener', 'removeListener', 'rawListeners'];
const { defineProperty } = Object;

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

function putBack(files) {
  for (const name of OF_EMITTERS) delete process[name];
  for (const { object, fields } of KEPT) {
    for (const [name, value] of fields) {
      if (object[name] === value) continue;
      defineProperty(object, name, { value, writable: true, configurable: true, enumerable: true });
    }
  }
  for (const name of Object.keys(Module._pathCache)) delete Module._pathCache[name];
  try {
    process.setUncaughtExceptionCaptureCallback(null);
  } catch {
    // The module `domain` has taken it, and it is none of an earlier code's.
  }
  for (const [file, content] of files) {
    delete require.cache[file];
    if (content && !content.equals(read(file) ?? Buffer.alloc(0))) fs.writeFileSync(file, content);
  }
}

// Has the end told of a program that is about to be loaded, by the names that it has in stacks.
function tellEnd(names) {
  const { exit } = process;
  const its = [...names, path.join(__dirname, 'until-listening.cjs')];
  const { emit } = Object.getPrototypeOf(process);
  let isTold = false;
  const tell = () => {
    if (!isTold) say(line);
    isTold = true;
  };
  const isCalledByIt = () => {
    const stack = stackHere() ?? '';
    return its.some((name) => stack.includes(`${name}:`)) && !stack.includes('/.earlier-');
  };
  const own = {
    exit(...code) {
      if (isCalledByIt()) tell();
      return exit.apply(process, code);
    },
    // In place of a listener, which the snippet would see.
    emit(name, ...others) {
      if (name === 'beforeExit' && (isCalledByNode() || isCalledByIt())) tell();
      return emit.call(this, name, ...others);
    },
  };
  process.exit = own.exit;
  defineProperty(process, 'emit', { value: own.emit, writable: true, configurable: true });
}

module.exports = { putBack, read, seal, tellEnd };
