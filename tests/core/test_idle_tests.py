"""Code that defines tests and runs none of them, and code that only looks like it."""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Caveat, Execution, Limits, Snippet, Stage, Step
from for_each import for_each

ADD = "def add(a, b):\n    return a - b\n\n\n"
TEST_ADD = "def test_add():\n    assert add(2, 3) == 5\n"
CASE = (
    "class AddTest(unittest.TestCase):\n    def test_add(self):\n"
    "        self.assertEqual(add(2, 3), 5)\n"
)
IDLE_PYTHON = {
    "plain": ADD + TEST_ADD,
    "one_line": "def test_add(): assert 1 + 1 == 3",
    "async": ADD + "async " + TEST_ADD,
    "class": ADD + "class TestAdd:\n    def test_add(self):\n        assert add(2, 3) == 5\n",
    "unittest": "import unittest\n\n" + ADD + CASE,
    "test_case_by_name": "from unittest import TestCase\n" + CASE.replace("unittest.", ""),
    "pytest": "import pytest\n\n@pytest.fixture\ndef two():\n    return 2\n\n"
    "@pytest.mark.parametrize(\n    'n', [\n1,\n2]\n)\ndef test_n(two, n):\n    assert n == two\n",
    "raises": "import pytest\ndef test_add():\n    with pytest.raises(TypeError):\n        1 + x\n",
    "constants": "from x import (\n    a,\n    b,\n)\nN = 3\nxs: list[int] = [\n1,\n]\nN += 1\n"
    "x, y = 1, 2\nobj.attribute = a if b else N\nz: int\n" + TEST_ADD,
    "guarded_import": "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n"
    + TEST_ADD,
    "type_checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import x\n"
    + TEST_ADD,
    "docstring": '"""A page\'s test_add() is called: unittest.main()."""\n' + ADD + TEST_ADD,
    "comment": "# test_add()\n" + ADD + TEST_ADD + "# unittest.main()\n",
    "string": ADD + TEST_ADD.replace("5", "'if __name__'"),
    "continued": "from x import a, \\\n  b\n" + TEST_ADD,
    "examples": 'def half(n):\n    r"""Halve.\n\n    >>> half(4)\n    2\n    """\n    return n\n',
    "ellipsis": "class A: ...\n...\npass\n" + TEST_ADD,
    "unclosed_string": 'def half(n):\n    """\n    >>> half(4)\n    2\n',
}
NOT_IDLE_PYTHON = {
    "no_tests": ADD,
    "a_program": "print('test')\n",
    "called": ADD + TEST_ADD + "test_add()\n",
    "called_in_a_loop": ADD + TEST_ADD + "for each in [test_add]:\n    each()\n",
    "called_inside": ADD + TEST_ADD + "def main():\n    test_add()\n",
    "assigned": ADD + TEST_ADD + "result = test_add()\n",
    "main": "import unittest\n" + CASE + "unittest.main()\n",
    "from_main": "from unittest import main, TestCase\n" + CASE + "x = main(exit=False)\n",
    "guard": ADD + TEST_ADD + "if __name__ == '__main__':\n    print(add(1, 2))\n",
    "pytest_main": ADD + TEST_ADD + "import pytest\ncode = pytest.main(['-q'])\n",
    "runner": "import unittest\n" + CASE + "r = unittest.TextTestRunner().run(suite)\n",
    "testmod": 'def f():\n    """\n    >>> f()\n    """\nimport doctest\nx = doctest.testmod()\n',
    "globals": ADD + TEST_ADD + "x = [f() for n, f in globals().items() if n[:5] == 'test_']\n",
    "atexit": ADD + TEST_ADD + "import atexit\n",
    "own_decorator": "def now(f):\n    f()\n    return f\n\n@now\n" + TEST_ADD,
    "does_more": ADD + TEST_ADD + "print(add(1, 2))\n",
    "does_more_inline": "try: go()\nexcept ValueError: pass\n" + TEST_ADD,
    "does_more_in_try": "try:\n    go()\nfinally:\n    pass\n" + TEST_ADD,
    "asserts_at_once": "def test_add():\n    pass\nassert add(1, 2) == 3\n",
    "not_a_test": "def test_connection(host):\n    return ping(host)\n",
    "testing_tool": "class TestServer:\n    def start(self):\n        pass\n",
    "class_used": "class TestAdd:\n    def test_a(self):\n        assert 1\nTestAdd().test_a()\n",
    "example_in_a_string": "text = '>>> test'\n",
    "example_in_a_comment": "# >>> test()\ndef f(): pass\n",
    "too_long": TEST_ADD + "#" * 70_000,
}
ADD_JS = "function add(a, b) {\n  return a - b;\n}\n\n"
TEST_JS = "function testAdd() {\n  console.assert(add(2, 3) === 5);\n}\n"
IDLE_JAVASCRIPT = {
    "function": ADD_JS + TEST_JS.replace("console.assert", "assert"),
    "console": ADD_JS + TEST_JS,
    "arrow": "'use strict';\nconst assert = require('assert');\n"
    "const testAdd = async () => {\n  assert.equal(1, 2);\n};\n",
    "exported": "export function test_add() {\n  if (1 !== 2) throw new Error('no');\n}\n",
    "comments": "// testAdd()\n/* testAdd();\n * x */\n" + ADD_JS + TEST_JS,
    "strings": "const text = `\ntestAdd()\n${1}`;\n" + TEST_JS,
    "module_exports": TEST_JS + "module.exports = { add };\n",
    "chained": "const x = [1]\n  .map((n) => n)\n  ;\n" + TEST_JS,
}
NOT_IDLE_JAVASCRIPT = {
    "no_tests": ADD_JS,
    "called": ADD_JS + TEST_JS + "testAdd();\n",
    "passed_on": ADD_JS + TEST_JS + "const all = [testAdd];\n",
    "does_more": ADD_JS + TEST_JS + "console.log(add(1, 2));\n",
    "asserts_nothing": "function testPort(port) {\n  return port > 0;\n}\n",
    "at_once": "(function testAdd() {\n  assert(1);\n})();\n",
    "too_long": TEST_JS + "/" * 70_000,
}


