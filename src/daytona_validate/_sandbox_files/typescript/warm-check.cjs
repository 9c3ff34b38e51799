// Checks the types of one snippet after the other by a compiler that keeps running. It only tells
// whether a snippet is clean: what is wrong with one is for a new compiler to say.
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
const DIAGNOSTICS = [
  'getConfigFileParsingDiagnostics',
  'getSyntacticDiagnostics',
  'getProgramDiagnostics',
  'getBindDiagnostics',
  'getGlobalDiagnostics',
  'getSemanticDiagnostics',
];

// What goes wrong ends this process: whoever asked then goes the cold way.
process.on('unhandledRejection', (error) => {
  throw error;
});

class Compiler {
  constructor() {
    this.child = spawn(`${PLACE}/packages/typescript/lib/tsc`, ['--api', '-async', '-cwd', WORK], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, GOMAXPROCS: '2', GOGC: '200', GOMEMLIMIT: '256MiB' },
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

  memoryMib() {
    const status = fs.readFileSync(`/proc/${this.child.pid}/status`, 'latin1');
    return Math.ceil(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
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
    await this.compiler.call('initialize', null);
    const project = this.project('kept', new Map([['index.ts', Buffer.from('export {};\n')]]));
    const { snapshot } = await this.compiler.call('updateSnapshot', { openProjects: [project.config] });
    this.snapshot = snapshot;
  }

  project(name, files) {
    const folder = path.join(WORK, name);
    const config = path.join(folder, 'tsconfig.json');
    const include = ['**/*.ts', '**/*.mts', '**/*.cts'].map((each) => `${folder}/${each}`);
    fs.mkdirSync(folder);
    fs.writeFileSync(
      config,
      JSON.stringify({ extends: CONFIG, include, exclude: [`${folder}/**/node_modules`] }),
    );
    const names = [...files.keys()].map((each) => path.join(folder, each));
    for (const [at, content] of [...files.values()].entries()) {
      fs.mkdirSync(path.dirname(names[at]), { recursive: true });
      fs.writeFileSync(names[at], content, { flag: 'wx' });
    }
    return { folder, config, names };
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

function answer(isClean, memoryMib) {
  const message = Buffer.alloc(16);
  [12, isClean ? 1 : 0, memoryMib, 0].forEach((each, at) => message.writeUInt32BE(each, 4 * at));
  fs.writeSync(1, message);
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
    const isClean = await checker.isClean(requested(received.subarray(4)));
    received = Buffer.alloc(0);
    answer(isClean, checker.compiler.memoryMib());
  }
  process.exit(0); // whoever asked is gone
}

main();
