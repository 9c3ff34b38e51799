"""A block that fails as its page shows has failed on purpose; any other has not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import result
from daytona_validate._core.said_around import SaidAround
from daytona_validate._core.shown_errors import is_shown_to_fail
from daytona_validate._models import CodeValidationResult, Outcome
from growth import assert_linear

CODE = "fare = (1, 2)\nfare[0] = 3\n"
SAID = "TypeError: 'tuple' object does not support item assignment (line 2)"


def failed(said: str = SAID, *, missing: str | None = None) -> CodeValidationResult:
    found = result(Outcome.RUNTIME_ERROR, missing, line=2)
    return replace(found, details=f"Code execution failed: {said}")


@pytest.mark.parametrize(
    "around",
    [
        SaidAround(outputs=("Traceback (most recent call last):\n  x\n" + SAID[:-9],)),
        SaidAround(outputs=("TypeError: 'tuple' object has no item assignment",)),
        SaidAround(outputs=("1\n2\n", "TypeError")),
        SaidAround(outputs=("ValueError: many digits:\n  more\nTypeError: item assignment\n  so",)),
    ],
)
def test_an_error_that_its_page_shows_is_meant(around: SaidAround) -> None:
    assert is_shown_to_fail(around, CODE, failed())
    assert not is_shown_to_fail(SaidAround(), CODE, failed())
    assert not is_shown_to_fail(around, CODE, replace(failed(), outcome=Outcome.TIMEOUT))
    assert not is_shown_to_fail(around, CODE, replace(failed(), language="go"))
    assert not is_shown_to_fail(around, CODE, failed("exit code 3"))


@pytest.mark.parametrize(
    "around",
    [
        SaidAround(outputs=("ValueError: 'tuple' object does not support item assignment",)),
        SaidAround(outputs=("TypeError: 'str' object does not support item assignment",)),
        SaidAround(outputs=("TypeError: one two three four five",)),
        SaidAround(outputs=("  TypeError: 'tuple' object", "nothing but words")),
        SaidAround(before="A TypeError is a class:"),
        SaidAround(before="This raises a `TypeError`. A list is changed:"),
        SaidAround(before="A tuple will not work, use a list instead:"),
        SaidAround(before="We get an error, as a tuple is fixed."),
        SaidAround(after="A list does not work. We get an error."),
    ],
)
def test_an_error_that_its_page_does_not_show_is_a_mistake(around: SaidAround) -> None:
    assert not is_shown_to_fail(around, CODE, failed())


@pytest.mark.parametrize(
    ("below", "is_meant"),
    [
        ("# TypeError: 'tuple' object does not support item assignment", True),
        ("# Output: TypeError", True),
        ("# Traceback (most recent call last):\n#   File\n# TypeError: item assignment", True),
        ("print(1)  # TypeError", False),
        ("print(1)\n# TypeError", False),
        ("# a TypeError comes", False),
        ("# TypeError if it is a tuple", False),
        ("# ValueError: no", False),
    ],
)
def test_a_comment_directly_below_the_error_may_show_it(below: str, *, is_meant: bool) -> None:
    assert is_shown_to_fail(SaidAround(), f"{CODE}{below}", failed()) is is_meant


@pytest.mark.parametrize("said", ["TabError: inconsistent use of tabs", "SyntaxError: no"])
def test_errors_of_the_parser_must_be_shown_as_they_are(said: str) -> None:
    assert is_shown_to_fail(SaidAround(outputs=(said,)), CODE, failed(f"{said} (line 2)"))
    for shown in ("IndentationError: unindent", "TabError: no", "SyntaxError", "SyntaxError: bad"):
        assert not is_shown_to_fail(SaidAround(outputs=(shown,)), CODE, failed(f"{said} (line 2)"))


@pytest.mark.parametrize(
    ("shown", "is_meant"),
    [
        ("NameError", False),
        ("NameError: name 'start' is not defined", False),
        ("NameError: a name is not defined", False),
        ("NameError: name 'stop' is not defined", True),
        ("NameError: global name 'stop' is not defined", True),
    ],
)
def test_a_name_must_be_shown_as_it_is(shown: str, *, is_meant: bool) -> None:
    lacking = failed("NameError: name 'stop' is not defined (line 2)", missing="stop")
    assert is_shown_to_fail(SaidAround(outputs=(shown,)), CODE, lacking) is is_meant


@pytest.mark.parametrize("text", ["#", "# TypeError", "raises ", "not a ", "TypeError: ", "'a' "])
def test_hostile_pages_take_linear_time(text: str) -> None:
    assert_linear(lambda code: is_shown_to_fail(SaidAround(), f"a\nb\n{code}", failed()), text)
    assert_linear(
        lambda said: is_shown_to_fail(SaidAround(before=said, outputs=(said,)), CODE, failed()),
        text,
    )
