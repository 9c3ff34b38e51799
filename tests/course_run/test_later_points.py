"""Blocks that say after which call they stand; a call that the page has excuses nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.settled import last_word
from daytona_validate._models import Outcome
from growth import assert_linear

CODE = '# After the mill.grind(corn) call:\n# there is flour\nprint(corn["flour"])'
ERROR = "KeyError: 'flour' (line 3)"


def outcome(
    code: str,
    *others: str,
    said: str = ERROR,
    rules: RunRules | None = None,
    language: str = "python",
) -> Outcome:
    blocks = [block(each, language=language) for each in (code, *others)]
    failed = result(Outcome.RUNTIME_ERROR, language=language, line=code.count("\n") + 1)
    failed = replace(failed, details=failure_details(said))
    return last_word(CoursePage(blocks, rules or RunRules()), 0, failed).outcome


@pytest.mark.parametrize(
    "first",
    [
        "# After the mill.grind(corn) call:",
        "# After calling `grind(corn)`",
        "# Once mill.grind(corn) has finished:",
        "#after running grind(mill, 2 * corn):",
    ],
)
def test_a_block_after_a_call_that_the_page_leaves_out(first: str) -> None:
    code = CODE.replace(CODE.split("\n", 1)[0], first)
    assert outcome(code) is Outcome.NOT_RUNNABLE
    assert outcome(code, "# mill.grind(corn)") is Outcome.NOT_RUNNABLE
    name = "mill.grind" if "mill" in first else "grind"
    assert outcome(code, f"{name}(corn)") is Outcome.RUNTIME_ERROR
    assert outcome(f"{code}\n{name}(rye)") is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("# After grinding corn:\nprint(flour)", ERROR),
        ("# After f(x) we look at y, if there is one\nprint(flour)", ERROR),
        ("print(flour)\n# After f(x):", ERROR),
        (CODE, "TypeError: 'NoneType' object is not subscriptable (line 3)"),
        (CODE, "ZeroDivisionError: division by zero"),
    ],
)
def test_what_excuses_nothing(code: str, said: str) -> None:
    assert outcome(code, said=said) is Outcome.RUNTIME_ERROR


FLOUR = "NameError: name 'flour' is not defined (line 2)"


@pytest.mark.parametrize(
    ("code", "said", "is_one"),
    [
        ("# After grind(corn):\nprint(flour)", FLOUR, True),
        ("# After grind(corn):\nflours = 1\nprint(flour)", FLOUR, False),
        ("# After grind(corn):\nprint(json)", FLOUR.replace("flour", "json"), False),
        ("# After gridn(corn):\ngrind(2)\nprint(flour)", FLOUR, False),
        ("# After grind():\nprint(corn['flour'])", ERROR, False),
        ("# After grind(corn):\nprint(rye['flour'])", ERROR, False),
        ("# After grind(corn):\nprint(corn['flour'], 'flours')", ERROR, False),
        ("# After grind(corn):\nprint(corn[9])", "IndexError: list index out of range", True),
        ("# After mill.grind():\nprint(mill.flour)",
         "AttributeError: 'Mill' object has no attribute 'flour' (line 2)", True),
        ("# After mill.grind():\nprint(mill.flour)",
         "AttributeError: 'Mill' object has no attribute 'flour'. Did you mean: 'floor'?", False),
        ("# After grind(math):\nprint(math.squrt)",
         "AttributeError: module 'math' has no attribute 'squrt' (line 2)", False),
    ],
)  # fmt: skip
def test_what_the_call_would_make(code: str, said: str, *, is_one: bool) -> None:
    assert outcome(code, said=said) is (Outcome.NOT_RUNNABLE if is_one else Outcome.RUNTIME_ERROR)


def test_it_is_for_python_and_can_be_turned_off() -> None:
    assert outcome(CODE, language="javascript") is Outcome.RUNTIME_ERROR
    assert outcome(CODE, rules=RunRules(has_fragments=False)) is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize("piece", [" ", "# after ", "after a(", "# after a.", "a"])
def test_it_takes_linear_time(piece: str) -> None:
    assert_linear(outcome, piece, start="# after a(")
    assert_linear(outcome, piece)
