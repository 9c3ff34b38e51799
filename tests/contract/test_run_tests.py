"""The tests of a snippet, under every provider: run when that is asked for, and to their end."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from account_line import account_line
from daytona_validate import Caveat, Limits, Outcome, Snippet
from daytona_validate._core.tests_account import CountedTests, seal
from daytona_validate.testing import Execution, ran

from .at_once import Kept, Told, results_of
from .conftest import NewCase

pytestmark = pytest.mark.timeout(600)  # the first use of a toolchain prepares it

RULE, DASHES = "=" * 70, "-" * 70


NOTHING_SAID = ran("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One snippet, and what its tests come to."""

    language: str
    code: str
    outcome: Outcome = Outcome.PASSED
    details: str = "Code executed successfully in "
    fake: Execution = NOTHING_SAID
    """What a provider that runs nothing is told."""
    counted: CountedTests | None = None
    """What the runner says of the tests, to such a provider."""
    caveat: Caveat | None = None
    expected_output: str | None = None


def reported(head: str, error: str) -> Execution:
    report = f"{RULE}\n{head}\n{DASHES}\nTraceback (most recent call last):\n{error}"
    return ran("", f"F\n{report}\n{DASHES}\nFAILED (failures=1)\n", exit_code=1)


ADD = "def add(a, b):\n    return a - b\n\n"
PROGRAMS = {
    "plain function fails": Program(
        language="python",
        code=f"{ADD}def test_add():\n    assert add(2, 3) == 5\n",
        outcome=Outcome.RUNTIME_ERROR,
        details="failed: test_add: AssertionError: assert add(2, 3) == 5 (line 5)",
        fake=reported(
            "FAIL: test_add (main.test_add)",
            '  File "/work/main.py", line 5, in test_add\n'
            "    assert add(2, 3) == 5\nAssertionError\n",
        ),
    ),
    "all kinds pass": Program(
        language="python",
        code='import unittest\n\n\ndef one():\n    """Return 1.\n\n    >>> one()\n    1\n    """\n'
        "    return 1\n\n\ndef test_one():\n    assert one() == 1\n\n\n"
        "async def test_soon():\n    assert one() == 1\n\n\n"
        "class TestOne:\n    def setup_method(self):\n        self.one = one()\n\n"
        "    def test_one(self):\n        assert self.one == 1\n\n\n"
        "class OneCase(unittest.TestCase):\n    def test_one(self):\n"
        "        self.assertEqual(one(), 1)\n\n\nif __name__ == '__main__':\n    print(one())\n",
        details="; 5 tests passed",
        expected_output="1",
        counted=CountedTests(5),
    ),
    "tests that were begun by the file": Program(
        language="python",
        code="import unittest\n\n\nclass OneCase(unittest.TestCase):\n    def test_one(self):\n"
        "        self.assertEqual(1, 1)\n\n\nunittest.main()\n",
        details="; 1 test passed",
        counted=CountedTests(1),
    ),
    "some are skipped": Program(
        language="python",
        code="import unittest\n\n\n@unittest.skip('')\ndef test_a():\n    pass\n\n\n"
        "def test_b():\n    pass\n\n\nclass C(unittest.TestCase):\n"
        "    @unittest.expectedFailure\n    def test_c(self):\n        self.fail('')\n",
        details="; 1 test passed, 1 skipped, 1 failed as expected",
        expected_output="1",
        counted=CountedTests(1, 1, 1),
    ),
    "all are skipped": Program(
        language="python",
        code="import unittest\n\n\n@unittest.skip('')\ndef test_a():\n    pass\n",
        details="; it defines tests and runs none: 1 skipped",
        counted=CountedTests(0, 1),
        caveat=Caveat.TESTS_NOT_RUN,
    ),
    "before and after": Program(
        language="python",
        code="def setup_module():\n    global one\n    one = 1\n\n\nclass TestOne:\n"
        "    @classmethod\n    def setup_class(cls):\n        cls.one = 1\n\n"
        "    def test_one(self):\n        assert self.one == one\n",
        details="; 1 test passed",
        counted=CountedTests(1),
    ),
    "prints what a runner does": Program(
        language="python",
        code="import sys\nprint('5 passed in 0.10s')\n"
        "print('\\nRan 3 tests in 0.001s\\n\\nOK', file=sys.stderr)\n",
        outcome=Outcome.WRONG_OUTPUT,
        details="'5 passed in 0.10s', expected '42'",
        expected_output="42",
        fake=ran("5 passed in 0.10s\n", "\nRan 3 tests in 0.001s\n\nOK\n"),
    ),
    "prints what node:test does": Program(
        language="javascript",
        code="console.log('\N{INFORMATION SOURCE} pass 3');\n",
        outcome=Outcome.WRONG_OUTPUT,
        details="pass 3', expected '42'",
        expected_output="42",
        fake=ran("\N{INFORMATION SOURCE} pass 3\n"),
    ),
    "javascript skips": Program(
        language="javascript",
        code="const { describe, it, test } = require('node:test');\n"
        "describe('many', () => {\n  it('a', () => {});\n  it.skip('b', () => {});\n});\n"
        "test('c', { todo: '' }, () => { throw new Error('c'); });\n"
        "test('d', (t) => t.skip('not now'));\n",
        details="; 1 test passed, 2 skipped, 1 failed as expected",
        expected_output="1",
        counted=CountedTests(1, 2, 1),
    ),
    "javascript skips all": Program(
        language="javascript",
        code="import { test } from 'node:test';\ntest.skip('a', () => {});\n",
        details="; it defines tests and runs none: 1 skipped",
        counted=CountedTests(0, 1),
        caveat=Caveat.TESTS_NOT_RUN,
    ),
    "javascript only names the runner": Program(
        language="javascript",
        code="// not with node:test\nconst test = (f) => f();\ntest(() => console.log(1));\n"
        "process.exit();\n",
        expected_output="1",
        fake=ran("1\n"),
    ),
    "typescript passes": Program(
        language="typescript",
        code="import { test } from 'node:test';\nconst n: number = 1;\n"
        "test('one', () => {\n  if (n !== 1) throw new Error();\n});\n",
        details="; 1 test passed",
        expected_output="1",
        counted=CountedTests(1),
    ),
    "process is left in the middle": Program(
        language="python",
        code="import os\n\n\ndef test_a():\n    os._exit(0)\n\n\ndef test_b():\n    assert False\n",
        outcome=Outcome.RUNTIME_ERROR,
        details="test_a: it ended the process (exit code 0) before all tests had run (line 4)",
        fake=reported(
            "ERROR: test_a (main.test_a)",
            '  File "/work/main.py", line 4\n'
            "it ended the process (exit code 0) before all tests had run\n",
        ),
    ),
    "file ends itself first": Program(
        language="python",
        code="import sys\nsys.exit(0)\n\n\ndef test_a():\n    assert False\n",
        outcome=Outcome.RUNTIME_ERROR,
        details="RuntimeError: sys.exit(0) before the tests were run (line 2)",
        fake=ran(
            "",
            'Traceback (most recent call last):\n  File "/work/main.py", line 2, in <module>\n'
            "RuntimeError: sys.exit(0) before the tests were run\n",
            exit_code=1,
        ),
    ),
    "fixture of pytest": Program(
        language="python",
        code="def test_a(tmp_path):\n    assert tmp_path\n",
        outcome=Outcome.MISSING_DEPENDENCY,
        details="ModuleNotFoundError: No module named 'pytest' (line 1); to install it: "
        "DAYTONA_PACKAGES__PYTHON=pytest",
        fake=ran(
            "",
            'Traceback (most recent call last):\n  File "/work/main.py", line 1\n'
            "ModuleNotFoundError: No module named 'pytest'\n",
            exit_code=1,
        ),
    ),
    "no tests": Program(
        language="python",
        code="print(__name__)\n",
        expected_output="__main__",
        fake=ran("__main__\n"),
    ),
    "no tests, wrong output": Program(
        language="python",
        code="print(__name__)\n",
        outcome=Outcome.WRONG_OUTPUT,
        details="__main__",
        expected_output="main",
        fake=ran("__main__\n"),
    ),
    "javascript passes": Program(
        language="javascript",
        code="const { test } = require('node:test');\ntest('one', async () => {});\n",
        details="; 1 test passed",
        counted=CountedTests(1),
    ),
    "javascript leaves in the middle": Program(
        language="javascript",
        code="import { test } from 'node:test';\ntest('a', () => process.exit(0));\n"
        "test('b', () => { throw new Error('b'); });\n",
        outcome=Outcome.RUNTIME_ERROR,
        details="process.exit() ended the program before all tests had run",
        fake=ran("", "process.exit() ended the program before all tests had run\n", exit_code=1),
    ),
    "javascript without tests": Program(
        language="javascript", code="console.log(1);\n", expected_output="1", fake=ran("1\n")
    ),
    "typescript fails": Program(
        language="typescript",
        code="import { test } from 'node:test';\nconst n: number = 1;\n"
        "test('one', () => {\n  if (n !== 2) throw new RangeError(`${n}`);\n});\n",
        outcome=Outcome.RUNTIME_ERROR,
        details="one: RangeError: 1 (line 4)",
        fake=ran(
            "not ok 1 - one\n  ---\n  error: '1'\n  name: 'RangeError'\n  stack: |-\n"
            "    TestContext.<anonymous> (/work/index.ts:4:22)\n  ...\n# fail 1\n",
            exit_code=1,
        ),
    ),
    "typescript leaves in the middle": Program(
        language="typescript",
        code="import { test } from 'node:test';\ntest('a', () => process.exit(0));\n"
        "test('b', () => { throw new Error('b'); });\n",
        outcome=Outcome.RUNTIME_ERROR,
        details="process.exit() ended the program before all tests had run",
        fake=ran("", "process.exit() ended the program before all tests had run\n", exit_code=1),
    ),
}


def _snippet(program: Program) -> Snippet:
    return Snippet(
        code=program.code,
        language=program.language,
        run_tests=True,
        expected_output=program.expected_output,
        limits=Limits(timeout_s=20.0),
    )


def _told(program: Program) -> Told:
    snippet, fake = _snippet(program), program.fake
    if program.counted:
        fake = ran("", account_line(snippet, program.counted))
    return Told(snippet, fake, fake)


@pytest.mark.parametrize(("name", "program"), PROGRAMS.items(), ids=PROGRAMS)
async def test_tests_are_run_to_their_end(
    request: pytest.FixtureRequest, new_case: NewCase, kept: Kept, name: str, program: Program
) -> None:
    at = request.node.callspec.params["new_case"], program.language
    if at not in kept:
        told = {
            key: _told(each) for key, each in PROGRAMS.items() if each.language == program.language
        }
        kept[at] = await results_of(new_case, told)
    result = kept[at][name]
    assert result.outcome is program.outcome, f"{result.details}\n{result.error}"
    assert program.details in result.details
    assert result.caveat is program.caveat
    assert not result.error or seal(_snippet(program)) not in result.error
