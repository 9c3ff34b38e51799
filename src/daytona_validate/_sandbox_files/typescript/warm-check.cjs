// Checks the types of one snippet after the other by a compiler that keeps running, and makes
// JavaScript of those that are clean: what is wrong with one is for a new compiler to say.
//
// Messages are as in `_toolchains/warm/messages.py`. Each request gets a folder and a project of its
// own, and counts as clean only if its program has exactly its files and nothing else of ours. The
// compiler's API is used, and not its language server: it lists a program's files, and it has the
// errors that belong to no file.
'use strict';
const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const PLACE = '/opt/typescript';
const CONFIG = `${PLACE}/tsconfig.json`;
const WORK = '/work';
const MADE = '/tmp/.typescript';
const PROJECTS = '/tmp/projects';
// Of all that is made of a snippet, as in warm/typescript.py: more is made in its own jail.
const MOST_FILES = 128;
const MOST_MADE_BYTES = 4 * 1024 * 1024;
const DIAGNOSTICS = [
  'getConfigFileParsingDiagnostics',
  'getSyntacticDiagnostics',
  'getProgramDiagnostics',
  'getBindDiagnostics',
  'getGlobalDiagnostics',
  'getSemanticDiagnostics',
];

// Before it is loaded, as it looks for its program then.
process.env.ESBUILD_BINARY_PATH = `${PLACE}/packages/esbuild/bin/esbuild`;
process.env.GOMAXPROCS = '2';
const esbuild = require(`${PLACE}/packages/esbuild/main.js`);

// What goes wrong ends this process: whoever asked then goes the cold way.
process.on('unhandledRejection', (error) => {
  throw error;
});

class Compiler {
  constructor() {
    this.child = spawn(`${PLACE}/packages/typescript/lib/tsc`, ['--api', '-async', '-cwd', PROJECTS], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, GOGC: '200', GOMEMLIMIT: '256MiB' },
    });
    this.child.on('exit', () => process.exit(1));
    this.child.stdin.on('error', () => process.exit(1));
    this.received = Buffer.alloc(0);
    this.calls = new Map();
    this.last = 0;
    this.child.stdout.on('data', (chunk) => this.take(chunk));
  }

  call(method, params) {
    const id = ++this.last;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    this.child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
    return new Promise((done) => this.calls.set(id, done));
  }

  take(chunk) {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const end = this.received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const found = /content-length: (\d+)/i.exec(this.received.toString('latin1', 0, end));
      const [start, length] = [end + 4, Number(found[1])];
      if (this.received.length < start + length) return;
      const message = JSON.parse(this.received.toString('utf8', start, start + length));
      this.received = this.received.subarray(start + length);
      const done = this.calls.get(message.id);
      if (done === undefined || message.error || !('result' in message)) {
        throw new Error(`the compiler said: ${JSON.stringify(message).slice(0, 500)}`);
      }
      this.calls.delete(message.id);
      done(message.result);
    }
  }
}

class Checker {
  constructor() {
    this.compiler = new Compiler();
    this.open = undefined; // the project of the request before
    this.snapshot = undefined;
  }

  // A project that stays open keeps the library parsed.
  async start() {
    fs.mkdirSync(PROJECTS);
    await this.compiler.call('initialize', null);
    const project = this.project('kept', new Map([['index.ts', Buffer.from('export {};\n')]]));
    const { snapshot } = await this.compiler.call('updateSnapshot', { openProjects: [project.config] });
    this.snapshot = snapshot;
  }

  project(name, files) {
    const folder = path.join(PROJECTS, name);
    const config = path.join(folder, 'tsconfig.json');
    const include = ['**/*.ts', '**/*.mts', '**/*.cts'].map((each) => `${folder}/${each}`);
    fs.mkdirSync(folder);
    fs.writeFileSync(
      config,
      JSON.stringify({ extends: CONFIG, include, exclude: [`${folder}/**/node_modules`] }),
    );
    return { folder, config, names: put(files, folder) };
  }

