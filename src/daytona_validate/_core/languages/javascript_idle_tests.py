"""JavaScript and TypeScript that consist of definitions, test functions among them, never called.

Tests of node:test run by themselves, and tests of Jest fail without Jest: only plain functions pass
unnoticed. As for Python, the code is not parsed; when in doubt the tests are run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from daytona_validate._core.languages.diagnosis import Ending
from daytona_validate._core.languages.node_tests import ran_tests
from daytona_validate._core.languages.python_idle_tests import LONGEST_CHARACTERS
from daytona_validate._models import Caveat

_TEXT = re.compile(
    r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*(?:\*/|\Z)"
    r"|'(?:[^\\'\n]++|\\.?)*'?"
    r'|"(?:[^\\"\n]++|\\.?)*"?'
    r"|`(?:[^\\`]++|\\.?)*`?",
    re.DOTALL,
)
_BRACKET = re.compile(r"[()\[\]{}]")
_WORD = re.compile(r"[\w$]+")
_ONLY_DEFINES = re.compile(
    r"(?:import|export|const|let|var|function|async\s+function|class|abstract|interface|type|enum"
    r"|declare|namespace)\b|(?:module\s*\.\s*)?exports\b|\"\"|[.?:)\]},;]"
)
_TEST = re.compile(
    r"(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\s*\*?\s*(test[A-Z_]\w*)\s*\("
    r"|(?:const|let|var)\s+(test[A-Z_]\w*)\s*=\s*(?:async\b\s*)?(?:function\b|\(|\w+\s*=>))"
)
_IMPORTS_RUNNER = re.compile(
    r"\b(?:test|it|describe|suite)\b[^;'\"`]{0,200}(?:from|require\s{0,9}\()\s{0,9}['\"]node:test['\"]"
)
_TELLS_RUNNER = re.compile(r"\b(?:test|it|describe|suite)\(")
_ASSERTS = re.compile(r"\b(?:assert|expect|throw)\b")


def unrun_tests(ending: Ending) -> Caveat | None:
    """Return that the tests of a program that ended well were not run, or not to their end."""
    code = ending.code[:LONGEST_CHARACTERS]
    # Looked for as a plain text first, which takes a hundredth of the time: most code has no test.
    has_runner = "node:test" in code and _IMPORTS_RUNNER.search(code)
    if has_runner and _TELLS_RUNNER.search(code) and ran_tests(ending) is None:
        return Caveat.TESTS_CUT_OFF  # by process.exit(): else there is a report
    return Caveat.TESTS_NOT_RUN if javascript_idle_tests(ending.code) else None


def javascript_idle_tests(code: str) -> bool:
    """Whether code consists of definitions, and nothing calls the tests that are among them."""
    if len(code) > LONGEST_CHARACTERS or "test" not in code:
        return False
    text = _TEXT.sub(_blank, code)
    starts = list(_top_level(text))
    if not all(_ONLY_DEFINES.match(line) for line in starts) or not _ASSERTS.search(text):
        return False
    tests = [found[1] or found[2] for line in starts if (found := _TEST.match(line))]
    words = Counter(_WORD.findall(text))
    return bool(tests) and all(words[name] == 1 for name in tests)


def _blank(found: re.Match[str]) -> str:
    return " " if found[0].startswith("/") else '""'


def _top_level(text: str) -> Iterator[str]:
    """Yield the lines that begin outside of all brackets."""
    depth = 0
    for line in text.split("\n"):
        if depth <= 0 and line.strip():
            depth = 0
            yield line.lstrip()
        depth += sum(1 if found[0] in "([{" else -1 for found in _BRACKET.finditer(line))
