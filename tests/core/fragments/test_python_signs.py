"""Bodies of functions and Python 2, and the mistakes that look like such."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, result
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome
from for_each import for_each

RETURN = "SyntaxError: 'return' outside function"
OUTSIDE = "SyntaxError: 'await' outside function"
WITH_OUTSIDE = "SyntaxError: 'async with' outside async function"
ASYNC_BODY = "the body of an async function; it compiles"
PRINT = "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?"
EXCEPT = "SyntaxError: multiple exception types must be parenthesized"
BRANCH = "it begins in the middle of a statement: except"
NEVER = "SyntaxError: '(' was never closed"
UNFINISHED = "it breaks off: '...' stands for code that is left out"
BODY = "the body of a function; it compiles"


@for_each(
    ("code", "said", "line", "reason"),
    [
        ("a = load()\nreturn a", RETURN, 2, BODY),
        ("await go()", "SyntaxError: 'await' outside function", 1, BODY),
        ("# def f():\na = 'def f()'\nreturn a", RETURN, 3, BODY),
        ("def f():\n    a = 1\nreturn a", RETURN, 3, None),
        ("async def f(): ...\nawait f()", "SyntaxError: 'await' outside function", 2, None),
        ("async def f(): ...\n\nawait f()", OUTSIDE, 3, ASYNC_BODY),
        ("async def f(): ...\n\nif a:\n    await f()", OUTSIDE, 4, ASYNC_BODY),
        ("async with f():\n    a = lambda: 1\n", WITH_OUTSIDE, 1, ASYNC_BODY),
        ("async with f():\n    go()\n", WITH_OUTSIDE, 1, BODY),
        ("async def f():\n    g()\nawait f()", OUTSIDE, 3, None),
        ("def f():\n    await g()\n", OUTSIDE, 2, None),
        ("@a\ndef f():\n\n    async with g(): ...\n", WITH_OUTSIDE, 4, None),
        ("f = lambda: await g()\n", OUTSIDE, 1, None),
        ("def f(): ...\n\nreturn f()", RETURN, 3, None),
        ("def f(): ...\n\nawait f()", OUTSIDE, None, None),
        ("a = load(\nreturn a", "SyntaxError: '(' was never closed", 1, None),
        ("# or\nexcept KeyError as e:\n    f()", "SyntaxError: invalid syntax", 2, BRANCH),
        ("if a: f()\nexcept KeyError: f()", "SyntaxError: invalid syntax", 2, None),
        ("except KeyError as e", "SyntaxError: invalid syntax", 1, None),
        ("a = 1\nprint a", PRINT, 2, "Python 2"),
        ('if a: print "a", b', PRINT, 1, "Python 2"),
        ("for a in b:\n    print a, b", PRINT, None, "Python 2"),
        ('exec "a = 1"', "SyntaxError: Missing parentheses in call to 'exec'.", 1, "Python 2"),
        ("gate: Annotated[Gate, ...", NEVER, 1, UNFINISHED),
        ("ride(1,\n  2,\n  3, ...\n", NEVER, 1, UNFINISHED),
        ("seats: tuple[int, ...", NEVER, 1, None),
        ("ride(a, b", NEVER, 1, None),
        ("ride(1, [2, ...]\nx = 1", NEVER, 1, None),
        ("print a)", "SyntaxError: unmatched ')'", 1, None),
        ("print(a)\nprint.a", PRINT, 2, None),
        ("try: f()\nexcept KeyError, e:\n    pass", EXCEPT, 2, "Python 2"),
        ("try: f()\nexcept (KeyError, OSError), e: pass", EXCEPT, 2, "Python 2"),
        ("try: f()\nexcept KeyError, e:\n    pass", EXCEPT, 3, None),
    ],
)
def test_python(code: str, said: str, line: int | None, reason: str | None) -> None:
    failed = result(
        Outcome.COMPILE_ERROR, language="python", details=f"Code execution failed: {said}"
    )
    assert no_program(block(code, "python"), replace(failed, error_line=line)) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("Oops!\n\nKeyError: 'b'", "an error message, after other output"),
        ('  File "a.py", line 1\n    a b\nSyntaxError: invalid syntax', "an error message"),
        ("a = {\nKeyError: 1", "an error message, after other output"),
        ("wagon: Wagon ...", "a '...' stands for code that is left out"),
        ("wagon: Pair[Wagon, ...", None),
    ],
)
def test_texts_of_python(code: str, reason: str | None) -> None:
    said = "Code execution failed: SyntaxError: invalid syntax"
    failed = replace(result(Outcome.COMPILE_ERROR, language="python", details=said), error_line=1)
    found = no_program(block(code, "python"), failed)
    assert found == reason or (reason is not None and (found or "").startswith(reason))


@pytest.mark.parametrize(
    ("code", "name", "is_body"),
    [
        ("self.till = 1", "self", True),
        ("till = cls.open()", "cls", True),
        ("def f(a): ...\nself.till = 1", "self", False),
        ("class A:\n    b = self.c", "self", False),
        ("self.till = 1", "slef", False),
        ("f = lambda: self", "self", False),
    ],
)
def test_the_body_of_a_method(code: str, name: str, *, is_body: bool) -> None:
    said = f"Code execution failed: NameError: name '{name}' is not defined (line 1)"
    failed = result(Outcome.RUNTIME_ERROR, language="python", details=said, line=1)
    reason = f"the body of a method: it needs {name}" if is_body else None
    assert no_program(block(code, "python"), failed) == reason
