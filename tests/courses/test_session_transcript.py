"""What people are told of a session that agrees with its page: what happened, not what is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._courses.repl_session import as_program
from daytona_validate._courses.session_transcript import read_transcript
from daytona_validate._models import CodeValidationResult, LostBytes, Outcome, Snippet
from growth import assert_linear
from made_results import made_reported

SHOWN = ">>> id(1)\n140\n>>> 2\n2\n"
SESSION = as_program(Snippet(code=SHOWN, language="python"))
PASSED = made_reported(outcome=Outcome.PASSED, path=None, details="").result


def ran(error: str, outcome: Outcome = Outcome.PASSED) -> CodeValidationResult:
    result = replace(PASSED, outcome=outcome, output=SHOWN, error=error or None)
    return read_transcript(SESSION, result)


def test_what_happened_takes_the_place_of_what_is_shown() -> None:
    told = 'a\nshown-session [[1, 1, ["9", "8"]], [3, 1, ["2.0"]]]\n'
    result = ran(told)
    assert (result.output, result.error) == (">>> id(1)\n9\n8\n>>> 2\n2.0\n", "a\n")
    assert ran('shown-session [[1, 1, ["9"]]]\n').error is None


def test_one_that_does_not_agree_keeps_what_it_was_compared_by() -> None:
    told = 'shown-session [[1, 1, ["9"]]]\n'
    wrong = ran(told, Outcome.WRONG_OUTPUT)
    assert (wrong.output, wrong.error) == (SHOWN, None)
    lost = replace(PASSED, output=SHOWN, error=told, lost_bytes=LostBytes(stdout=1))
    assert read_transcript(SESSION, lost).output == SHOWN
    assert ran("").output == SHOWN


@pytest.mark.parametrize(
    "told",
    ["[1]", "[[1]]", "[[1, 1, 1]]", "[[-1, 1, []]]", "[[99, 1, []]]", "[" * 9999 + "]", "[x]"],
)
def test_a_program_that_says_the_same_words_changes_nothing_else(told: str) -> None:
    result = ran(f"shown-session {told}\n")
    assert (result.output, result.outcome) == (SHOWN, Outcome.PASSED)


def test_other_programs_keep_their_words() -> None:
    other = replace(PASSED, error='shown-session [[0, 1, ["9"]]]\n')
    assert read_transcript(Snippet(code="", language="python"), other) == other


@pytest.mark.parametrize("piece", ["shown-session [", "]\n", "["])
def test_hostile_words_cost_their_length(piece: str) -> None:
    assert_linear(ran, piece)