  async isClean(files) {
    // No source can name its own folder by its path, which for a new compiler would be another one.
    const { folder, config, names } = this.project(randomBytes(16).toString('hex'), files);
    const { snapshot, projects } = await this.compiler.call('updateSnapshot', {
      openProjects: [config],
      closeProjects: this.open === undefined ? [] : [this.open],
      fileChanges: { created: [config, ...names] },
    });
    const [project] = projects.filter((each) => each.configFileName === config);
    if (project === undefined || projects.length !== 2) throw new Error('other projects are open');
    const about = { snapshot, project: project.id };
    const said = await Promise.all([
      ...DIAGNOSTICS.map((each) => this.compiler.call(each, about)),
      this.compiler.call('getSourceFileNames', about),
    ]);
    const sources = said.pop().filter((each) => !each.startsWith(`${PLACE}/packages/`));
    await this.compiler.call('release', { snapshot: this.snapshot });
    [this.snapshot, this.open] = [snapshot, config];
    fs.rmSync(folder, { recursive: true });
    if (![project.rootFiles, ...said].every(Array.isArray)) throw new Error('no list was said');
    const areOurs = (found) => [...found].sort().join('\n') === [...names].sort().join('\n');
    return said.every((each) => each.length === 0) && areOurs(sources) && areOurs(project.rootFiles);
  }
}

function put(files, folder) {
  return [...files].map(([name, content]) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { flag: 'wx' });
    return file;
  });
}

// Returns what `compile` makes of such files as CommonJS, or nothing where that cannot be or is too
// large: then `compile` makes it, tries an ES module too, and says what is wrong. The files lie where
// a snippet has them, as the places in its errors are found by that.
async function javascript(files) {
  const written = put(files, WORK);
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: WORK,
      entryPoints: written.map((each) => path.relative(WORK, each)),
      tsconfig: CONFIG,
      platform: 'node',
      target: 'es2022',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      format: 'cjs',
      supported: { 'dynamic-import': false },
      logOverride: { 'empty-import-meta': 'error' },
      outdir: MADE,
      outbase: '.',
      write: false,
    });
    const bytes = outputFiles.reduce((sum, each) => sum + each.contents.length, 0);
    if (outputFiles.length > MOST_FILES || bytes > MOST_MADE_BYTES) return new Map();
    return new Map(outputFiles.map((each) => [path.relative(MADE, each.path), each.contents]));
  } catch (error) {
    if (!error.errors?.length) throw error; // it is not the snippet's
    return new Map();
  } finally {
    for (const each of fs.readdirSync(WORK)) fs.rmSync(path.join(WORK, each), { recursive: true });
  }
}

// Of the compiler and of esbuild, which is started with the first of its work.
function memoryMib() {
  const children = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1');
  const sizes = children.trim().split(' ').map((each) => {
    const status = fs.readFileSync(`/proc/${each}/status`, 'latin1');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
  });
  return Math.ceil(sizes.reduce((sum, each) => sum + each, 0) / 1024);
}

// Returns the files of a request; the arguments before them are not used here.
function requested(message) {
  let at = 0;
  const number = () => message.readUInt32BE((at += 4) - 4);
  const piece = () => {
    const length = number();
    if (at + length > message.length) throw new Error('a request is too short');
    return message.subarray(at, (at += length));
  };
  piece();
  const files = new Map();
  for (let left = number(); left > 0; left--) files.set(piece().toString('utf8'), piece());
  return files;
}

function answer(isClean, files) {
  const number = (value) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(value);
    return four;
  };
  const pieces = [...files].flatMap(([name, content]) =>
    [Buffer.from(name), content].flatMap((each) => [number(each.length), each]),
  );
  const head = [isClean ? 1 : 0, memoryMib(), files.size].map(number);
  const message = Buffer.concat([...head, ...pieces]);
  let left = Buffer.concat([number(message.length), message]);
  while (left.length) left = left.subarray(fs.writeSync(1, left));
}

async function main() {
  const checker = new Checker();
  await checker.start();
  let received = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    received = Buffer.concat([received, chunk]);
    if (received.length < 4) continue;
    const end = 4 + received.readUInt32BE(0);
    if (received.length > end) throw new Error('one request at a time');
    if (received.length < end) continue;
    const files = requested(received.subarray(4));
    received = Buffer.alloc(0);
    const isClean = await checker.isClean(files);
    answer(isClean, isClean ? await javascript(files) : new Map());
  }
  process.exit(0); // whoever asked is gone
}

main();