def caveat(code: str, language: str) -> tuple[Caveat | None, str]:
    step = Step(stage=Stage.RUN, exit_code=0)
    execution = Execution(steps=(step,), runtime="")
    snippet = Snippet(code=code, language=language)
    verdict = classify(execution, Job(snippet, LANGUAGES[language], Limits()))
    return verdict.caveat, verdict.details


IDLE = [("python", name, code) for name, code in IDLE_PYTHON.items()]
IDLE += [(each, *case) for case in IDLE_JAVASCRIPT.items() for each in ("javascript", "typescript")]
NOT_IDLE = [("python", name, code) for name, code in NOT_IDLE_PYTHON.items()]
NOT_IDLE += [("javascript", name, code) for name, code in NOT_IDLE_JAVASCRIPT.items()]


@for_each(("language", "name", "code"), IDLE, ids=lambda each: each[:20])
def test_tests_that_nothing_runs_are_told(language: str, name: str, code: str) -> None:
    found, details = caveat(code, language)
    assert found is Caveat.TESTS_NOT_RUN, name
    assert details == ("Code executed successfully in 0.00 seconds; it defines tests and runs none")


@for_each(("language", "name", "code"), NOT_IDLE, ids=lambda each: each[:20])
def test_what_runs_or_is_no_test_is_let_be(language: str, name: str, code: str) -> None:
    assert caveat(code, language) == (None, "Code executed successfully in 0.00 seconds"), name


def test_languages_without_such_tests_are_not_looked_at() -> None:
    assert caveat("class T { void testAdd() { assert 1 == 2; } }", "java")[0] is None


def test_what_failed_or_was_only_checked_has_no_caveat() -> None:
    for step in (Step(stage=Stage.RUN, exit_code=1), Step(stage=Stage.CHECK, exit_code=0)):
        execution = Execution(steps=(step,), runtime="")
        snippet = Snippet(code=TEST_ADD, language="python")
        assert classify(execution, Job(snippet, LANGUAGES["python"], Limits())).caveat is None


TELLS = "const { test } = require('node:test');\ntest('a', () => process.exit(0));\n"
REPORT = "# tests 1\n# pass 1\n# fail 0\n"


@pytest.mark.parametrize(
    ("code", "output", "found"),
    [
        (TELLS, "", Caveat.TESTS_CUT_OFF),
        ("import {\n  describe,\n  it\n} from 'node:test';\nit('a');", "", Caveat.TESTS_CUT_OFF),
        ("import test from \"node:test\";\ntest('a');", "", Caveat.TESTS_CUT_OFF),
        (TELLS, REPORT, None),
        ("import { mock } from 'node:test';\nit('a');", "", None),
        ("import { test } from 'node:test';\nconsole.log(1);", "", None),
        ("import { test } from 'vitest';\ntest('a');", "", None),
    ],
)
def test_tests_that_a_program_left_are_told(code: str, output: str, found: Caveat | None) -> None:
    step = Step(stage=Stage.RUN, exit_code=0, stdout=output.encode())
    execution = Execution(steps=(step,), runtime="")
    for language in ("javascript", "typescript"):
        snippet = Snippet(code=code, language=language)
        verdict = classify(execution, Job(snippet, LANGUAGES[language], Limits()))
        assert verdict.caveat is found
        more = "; it ended before its tests had run" if found else ""
        assert verdict.details == f"Code executed successfully in 0.00 seconds{more}"
