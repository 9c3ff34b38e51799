"""Python that consists of definitions, tests among them, and runs none of these tests.

The code is untrusted: it is not parsed, as a parser may overflow its stack, but matched line by
line. When in doubt the tests count as run: code that does more than define, or that mentions a test
anywhere else, is not reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from daytona_validate._core.languages.diagnosis import Ending
from daytona_validate._models import Caveat

LONGEST_CHARACTERS = 64 * 1024
"""Longer code is not looked at: a snippet has a tenth of that, and this takes 20 ms at the most."""
# Not possessive around groups: with a lookahead within, Python 3.11.2 then finds nothing.
_TEXT = re.compile(
    r"#[^\n]*+"
    r"|'''(?:[^\\']++|\\.?|'(?!''))*(?:'''|\Z)"
    r'|"""(?:[^\\"]++|\\.?|"(?!""))*(?:"""|\Z)'
    r"|'(?:[^\\'\n]++|\\.?)*'?"
    r'|"(?:[^\\"\n]++|\\.?)*"?',
    re.DOTALL,
)
_EXAMPLE = re.compile(r"^[ \t]*>>> \S", re.MULTILINE)
_DOCSTRING_STARTS = ("'''", '"""')
_BRACKET = re.compile(r"[()\[\]{}]")
_WORD = re.compile(r"\w+")
_RUNS_TESTS = frozenset(
    {
        *("__name__", "__main__", "TextTestRunner", "TestLoader", "defaultTestLoader"),
        *("TestProgram", "testmod", "testfile", "DocTestRunner", "run_docstring_examples"),
        *("exec", "eval", "globals", "locals", "vars", "atexit"),
    }
)
_RUNS_ALL = re.compile(r"\b(?:unittest|pytest)\s*\.\s*main\b")
_IMPORTS_RUNNER = re.compile(r"from\s+(?:unittest|pytest)\s+import\b.*\bmain\b")
_BLOCK = re.compile(r"(?:try|else|finally)\s*:|except\b|if\s+(?:typing\.)?TYPE_CHECKING\s*:")
_HARMLESS = re.compile(
    r"(?:import|from|pass|raise)\b|\.\.\.$|[rRuUbBfF]{0,2}\"\"$"
    # An assignment, or an annotation.
    r"|(?!(?:assert|await|return|yield|del|for|while|with|if|match|try|else|finally|except)\b)(?:"
    r"[A-Za-z_][\w.\[\], \"*]*+(?::(?!=)[^=]*+)?(?:[-+*/%|&^@]|//|\*\*|<<|>>)?=(?!=)"
    r"|[A-Za-z_]\w*\s*:\s*\w)"
)
_DEFINITION = re.compile(r"(?:async\s+def|def|class|@)\s*(\w*)")
_FUNCTION = re.compile(r"(?:async\s+)?def\s+(test\w*)\s*\(")
_CLASS = re.compile(r"class\s+(\w*Test\w*|\w+(?=\s*\([^)]*TestCase\b))")
_METHOD = re.compile(r"\s+(?:async\s+)?def\s+test\w*\s*\(")
_ASSERTS = re.compile(r"\bassert\b|\bassert[A-Z_]\w*|\braises\b|\bfail\b")


def unrun_tests(ending: Ending) -> Caveat | None:
    """Return that the tests of a program that ended well were not run, if it only defines them."""
    return Caveat.TESTS_NOT_RUN if python_idle_tests(ending.code) else None


def python_idle_tests(code: str) -> bool:
    """Whether code consists of definitions, and nothing runs the tests that are among them."""
    if len(code) > LONGEST_CHARACTERS or not ("test" in code or "Test" in code or ">>>" in code):
        return False
    text = _TEXT.sub(_blank, code)
    words = Counter(_WORD.findall(text))
    if not words.keys().isdisjoint(_RUNS_TESTS) or _RUNS_ALL.search(text):
        return False
    lines = list(_logical_lines(text))
    if any(_IMPORTS_RUNNER.match(line) for line in lines):
        return False
    if not all(_only_defines(lines)) or _is_decorated(lines):
        return False
    tests = list(_tests(lines))
    if any(words[name] > 1 for name in tests):
        return False
    return bool(tests) or _has_examples(code)


def _blank(found: re.Match[str]) -> str:
    return "" if found[0].startswith("#") else '""'


def _logical_lines(text: str) -> Iterator[str]:
    """Yield lines, those in brackets and after a backslash with the line that they continue."""
    depth, parts = 0, list[str]()
    for line in text.split("\n"):
        parts.append(line)
        depth += sum(1 if found[0] in "([{" else -1 for found in _BRACKET.finditer(line))
        if depth > 0 or line.endswith("\\"):
            continue
        joined = " ".join(parts).rstrip()
        depth, parts = 0, []
        if joined.strip():
            yield joined


def _only_defines(lines: list[str]) -> Iterator[bool]:
    """Yield for each line at module level whether it only defines something."""
    is_block = False
    for line in lines:
        if not line[0].isspace():
            is_block = _BLOCK.match(line) is not None
            inline = line.partition(":")[2].strip() if is_block else ""
            if is_block:
                yield not inline or _HARMLESS.match(inline) is not None
            else:
                yield (_DEFINITION.match(line) or _HARMLESS.match(line)) is not None
        elif is_block:
            yield _HARMLESS.match(line.lstrip()) is not None


def _is_decorated(lines: list[str]) -> bool:
    """Whether a function of the module decorates something, and so may run it."""
    defined, decorators = set[str](), set[str]()
    for line in lines:
        found = _DEFINITION.match(line)
        if found is not None:
            (decorators if line.startswith("@") else defined).add(found[1])
    return not defined.isdisjoint(decorators)


def _tests(lines: list[str]) -> Iterator[str]:
    """Yield the names of functions and classes that are tests: that have something asserted."""
    name, is_class, is_test = "", False, False
    for line in (*lines, "end"):
        if line[0].isspace():
            found = _METHOD.match(line) if is_class else _ASSERTS.search(line)
            is_test = is_test or found is not None
            continue
        if name and is_test:
            yield name
        function, of_class = _FUNCTION.match(line), _CLASS.match(line)
        head = function or of_class
        name, is_class = head[1] if head else "", of_class is not None
        is_test = function is not None and _ASSERTS.search(line) is not None


def _has_examples(code: str) -> bool:
    """Whether a docstring has an example for doctest."""
    return any(
        found[0].startswith(_DOCSTRING_STARTS) and _EXAMPLE.search(found[0]) is not None
        for found in _TEXT.finditer(code)
    )
