// Checks the types of a snippet together with the codes that run before it, and makes JavaScript of
// those. usage: node session-check.cjs MEMORY_MIB
//
// What it writes is as the compiler writes it for the snippet alone. What is wrong with an earlier code
// goes to a file beside what was made of it; one that does not even parse gives way.
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { joined } = require('./session-join.cjs');

const PACKAGES = process.env.TYPESCRIPT_PACKAGES || path.join(__dirname, 'packages');
const MADE = process.env.TYPESCRIPT_MADE || '/tmp/.typescript/earlier';
const CONFIG = process.env.TYPESCRIPT_CONFIG || path.join(__dirname, 'tsconfig.json');
const ENTRY = 'index.ts';
const MOST_TRIES = 3;
const MOST_BYTES = 64 * 1024 * 1024;
// Of what a block may not hold, and of code that an earlier one would never reach.
const OF_JOINING = new Set(['TS1184', 'TS1233', 'TS1234', 'TS1235', 'TS2481', 'TS7027']);
const OPTIONS = { compilerOptions: { strict: true, verbatimModuleSyntax: true } };

function run(program, argv, variables) {
  const env = { ...process.env, GOMAXPROCS: '2', ...variables };
  const done = spawnSync(program, argv, { env, encoding: 'utf8', maxBuffer: MOST_BYTES });
  if (done.error) throw done.error;
  return done;
}

// Returns the first error of each code that does not parse; the others are made.
function made(names) {
  const errors = new Map();
  for (let left = names; left.length; ) {
    const done = run(path.join(PACKAGES, 'esbuild/bin/esbuild'), [
      ...left.map((name) => `./${name}`),
      `--outdir=${MADE}`,
      `--tsconfig-raw=${JSON.stringify(OPTIONS)}`,
      '--platform=node',
      '--target=es2022',
      '--sourcemap=inline',
      '--log-level=error',
      '--log-limit=0',
      '--color=false',
    ]);
    if (done.status === 0) break;
    const lines = done.stderr.split('\n');
    for (let at = 0; at < lines.length; at++) {
      const said = /^\S+ \[ERROR\] (.+)/.exec(lines[at]);
      const place = said && /^ +([^:]+):(\d+):\d+:$/.exec(lines[at + 2] ?? '');
      const name = place && path.basename(place[1]);
      if (name && !errors.has(name)) errors.set(name, { line: Number(place[2]), message: said[1] });
    }
    const rest = left.filter((name) => !errors.has(name));
    if (rest.length === left.length) throw new Error(done.stderr);
    left = rest;
  }
  return errors;
}

// Returns the mistakes that tsc finds, each with the lines that explain it.
function mistakes(memoryMib) {
  const done = run(
    path.join(PACKAGES, 'typescript/lib/tsc'),
    ['-p', CONFIG, '--singleThreaded', '--allowUnreachableCode', 'false'],
    { GOGC: 'off', GOMEMLIMIT: `${Math.floor(memoryMib / 2)}MiB` },
  );
  const found = [];
  for (const line of done.stdout.split('\n')) {
    const start = /^(?:(\S.*?)\((\d+),(\d+)\): )?error (TS\d+)/.exec(line);
    if (start) found.push({ file: start[1], line: Number(start[2]), column: start[3], kind: start[4], text: [line] });
    else if (line && found.length) found.at(-1).text.push(line);
  }
  process.stderr.write(done.stderr);
  return { found, status: done.status ?? 1 };
}

function check(names, own, memoryMib) {
  let left = names.map((_, number) => number);
  for (let tries = 1; ; tries++) {
    const codes = [...left.map((number) => fs.readFileSync(names[number], 'utf8')), own];
    const { text, places } = joined(codes);
    fs.writeFileSync(ENTRY, text);
    const { found, status } = mistakes(memoryMib);
    for (const each of found) each.place = each.file === ENTRY ? places[each.line - 1] ?? {} : undefined;
    const gone = new Set(found.map((each) => givesWay(each, left.length)).filter((at) => at !== undefined));
    if (gone.size && tries <= MOST_TRIES) {
      left = left.filter((_, at) => !gone.has(at));
      continue;
    }
    return { found, status, left };
  }
}

// The code that keeps others from being checked: it does not parse inside of a block, or never ends.
function givesWay({ kind, place }, count) {
  if (place === undefined) return undefined;
  if (kind === 'TS7027' && place.ends >= 0) return place.ends;
  const isSyntax = /^TS1\d{3}$/.test(kind) && !OF_JOINING.has(kind);
  return isSyntax && place.code < count ? place.code : undefined;
}

function main(memoryMib) {
  const names = fs.readdirSync('.').filter((name) => name.startsWith('.earlier-')).sort();
  const own = fs.readFileSync(ENTRY);
  fs.mkdirSync(MADE, { recursive: true });
  const errors = made(names);
  const parsed = names.filter((name) => !errors.has(name));
  const { found, status, left } = check(parsed, own.toString(), memoryMib);
  fs.writeFileSync(ENTRY, own);
  const told = [];
  for (const { file, column, kind, text, place } of found) {
    if (place === undefined) told.push(...text);
    else if (OF_JOINING.has(kind)) continue;
    else if (place.code === left.length) {
      told.push(`${ENTRY}(${place.line},${column}): ${text[0].slice(text[0].indexOf('error '))}`, ...text.slice(1));
    } else if (place.code !== undefined) {
      const name = parsed[left[place.code]];
      const message = text[0].slice(text[0].indexOf(kind));
      if (!errors.has(name)) errors.set(name, { line: place.line, message });
    } else told.push(...text);
  }
  for (const [name, error] of errors) {
    fs.writeFileSync(path.join(MADE, `${name}.json`), JSON.stringify(error));
  }
  if (told.length) process.stdout.write(`${told.join('\n')}\n`);
  process.exitCode = told.length || (status && !found.length) ? status || 1 : 0;
}

main(Number(process.argv[2]) || 512);
