// A browser's dialogs for code from a page, answered at once: what they show is printed, confirm() is
// agreed to and prompt() gets its default. Whoever has a name `alert` of his own keeps it.
'use strict';
delete require.cache[__filename];

const show = (words) => process.stdout.write(`${words.length ? String(words[0]) : ''}\n`);
const DIALOGS = {
  alert(...words) {
    show(words);
  },
  confirm(...words) {
    show(words);
    return true;
  },
  prompt(...words) {
    show(words);
    return words[1] === undefined ? '' : String(words[1]);
  },
};

for (const [name, value] of Object.entries(DIALOGS)) {
  if (name in globalThis) continue;
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
