// Runs the earlier codes of a snippet in one shared scope, then the snippet itself as the program it
// is alone. usage: node session.cjs ENTRY ARGUMENT...; the protocol: _core/sessions.py.
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
const { UNTIL_LISTENING } = process.env;
delete process.env.UNTIL_LISTENING;
const { Session } = require('./session-evaluate.cjs');
const { described, failure } = require('./session-failure.cjs');
const { tell } = require('./reach-end.cjs');
const { putBack, read, seal, tellEnd } = require('./session-end.cjs');
const { Guard, CHARACTERS } = require('./session-guard.cjs');

const PREFIX = '.earlier-';
const REPORT_CHARACTERS = 1024 * 1024;
const ENTRY = path.resolve(process.argv[2]);
// What earlier codes take for the program's own file: one that was compiled may stand elsewhere.
const SHOWN = path.dirname(ENTRY) === process.cwd() ? ENTRY : path.resolve('index.ts');
// Its own files, as they are before any code runs.
const FILES = [ENTRY, '/tmp/.typescript/index.js'].map((file) => [file, read(file)]);
const COMPILED = '/tmp/.typescript/earlier';
// Of one code, to the end of its last await; then, for what it leaves to be done later.
const CODE_MS = Number(process.env.SESSION_CODE_MS || 4000);
const LATER_MS = CODE_MS / 10;
// Of all together: the rest of the time is the snippet's.
const ALL_MS = 3 * CODE_MS;
delete process.env.SESSION_CODE_MS;

const NO_TIME = 'Error: it was not run, as those before it took all the time';
const WAITS = 'Error: it waits for what does not come';

const { setImmediate, setTimeout, clearTimeout } = globalThis;
const write = fs.writeSync;
let reported = 0;

function say(words, ...streams) {
  const text = `session ${seal} ${JSON.stringify(words)}\n`;
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
    const code = fs.readFileSync(name, 'utf8').replace(/^\uFEFF/, '').replace(/^#!.*/, '');
    fs.unlinkSync(name);
    const compiled = name.endsWith('.ts') ? compiledOf(name) : { script: code };
    return { name: path.resolve(name), code, ...compiled };
  });
}

// What session-check.cjs has made of TypeScript, and what it says against it.
function compiledOf(name) {
  const read = (file) => {
    try {
      return fs.readFileSync(path.join(COMPILED, file), 'utf8');
    } catch {
      return undefined;
    }
  };
  const said = read(`${name}.json`);
  const script = read(name.replace(/ts$/, 'js'));
  const map = /^\/\/# sourceMappingURL=data:application\/json;base64,(.+)$/m.exec(script ?? '');
  return {
    script: script?.replace(/^\/\/# sourceMappingURL=.*$/m, ''),
    mistake: said && JSON.parse(said),
    map: map && new Module.SourceMap(JSON.parse(Buffer.from(map[1], 'base64'))),
  };
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

async function earlier(session, guard, each, number) {
  guard.begin();
  const failed = await failureOf(session, guard, each);
  const { stdout, stderr } = guard.end();
  const words = { code: number, passed: failed === undefined };
  if (failed !== undefined) words.failure = failed.slice(-CHARACTERS);
  if (reported < REPORT_CHARACTERS) Object.assign(words, { stdout, stderr });
  say(words, 2);
}

async function failureOf(session, guard, each) {
  const { name, code, mistake, map } = each;
  if (performance.now() - BEGAN_MS > ALL_MS) return failure(name, { text: NO_TIME }, code);
  const ended = await Promise.race([session.run(each), idle(CODE_MS)]);
  if (ended !== 'idle') await idle(LATER_MS);
  const { exitCode, thrown } = guard.end();
  if (mistake) return failure(name, { text: mistake.message, isAtLine: true, lineNumber: mistake.line }, code);
  if (exitCode !== undefined) return exitCode ? `process.exit(${exitCode})` : undefined;
  if (ended === 'idle') return failure(name, { text: WAITS }, code);
  return ended ?? (thrown && failure(name, described(thrown), code, map));
}

// require() and import() as of a file in the work folder.
function inside() {
  const module = new Module(SHOWN);
  module.filename = SHOWN;
  module.paths = Module._nodeModulePaths(path.dirname(SHOWN));
  module._compile('module.exports = { require, load: (name) => import(name) };', `${SHOWN}.session`);
  const { require: load, load: loadModule } = module.exports;
  const isRequired = (name) => SHOWN.endsWith('ts') && /^\.\.?\//.test(name);
  const loadAny = async (name) => (isRequired(name) ? { default: load(name), ...load(name) } : loadModule(name));
  return { require: load, load: loadAny, module: new Module(SHOWN) };
}

// An ES module has no require(), and must not find the earlier codes'.
function isCommonJs() {
  if (ENTRY.endsWith('.ts')) return true;
  if (fs.existsSync('package.json') || !ENTRY.endsWith('.js')) return false;
  try {
    const code = fs.readFileSync(ENTRY, 'utf8').replace(/^\uFEFF?(#!.*)?/, '');
    require('node:vm').compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
}

const COMMONJS = ['require', 'module', 'exports', '__filename', '__dirname'];

async function main() {
  say({ session: 1 }, 2);
  const codes = earlierCodes();
  const { require: load, load: loadModule, module } = inside();
  const values = [load, module, module.exports, SHOWN, path.dirname(SHOWN)];
  COMMONJS.forEach((name, at) => define(name, values[at]));
  define('__sessionImport', loadModule);
  define('__sessionMeta', { url: `file://${SHOWN}`, filename: SHOWN, dirname: path.dirname(SHOWN) });
  const session = new Session(CODE_MS);
  const guard = new Guard();
  try {
    let number = 0;
    for (const each of codes) await earlier(session, guard, each, ++number);
  } finally {
    guard.release();
    putBack(FILES);
    session.inspector.disconnect();
    if (!isCommonJs()) for (const name of COMMONJS) delete globalThis[name];
  }
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

function begin() {
  for (const each of Object.keys(require.cache)) {
    if (path.dirname(each) === __dirname) delete require.cache[each];
  }
  process.argv = [process.argv[0], ENTRY, ...process.argv.slice(3)];
  if (UNTIL_LISTENING) process.env.UNTIL_LISTENING = UNTIL_LISTENING;
  say({ begins: true, elapsed_s: (performance.now() - BEGAN_MS) / 1000 }, 1, 2);
  tellEnd([ENTRY, SHOWN]);
  tell(ENTRY);
  Module.runMain(ENTRY);
}

main().then(() => setImmediate(begin));
