// Runs the earlier codes of a snippet in one shared scope, then the snippet itself as the program it
// is alone. usage: node session.cjs ENTRY ARGUMENT...; the protocol: _core/session_report.py.
//
// Earlier codes are evaluated as in a REPL: each may declare again what one before it has declared,
// and may await. The snippet is no part of that scope, but finds its names as it finds globals: so
// what it declares itself clashes with nothing, and it fails as it would alone.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const BEGAN_MS = performance.now();
const SEAL = process.env.SESSION_SEAL;
delete process.env.SESSION_SEAL;
const { asScript, givenWay } = require('./session-code.cjs');
const { Guard, CHARACTERS } = require('./session-guard.cjs');

const PREFIX = '.earlier-';
const REPORT_CHARACTERS = 1024 * 1024;
const ENTRY = path.resolve(process.argv[2]);
// Of one code, to the end of its last await; then, for what it leaves to be done later.
const CODE_MS = Number(process.env.SESSION_CODE_MS || 4000);
const LATER_MS = CODE_MS / 10;
// Of all together: the rest of the time is the snippet's.
const ALL_MS = 3 * CODE_MS;
delete process.env.SESSION_CODE_MS;

const { setImmediate, setTimeout, clearTimeout } = globalThis;
const write = fs.writeSync;
let reported = 0;

function say(words, ...streams) {
  const text = `session ${SEAL} ${JSON.stringify(words)}\n`;
  reported += text.length;
  for (const stream of streams) {
    try {
      write(stream, text);
    } catch {
      // It is closed: then there is nobody to tell.
    }
  }
}

function earlierCodes() {
  const names = fs.readdirSync('.').filter((name) => name.startsWith(PREFIX)).sort();
  return names.map((name) => {
    const code = fs.readFileSync(name, 'utf8').replace(/^\uFEFF/, '');
    fs.unlinkSync(name);
    return { name: path.resolve(name), code: code.replace(/^#!.*/, '') };
  });
}

// Ends when nothing is left to be done, or after a time.
function idle(longestMs) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      process.removeListener('beforeExit', end);
      // Not in the event's own turn, in which Node would end if there were nothing more.
      setImmediate(resolve, 'idle');
    };
    const timer = setTimeout(end, longestMs);
    timer.unref();
    process.on('beforeExit', end);
  });
}

class Session {
  constructor() {
    const { Session: Inspector } = require('node:inspector');
    this.inspector = new Inspector();
    this.inspector.connect();
    this.inspector.post('Runtime.enable');
  }

  compile(code) {
    return this.post('Runtime.compileScript', {
      expression: `(async () => {\n${code}\n})`,
      sourceURL: '',
      persistScript: false,
    });
  }

  evaluate(code, name) {
    return this.post('Runtime.evaluate', {
      expression: `${code}\n//# sourceURL=${name}`,
      replMode: true,
      awaitPromise: true,
      timeout: CODE_MS,
    });
  }

  // Resolves to what was thrown, as the inspector describes it, or undefined.
  post(method, parameters) {
    return new Promise((resolve) => {
      this.inspector.post(method, parameters, (error, answer) => {
        resolve(error ? { text: endless(error) } : answer.exceptionDetails);
      });
    });
  }

  async run(name, code) {
    const { script, rejected } = await asScript(code, (each) => this.compile(each));
    if (rejected) return failure(name, { ...rejected, isAtLine: true }, code);
    let thrown = await this.evaluate(script, name);
    const tried = new Map();
    for (let other = script; thrown; thrown = await this.evaluate(other, name)) {
      other = givenWay(other, message(thrown), tried);
      if (other === null) break;
    }
    return thrown && failure(name, await this.whole(thrown), code);
  }

  // As the inspector describes an error, its code and what Node adds to its name are not told.
  async whole(thrown) {
    const { objectId, subtype } = thrown.exception ?? {};
    if (subtype !== 'error') return thrown;
    const functionDeclaration = 'function () { return [String(this.stack), String(this.code)] }';
    const asked = { objectId, functionDeclaration, returnByValue: true };
    const told = await new Promise((resolve) => {
      this.inspector.post('Runtime.callFunctionOn', asked, (_, answer) => resolve(answer?.result?.value));
    });
    return told ? { exception: { subtype, description: told[0] }, errorCode: told[1] } : thrown;
  }
}

function endless({ message }) {
  const isEnded = /terminated|Internal error/.test(message); // up to Node 20, and later
  return isEnded ? `Error: it ran for more than ${CODE_MS / 1000} s` : message;
}

function message(thrown) {
  const { exception } = thrown ?? {};
  return String(exception?.description ?? exception?.value ?? thrown?.text ?? '');
}

