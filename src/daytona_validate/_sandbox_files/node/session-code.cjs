// What an earlier code is made of before it is evaluated in the scope that all share. Whatever stands
// in the place of something has as many lines, so that errors keep theirs.
'use strict';

const MOST_STATEMENTS = 300;
const NAME = '[^\\s,{}*\'"();]+';
const FROM = '\\s*from\\s*([\'"])([^\'"\\n]*)\\1(?:\\s*(?:with|assert)\\s*\\{[^}]*\\})?\\s*?;?';
const BRACES = '\\{([^{}]*)\\}';
const IMPORTS = [
  [`import\\s*([\'"])([^\'"\\n]*)\\1(?:\\s*(?:with|assert)\\s*\\{[^}]*\\})?\\s*?;?`, () => ''],
  [`import\\s*\\*\\s*as\\s+(${NAME})`, (name) => `const ${name} = `],
  [`import\\s*${BRACES}`, (names) => `const {${members(names)}} = `],
  [`import\\s+(${NAME})\\s*,\\s*${BRACES}`, (name, names) => `const {default: ${name}, ${members(names)}} = `],
  [`import\\s+(${NAME})\\s*,\\s*\\*\\s*as\\s+(${NAME})`, (name, all) => `const ${all} = `, (name, all) => `; const ${name} = ${all}.default`],
  [`import\\s+(${NAME})`, (name) => `const {default: ${name}} = `],
];
const MODULE_SYNTAX = /Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta'/;

// Returns the code as a script in which the parser finds nothing of a module's any more. It is the
// parser that says where a statement stands: what only looks like one, in a text, is left alone.
async function asScript(code, compile) {
  let script = code;
  for (let done = 0; done <= MOST_STATEMENTS; done++) {
    const thrown = await compile(script);
    if (!thrown) return { script: dynamicImports(script) };
    const text = String(thrown.exception?.description ?? thrown.text);
    const at = MODULE_SYNTAX.test(text) ? offset(script, thrown) : -1;
    const changed = at < 0 ? null : statementChanged(script, at);
    if (changed === null) return { script, rejected: thrown };
    script = changed;
  }
  return { script };
}

// The compiled text has one line above the code.
function offset(script, { lineNumber, columnNumber }) {
  let start = 0;
  for (let line = 1; line < lineNumber; line++) start = script.indexOf('\n', start) + 1;
  const at = start + columnNumber;
  // Of `import.meta` it is the second word that the parser names.
  return /^\.?\s*meta/.test(script.slice(at, at + 9)) ? script.lastIndexOf('import', at) : at;
}

function statementChanged(script, at) {
  const [head, tail] = [script.slice(0, at), script.slice(at)];
  const changed = tail.startsWith('export') ? exported(tail) : imported(tail);
  return changed === null ? null : head + changed;
}

function imported(tail) {
  if (/^import\s*\.\s*meta/.test(tail)) return tail.replace(/^import\s*\.\s*meta/, '__sessionMeta');
  for (const [number, [start, before, after]] of IMPORTS.entries()) {
    const found = new RegExp(`^${start}`).exec(tail);
    if (!found) continue;
    if (number === 0) return sameLines(found[0], `await __sessionImport('${found[2]}');`) + tail.slice(found[0].length);
    const from = new RegExp(`^${FROM}`).exec(tail.slice(found[0].length));
    if (!from) continue;
    const names = found.slice(1);
    const made = `${before(...names)}await __sessionImport('${from[2]}')${after?.(...names) ?? ''};`;
    const whole = found[0] + from[0];
    return sameLines(whole, made) + tail.slice(whole.length);
  }
  return null;
}

function members(names) {
  return names
    .replace(/\/\*[^]*?\*\/|\/\/.*/g, ' ')
    .replace(/\btype\s+(?=[^\s,])(?!as\b)/g, '')
    .replace(/\s+as\s+/g, ': ')
    .replace(/\s+/g, ' ');
}

function exported(tail) {
  const named = /^export\s+default\s+(?=(?:async\s+)?function\s*\*?\s*[^\s(*]|class\s+(?!extends\b)[^\s{])/.exec(tail);
  if (named) return sameLines(named[0], '') + tail.slice(named[0].length);
  const from = new RegExp(`^export\\s*(?:\\*(?:\\s*as\\s+${NAME})?|${BRACES})${FROM}`).exec(tail);
  if (from) return sameLines(from[0], `await __sessionImport('${from[3]}');`) + tail.slice(from[0].length);
  const list = /^export\s*\{[^{}]*\}\s*?;?/.exec(tail);
  if (list) return sameLines(list[0], ';') + tail.slice(list[0].length);
  return tail.replace(/^export\s+default\b/, 'void').replace(/^export\b/, '');
}

function sameLines(old, made) {
  return made + '\n'.repeat(old.split('\n').length - 1);
}

// A script evaluated by the inspector has no import() of its own.
function dynamicImports(script) {
  return script.replace(/(?<![.\w$])import(?=\s*\()/g, '__sessionImport');
}

// Returns the code with a name declared in another way, if it is declared already in a way that does
// not let it be declared once more: a global `var` or function, or else a `let` or a `const`; or null.
function givenWay(code, text, tried) {
  const name = /^SyntaxError: Identifier '(.+)' has already been declared/.exec(text)?.[1];
  if (name === undefined) return null;
  const isGlobal = Object.prototype.hasOwnProperty.call(globalThis, name);
  const kind = (isGlobal ? ['var'] : ['let', 'const'])[tried.get(name) ?? 0];
  tried.set(name, (tried.get(name) ?? 0) + 1);
  return kind === undefined ? null : declaredAs(code, name, kind);
}

function declaredAs(code, name, kind) {
  const word = `(?<![\\w$])${name.replace(/\$/g, '\\$')}(?![\\w$])`;
  const start = '^([ \\t]*)';
  const changed = code
    .replace(new RegExp(`${start}(?:const|let|var)\\b(?=[^=;\\n]*${word})`, 'gm'), `$1${kind}`)
    .replace(new RegExp(`${start}class\\s+${word}`, 'gm'), `$1${kind} ${name} = class ${name}`);
  if (kind === 'var') return changed;
  const functions = new RegExp(`${start}((?:async\\s+)?function\\s*\\*?)\\s*${word}`, 'gm');
  return changed.replace(functions, `$1${kind} ${name} = $2 ${name}`);
}

module.exports = { asScript, givenWay };
