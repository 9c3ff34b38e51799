"""Text made to be slow to read costs no more than its length."""

from __future__ import annotations

from functools import partial

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.javascript import JAVASCRIPT
from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.languages.python_idle_tests import LONGEST_CHARACTERS
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Execution, Limits, Snippet, Stage, Step
from growth import assert_linear

PIECES = [
    " ",
    "a",
    "\n",
    ":1",
    "1",
    "^",
    " ^",
    "\t^ ",
    "/",
    "/a",
    '"',
    '  File "',
    "'",
    "a.",
    "_Array",
    "Error: ",
    "(",
    "FAILED (failures=1",
    "=1",
    "Assertion ",
    "(uv_thread_create",
    "spawn ",
    "EAGAIN ",
    "FATAL ERROR: ",
    "a:1: aWarning: ",
    "Traceback (most recent call last):\n",
    'Traceback (most recent call last):\n  File "/work/main.py", line 1\n',
    "Exception ignored in: x\nTraceback (most recent call last):\n",
    "During handling of the above exception, another exception occurred:\n\n",
    "  + Exception Group Traceback (most recent call last):\n",
    "  | ",
    "a.py:1: SyntaxWarning: x\n  y\n",
    "/work/index.js:1\nx\n^\n",
    "undefined:1\nx\n\n",
    "/work/index.js:1\n",
    "    at f (/work/index.js:1:1)\n",
    "code: 'MODULE_NOT_FOUND'\n",
    "(Use `node --trace-uncaught",
    "Node.js v24.1.0\n",
    "[Error] {\n",
    "\x1b[31m",
    "\ufffd\u202e",
]
ENDS = {
    "nothing": "",
    "word": "x",
    "python": "\nModuleNotFoundError: No module named 'x'",
    "node": "\n    at f (/work/index.js:1:1)\n\nNode.js v24.1.0",
}
STARTS = {
    "nothing": "",
    "python": 'Traceback (most recent call last):\n  File "/work/main.py", line 1\nA',
    "node": "/work/index.js:1\nx\n^\n\nError: ",
    "spawn": "/work/index.js:1\nx\n^\n\nError: spawn",
    "cause": "ModuleNotFoundError: No module named '",
}


def judge(step: Step, snippet: Snippet) -> Verdict:
    execution = Execution(steps=(step,), runtime="")
    verdict = classify(execution, Job(snippet, LANGUAGES[snippet.language], Limits()))
    assert len(verdict.details) <= 300
    return verdict


def exits(exit_code: int, snippet: Snippet, stderr: str) -> None:
    judge(Step(stage=Stage.RUN, exit_code=exit_code, stderr=stderr.encode()), snippet)


@pytest.mark.parametrize("language", [PYTHON, JAVASCRIPT], ids=lambda each: each.name)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("end", ENDS)
def test_classify_is_linear(language: Language, start: str, end: str) -> None:
    snippet = Snippet(code="x", language=language.name, expected_output="x")
    for piece in PIECES:
        for read in (partial(exits, exit_code, snippet) for exit_code in (1, 134)):
            assert_linear(read, piece, start=STARTS[start], end=ENDS[end])


REPORTS = {
    "unittest": "\nFAILED (failures=1)",
    "doctest": "\n***Test Failed*** 1 failures.",
    "pytest": "\n= 1 failed in 0.02s =",
    "node": "\n# fail 1",
    "nothing": "",
}
OF_REPORTS = [
    "=" * 70 + "\nFAIL: a (b.a) \n",
    "=" * 70 + "\nFAIL: a\nTraceback (most recent call last):\n",
    "*" * 70 + '\nFile "/work/main.py", line 1, in a\nFailed example:\n    a\n',
    "    a\n",
    "1 failed in 1 in 1",
    "1 failed ",
    " in 1",
    "_",
    "___ a ",
    "___ a ___\nE   a\n",
    "FAILED a - ",
    "=",
    "not ok 1 - ",
    "not ok 1 - a\n  ---\n",
    "not ok 1 - a\n  ---\n  error: |-\n    a\n",
    "✖ failing tests:\n",
    "test at index.js:1:1\n✖ a (1ms",
    "✖ a (1 (1 (1",
    "test at a:1:1:1",
    "# fail 1\n",
]


@pytest.mark.parametrize("language", [PYTHON, JAVASCRIPT], ids=lambda each: each.name)
@pytest.mark.parametrize("end", REPORTS)
def test_reports_of_tests_are_read_in_linear_time(language: Language, end: str) -> None:
    snippet = Snippet(code="x", language=language.name)

    def on_stdout(text: str) -> None:
        judge(Step(stage=Stage.RUN, exit_code=1, stdout=text.encode()), snippet)

    def on_stderr(text: str) -> None:
        judge(Step(stage=Stage.RUN, exit_code=1, stderr=text.encode()), snippet)

    for piece in OF_REPORTS:
        assert_linear(on_stdout, piece, end=REPORTS[end])
        assert_linear(on_stderr, piece, end=REPORTS[end])


OF_CODE = [
    *("'", '"', "`", "\\", "'''", '"""', "\\'''", '\\"""', "'''\n>>> a\n", "/*", "*", "//"),
    *(" ", "\n", "(", ")", "[\n", "a", "a:", "a=", "a.", "@a\n", "=>", "async ", "import "),
    *("from unittest import ", "class Test", "class A(", "Test", "test", ">>> a\n", "unittest "),
    *("def test_a(", "def test_a():\n assert\n", "const testA = ", "function testA"),
    *("x: y = [", "it require", "test from "),
]


@pytest.mark.parametrize("language", [PYTHON, JAVASCRIPT], ids=lambda each: each.name)
@pytest.mark.parametrize("start", ["", "'''", "`", "class Test:\n", "def test_a(): assert 1\n"])
@pytest.mark.parametrize("end", ["", "\\", "x", "\n\ntest_a"])
def test_idle_tests_are_looked_for_in_linear_time(language: Language, start: str, end: str) -> None:
    def read(code: str) -> None:
        assert len(code) <= LONGEST_CHARACTERS
        judge(Step(stage=Stage.RUN, exit_code=0), Snippet(code=code, language=language.name))

    for piece in OF_CODE:
        assert_linear(read, piece, start="#test >>>\n" + start, end=end)


@pytest.mark.parametrize("code", ["%", "?", "a?", "a.", " ", "a =", ">>>", "\r"])
def test_fragments_are_told_in_linear_time(code: str) -> None:
    stderr = b'  File "/work/main.py", line 1\n    x\nSyntaxError: invalid syntax\n'
    step = Step(stage=Stage.RUN, exit_code=1, stderr=stderr)

    def read(text: str) -> None:
        assert judge(step, Snippet(code=text, language="python")).stage is Stage.COMPILE

    assert_linear(read, code, end="x")


@pytest.mark.parametrize("piece", ["a\n", "\n", "a\nb\n", " \n"])
def test_long_outputs_are_compared_in_linear_time(piece: str) -> None:
    def read(text: str) -> None:
        snippet = Snippet(code="x", language="python", expected_output=text + "end")
        step = Step(stage=Stage.RUN, exit_code=0, stdout=("start\n" + text).encode())
        assert len(judge(step, snippet).error or "") < 20_000

    assert_linear(read, piece)