// As Node writes it, for who reads Node's errors; without the frames that are ours.
function failure(name, thrown, code) {
  const lines = message(thrown).split('\n');
  const frame = lines.findIndex((line) => line.startsWith('    at '));
  const said = frame < 0 ? lines : lines.slice(0, frame);
  const own = frame < 0 ? [] : lines.slice(frame).filter((line) => line.includes(name));
  const number = lineOf(name, thrown, code, own);
  const source = (code.split('\n')[number - 1] ?? '').slice(0, 200);
  const isError = !thrown.exception || thrown.exception.subtype === 'error';
  const shown = isError ? ['', ...said, ...own] : [...said, '(Use `node --trace-uncaught ...`)'];
  if (thrown.errorCode !== undefined) shown.push(`  code: '${thrown.errorCode}'`);
  return [`${name}:${number}`, source, '^', ...shown, '', `Node.js ${process.version}`].join('\n');
}

function lineOf(name, thrown, code, frames) {
  if (frames.length) return Number(/:(\d+):\d+/.exec(frames[0].split(name).at(-1))?.[1] ?? 1);
  if (thrown.isAtLine) return thrown.lineNumber || 1;
  const sought = /Cannot find \w+ '([^']+)'/.exec(message(thrown))?.[1];
  return sought ? code.slice(0, Math.max(0, code.indexOf(sought))).split('\n').length : 1;
}

async function earlier(session, guard, { name, code }, number) {
  guard.begin();
  const ended = await Promise.race([session.run(name, code), idle(CODE_MS)]);
  let failed = ended === 'idle' ? unsettled(name) : ended;
  if (ended !== 'idle') await idle(LATER_MS);
  const { stdout, stderr, exitCode, thrown } = guard.end();
  if (exitCode !== undefined) failed = exitCode ? `process.exit(${exitCode})` : undefined;
  else if (failed === undefined && thrown !== undefined) failed = failure(name, described(thrown), code);
  const words = { code: number, passed: failed === undefined };
  if (failed !== undefined) words.failure = failed.slice(-CHARACTERS);
  if (reported < REPORT_CHARACTERS) Object.assign(words, { stdout, stderr });
  say(words, 2);
}

function unsettled(name) {
  return failure(name, { text: 'Error: it waits for what does not come' }, '');
}

function described({ error }) {
  const isError = error instanceof Error;
  const description = isError ? String(error.stack) : String(error);
  return { exception: { description, subtype: isError ? 'error' : undefined } };
}

// require() and import() as of a file in the work folder.
function inside() {
  const module = new Module(ENTRY);
  module.filename = ENTRY;
  module.paths = Module._nodeModulePaths(path.dirname(ENTRY));
  module._compile('module.exports = { require, load: (name) => import(name) };', `${ENTRY}.session`);
  return { ...module.exports, module: new Module(ENTRY) };
}

// An ES module has no require(), and must not find the earlier codes'.
function isCommonJs() {
  if (fs.existsSync('package.json') || !/\.c?[jt]s$/.test(ENTRY)) return false;
  try {
    const code = fs.readFileSync(ENTRY, 'utf8').replace(/^\uFEFF?(#!.*)?/, '');
    require('node:vm').compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
}

const NO_TIME = 'Error: it was not run, as those before it took all the time';
const COMMONJS = ['require', 'module', 'exports', '__filename', '__dirname'];

async function main() {
  say({ session: 1 }, 2);
  const codes = earlierCodes();
  const { require: load, load: loadModule, module } = inside();
  const values = [load, module, module.exports, ENTRY, path.dirname(ENTRY)];
  COMMONJS.forEach((name, at) => define(name, values[at]));
  define('__sessionImport', loadModule);
  define('__sessionMeta', { url: `file://${ENTRY}`, filename: ENTRY, dirname: path.dirname(ENTRY) });
  const guard = new Guard();
  const session = new Session();
  let number = 0;
  for (const each of codes) {
    number++;
    if (performance.now() - BEGAN_MS < ALL_MS) await earlier(session, guard, each, number);
    else say({ code: number, passed: false, failure: failure(each.name, { text: NO_TIME }, '') }, 2);
  }
  session.inspector.disconnect();
  guard.release();
  if (!isCommonJs()) for (const name of COMMONJS) delete globalThis[name];
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

function begin() {
  for (const each of Object.keys(require.cache)) {
    if (path.dirname(each) === __dirname) delete require.cache[each];
  }
  process.argv = [process.argv[0], ENTRY, ...process.argv.slice(3)];
  say({ begins: true, elapsed_s: (performance.now() - BEGAN_MS) / 1000 }, 1, 2);
  Module.runMain(ENTRY);
}

main().then(() => setImmediate(begin));
