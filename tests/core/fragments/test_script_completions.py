"""Objects that stand alone, and bodies of async functions: how they are completed and judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, reason, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Missing, MissingKind, Outcome
from growth import assert_linear

TOKEN = "SyntaxError: Unexpected token ':' (line 2)"
BOTH = (
    "ReferenceError: Cannot determine intended module format because both require() and top-level"
    " await are present. (line 2)"
)
AWAITS = "SyntaxError: await is only valid in async functions and the top level bodies of modules"


def failed(said: str, outcome: Outcome = Outcome.COMPILE_ERROR) -> CodeValidationResult:
    alone = result(outcome, said, language="javascript", line=2)
    return replace(alone, details=failure_details(said))


def tried(code: str, alone: CodeValidationResult) -> Completion | None:
    return completion(block(code, "javascript"), alone)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("{\n  a: 1,\n  b: [2, { c: 3 }]\n}", True),
        ("// printed:\n{ a: 1,\n  b: 2 }\n", True),
        ("{ a: 1,\n  b: 2 };", False),
        ("{ a: 1,\n  b: [2 }", False),
        ("{ a: 1,\n  b: 2 }\nf()", False),
        ("f({ a: 1: 2 })", False),
    ],
)
def test_an_object_in_brackets(code: str, *, is_one: bool) -> None:
    found = tried(code, failed(TOKEN))
    assert (None if found is None else found.snippet.code) == (f"({code}\n)" if is_one else None)
    assert tried(code, failed("SyntaxError: Unexpected identifier 'b' (line 2)")) is None
    assert tried(code, failed(TOKEN, Outcome.RUNTIME_ERROR)) is None


def test_what_parses_as_an_object_is_one() -> None:
    code, alone = "{ a: 1,\n  b: loaf }", failed(TOKEN)
    found = tried(code, alone)
    assert found is not None
    snippet = block(code, "javascript")
    passed = result(Outcome.PASSED, language="javascript")
    assert reason(judged(snippet, alone, found, passed)) == "an object that stands alone"
    missing = Missing(MissingKind.NAME, "loaf")
    lacks = replace(failed("x", Outcome.RUNTIME_ERROR), missing=missing)
    assert reason(judged(snippet, alone, found, lacks)) == "an object that stands alone"
    slip = replace(lacks, missing=Missing(MissingKind.NAME, "Promse"))
    assert judged(snippet, alone, found, slip) is alone
    assert judged(snippet, alone, found, failed("SyntaxError: Unexpected number")) is alone


@pytest.mark.parametrize(
    ("code", "said", "is_one"),
    [
        ("const a = require('a')\nawait a.b()", BOTH, True),
        ("const a = await b()\nif (a) {\n  return a\n}\nreturn await c()", AWAITS, True),
        ("f(() => {\n  const a = await b()\n  return a\n})", AWAITS, False),
        ("const a = require('a')\nawait a.b()", "SyntaxError: Unexpected token 'a'", False),
        ("import a from 'a'\nrequire('b')\nawait a.b()", BOTH, False),
    ],
)
def test_a_body_that_awaits(code: str, said: str, *, is_one: bool) -> None:
    alone = failed(said)
    found = tried(code, alone)
    assert (found is not None) is is_one
    if found is None:
        return
    start, end = found.snippet.code.split(code)
    assert (start, end[:6]) == ("(async () => { ", "\n})().")
    snippet = block(code, "javascript")
    for outcome in (Outcome.PASSED, Outcome.RUNTIME_ERROR):
        done = judged(snippet, alone, found, result(outcome, language="javascript", line=2))
        assert isinstance(done, CodeValidationResult)
        assert (done.outcome, done.completed) == (outcome, "an async function around it")
    assert judged(snippet, alone, found, failed("SyntaxError: Unexpected token ')'")) is alone


def test_long_code_is_tried_as_nothing() -> None:
    assert tried(f"{{ a: 1,\n{' ' * 50_000} }}", failed(TOKEN)) is None


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["{", "return\n", "import ", "a: {},", "`", "\n"])
def test_it_is_linear(piece: str) -> None:
    for said in (TOKEN, BOTH, AWAITS):
        alone = failed(said)
        assert_linear(lambda code: tried(code, alone), piece, start="{ ")  # noqa: B023
