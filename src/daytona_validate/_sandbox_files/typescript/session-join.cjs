// Joins earlier codes and a snippet to one module for the type checker: each code is a block inside of
// that before it. So a code sees all names and types above it, and hides those that it declares again,
// whatever they were. Imports can stand in no block: they go to the top, a line each.
'use strict';

const STRING = `'(?:\\\\.|[^'\\\\\\n])*'|"(?:\\\\.|[^"\\\\\\n])*"`;
const SKIPPED = `//.*|/\\*[^]*?\\*/|${STRING}|\`(?:\\\\[^]|[^\`\\\\])*\``;
const IMPORT = `^import\\b(?!\\s*[(.])[^'"();=\\n]*(?:\\{[^{}]*\\}[^'"();=\\n]*)?(?:${STRING}|=[^;\\n]*)(?:\\s*(?:with|assert)\\s*\\{[^{}]*\\})?[ \\t]*;?`;
const REEXPORT = `^export\\s*(?:type\\s*)?(?:\\*[^'"\\n;]*|\\{[^{}]*\\}\\s*from\\s*)(?:${STRING})[ \\t]*;?|^export\\s*(?:type\\s*)?\\{[^{}]*\\}[ \\t]*;?`;
const DECLARED = '(?:declare|abstract|async|const|let|var|function|class|interface|type|enum|namespace|module|import)\\b';
const NAMED = '(?:(?:async\\s+)?function\\s*\\*?\\s*[^\\s(*<]|(?:abstract\\s+)?class\\s+(?!extends\\b)[^\\s{<]|interface\\b)';
const MODIFIER = `^export\\s+default\\s+(?=${NAMED})|^export\\s+(?=${DECLARED})|^export\\s+default\\b|^export\\s*=`;
const STATEMENTS = new RegExp(`(${SKIPPED})|(${IMPORT})|(${REEXPORT})|(${MODIFIER})`, 'gm');

// Returns the text, and of each of its lines the code (from 0; the snippet is the last) and its line
// there; `ends` names the code that a line follows, where it is of none.
function joined(codes) {
  const parts = codes.map((code, number) => taken(code, { isEarlier: number < codes.length - 1 }));
  const [lines, places] = [[], []];
  const put = (text, place) => {
    lines.push(text);
    places.push(place);
  };
  const names = new Set();
  for (let number = codes.length - 1; number >= 0; number--) {
    for (const { text, line } of parts[number].imports) {
      const left = number === codes.length - 1 ? noted(text, names) : withoutNames(text, names);
      if (left) put(left, { code: number, line });
    }
  }
  parts.forEach(({ body }, number) => {
    put('{', { ends: number - 1 });
    body.split('\n').forEach((text, at) => put(text, { code: number, line: at + 1 }));
  });
  put('}'.repeat(codes.length), { code: codes.length - 1, line: parts.at(-1).body.split('\n').length });
  put('export {};', {});
  return { text: lines.join('\n'), places };
}

function taken(code, { isEarlier }) {
  const imports = [];
  let body = code.replace(/^\uFEFF/, '').replace(/^#!.*/, '');
  body = body.replace(STATEMENTS, (whole, skipped, imported, reexported, modifier, at) => {
    if (skipped !== undefined) return whole;
    if (imported !== undefined) {
      const line = body.slice(0, at).split('\n').length;
      imports.push({ text: oneLine(whole), line });
    }
    if (/^export\s*(?:default|=)$/.test(whole.trim()) && !/\s$/.test(whole)) return 'void'.padEnd(whole.length);
    return whole.replace(/[^\n]/g, ' ');
  });
  return { imports, body: isEarlier ? harmless(body) : body };
}

// A `var` would reach out of its block, and what follows process.exit() is not checked as it should be.
function harmless(body) {
  return body.replace(/^var\b/gm, 'let').replace(/\bprocess\.exit(?=\s*\()/g, 'process["exit"]');
}

function oneLine(text) {
  return text.replace(/\/\/.*|\/\*[^]*?\*\//g, ' ').replace(/\s+/g, ' ').trim();
}

function noted(text, names) {
  for (const each of localNames(text)) names.add(each);
  return text;
}

// Of imports the last one of a name holds.
function withoutNames(text, names) {
  const clash = localNames(text).some((each) => names.has(each));
  if (!clash) return noted(text, names);
  const found = /^(import (?:type )?)(.*?)\s*(from .*)$/.exec(text);
  if (!found) return '';
  const braces = /\{([^}]*)\}/.exec(found[2]);
  const others = found[2].replace(/\{[^}]*\}/, '').split(',');
  const isFree = (each) => each.trim() !== '' && !names.has(localName(each));
  const kept = others.filter(isFree);
  const members = braces ? braces[1].split(',').filter(isFree) : [];
  if (members.length) kept.push(`{ ${members.join(',')} }`);
  return kept.length ? noted(`${found[1]}${kept.join(', ')} ${found[3]}`, names) : '';
}

function localNames(text) {
  const clause = /^import (?:type )?(.*?)\s*(?:from\b|=|$)/.exec(text)[1];
  if (/^['"]/.test(clause)) return [];
  return clause.replace(/[{}]/g, ',').split(',').filter((each) => each.trim()).map(localName);
}

function localName(binding) {
  return binding.trim().split(/\s+/).at(-1);
}

module.exports = { joined };
