"""What a failed block was to make anew is not there: whoever calls it fails for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, result
from daytona_validate._core.details import failure_details
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.remade import remade_in_vain
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    MissingKind,
    Outcome,
    Snippet,
)

FIRST = "def grind():\n    return flour"
AGAIN = "def grind()\n    return 1"
CALL = "grind()"
RAN = EarlierRun(has_passed=True)


def last(
    call: str,
    *between: str,
    outcome: Outcome = Outcome.RUNTIME_ERROR,
    lacks: str | None = None,
) -> CodeValidationResult:
    """Return the result of the last block of a page; what has `return 1` fails."""

    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.code != call:
            is_broken = "return 1" in snippet.code
            return result(Outcome.COMPILE_ERROR if is_broken else Outcome.PASSED)
        if not snippet.earlier:
            return result(Outcome.RUNTIME_ERROR, "grind")
        return replace(result(outcome, lacks), earlier=(RAN,))

    found, _ = finished([block(each) for each in (FIRST, *between, call)], judge)
    return found[len(between) + 1]


def test_it_calls_what_a_failed_block_was_to_make() -> None:
    found = last(CALL, AGAIN)
    assert found.outcome is Outcome.SKIPPED
    assert "it calls what the block" in found.details
    assert last(CALL, AGAIN, outcome=Outcome.WRONG_OUTPUT).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("call", "between"),
    [
        (CALL, ()),
        (CALL, ("def mill()\n    return 1",)),
        (CALL, (AGAIN, FIRST)),
        ("grind\nmill()", (AGAIN,)),
        ("# grind()", (AGAIN,)),
    ],
)
def test_its_own_failure_stays_its_own(call: str, between: tuple[str, ...]) -> None:
    assert last(call, *between).outcome is Outcome.RUNTIME_ERROR


def test_a_name_that_it_lacks_itself_is_its_own_mistake() -> None:
    found = last("grind(corn)", AGAIN, lacks="corn")
    assert found.outcome is Outcome.RUNTIME_ERROR
    assert last("grind()", AGAIN, lacks="flour").outcome is Outcome.SKIPPED


def test_what_never_ran_after_others_is_its_own_mistake() -> None:
    codes = {AGAIN: result(Outcome.COMPILE_ERROR), "grind(1)": result(Outcome.RUNTIME_ERROR)}
    found, _ = finished([block(each) for each in codes], lambda snippet: codes[snippet.code])
    assert found[1].outcome is Outcome.RUNTIME_ERROR
    table = result(Outcome.RUNTIME_ERROR, "grind", kind=MissingKind.FILE)
    found, _ = finished([block(AGAIN), block(CALL)], lambda snippet: table)
    assert found[1].outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("AttributeError: 'Mill' object has no attribute 'grnd'", Outcome.RUNTIME_ERROR),
        ("TypeError: grind() got an unexpected keyword argument 'fats'", Outcome.RUNTIME_ERROR),
        ("TypeError: mill.grnd is not a function", Outcome.RUNTIME_ERROR),
        ("AttributeError: 'Mill' object has no attribute 'grind'", Outcome.SKIPPED),
        ("TypeError: grind() takes 1 positional argument but 2 were given", Outcome.SKIPPED),
    ],
)
def test_a_name_that_the_failed_block_has_not_either_is_a_slip(said: str, outcome: Outcome) -> None:
    page = CoursePage([block(AGAIN), block(CALL)], RunRules())
    failed = replace(result(Outcome.RUNTIME_ERROR), details=failure_details(said))
    assert remade_in_vain(page, failed, 0).outcome is outcome
