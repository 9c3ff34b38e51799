"""Programs whose tests fail, run by node:test."""

_HEAD = (
    "const { test, describe, it } = require('node:test');\nconst assert = require('node:assert');\n"
)

PROGRAMS = {
    "equal": _HEAD + "test('adds', () => {\n  assert.strictEqual(2 - 3, 5);\n});\n",
    "many": _HEAD
    + "test('adds', () => {\n  assert.equal(1, 2, 'one is not two');\n});\n"
    + "describe('lists', () => {\n  it('is fine', () => {});\n"
    + "  it('throws', async () => {\n    throw new TypeError('no such thing');\n  });\n"
    + "  it('deep', () => {\n    assert.deepStrictEqual({ a: 1 }, { a: 2 });\n  });\n});\n",
    "only_suite": _HEAD
    + "describe('outer', () => {\n  describe('inner', () => {\n    it('fails', () => {\n"
    + "      assert.ok(1 > 2);\n    });\n  });\n});\n",
    "subtest": _HEAD
    + "test('parent', async (t) => {\n  await t.test('child', () => {\n"
    + "    assert.match('abc', /x/);\n  });\n});\n",
    "in_function": _HEAD
    + "function half(n) {\n  if (n % 2) throw new RangeError(`odd: ${n}`);\n  return n / 2;\n}\n"
    + "test('halves', () => {\n  half(3);\n});\n",
    "module": "import test from 'node:test';\nimport assert from 'node:assert/strict';\n"
    "test('adds', async () => {\n  assert.equal(await Promise.resolve(2), 3);\n});\n",
    "throws_text": _HEAD + "test('odd', () => {\n  throw 'a text';\n});\n",
    "throws_object": _HEAD + "test('odd', () => {\n  throw { code: 7 };\n});\n",
    "callback": _HEAD + "test('calls', (t, done) => {\n  done(new Error('called'));\n});\n",
    "quotes": _HEAD
    + "test('it\\'s # odd \\\\', () => {\n  throw new Error(\"it's\\nlong\");\n});\n",
    "todo": _HEAD
    + "test('later', { todo: true }, () => {\n  throw new Error('todo');\n});\n"
    + "test('skipped', { skip: true }, () => {});\n"
    + "test('now', () => {\n  throw new Error('now');\n});\n",
    "hook": _HEAD
    + "describe('with a hook', () => {\n"
    + "  require('node:test').before(() => {\n    throw new Error('hook');\n  });\n"
    + "  it('never', () => {});\n});\n",
    "prints": _HEAD
    + "test('prints', () => {\n  console.log('not ok 1 - mine');\n  console.log('# fail 0');\n"
    + "  throw new Error('real');\n});\n",
    "no_test": "console.log('# fail 1');\nprocess.exit(1);\n",
}
