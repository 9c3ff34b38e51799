// What ended an earlier code, as Node would have written it.
'use strict';

function message(thrown) {
  const { exception } = thrown ?? {};
  return String(exception?.description ?? exception?.value ?? thrown?.text ?? '');
}

// As Node writes it, for who reads Node's errors; without the frames that are ours.
function failure(name, thrown, code, map) {
  const lines = message(thrown).split('\n');
  const frame = lines.findIndex((line) => line.startsWith('    at '));
  const said = frame < 0 ? lines : lines.slice(0, frame);
  const own = frame < 0 ? [] : lines.slice(frame).filter((line) => line.includes(name));
  const number = lineOf(name, thrown, code, own, map);
  const source = (code.split('\n')[number - 1] ?? '').slice(0, 200);
  const isError = !thrown.exception || thrown.exception.subtype === 'error';
  if (map && own.length) own.splice(0, own.length, `    at ${name}:${number}:1`);
  const shown = isError ? ['', ...said, ...own] : [...said, '(Use `node --trace-uncaught ...`)'];
  if (thrown.errorCode !== undefined) shown.push(`  code: '${thrown.errorCode}'`);
  return [`${name}:${number}`, source, '^', ...shown, '', `Node.js ${process.version}`].join('\n');
}

function lineOf(name, thrown, code, frames, map) {
  if (frames.length) {
    const [, line, column] = /:(\d+):(\d+)/.exec(frames[0].split(name).at(-1)) ?? [0, 1, 1];
    return (map ? map.findEntry(line - 1, column - 1).originalLine + 1 : Number(line)) || 1;
  }
  if (thrown.isAtLine) return thrown.lineNumber || 1;
  const sought = /Cannot find \w+ '([^']+)'/.exec(message(thrown))?.[1];
  return sought ? code.slice(0, Math.max(0, code.indexOf(sought))).split('\n').length : 1;
}

function described({ error }) {
  const isError = error instanceof Error;
  const description = isError ? String(error.stack) : String(error);
  return { exception: { description, subtype: isError ? 'error' : undefined } };
}

module.exports = { described, failure, message };
