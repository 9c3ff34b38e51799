"""A block that fails as its page shows or says has failed on purpose; any other has not."""

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
        SaidAround(before="This will not work:"),
        SaidAround(before="What's wrong with this code?"),
        SaidAround(before="Fix the errors in the program below."),
        SaidAround(before="The following code throws an error:"),
        SaidAround(after="We get an error, as a tuple is fixed."),
    ],
)
def test_an_error_that_its_page_tells_of_is_meant(around: SaidAround) -> None:
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
def test_an_error_that_its_page_does_not_tell_of_is_a_mistake(around: SaidAround) -> None:
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
        ("# ValueError: no", False),
    ],
)
def test_a_comment_directly_below_the_error_may_show_it(below: str, *, is_meant: bool) -> None:
    assert is_shown_to_fail(SaidAround(), f"{CODE}{below}", failed()) is is_meant


@pytest.mark.parametrize("shown", ["IndentationError: unindent", "TabError: no"])
def test_errors_of_the_parser_are_alike_whatever_they_say(shown: str) -> None:
    around = SaidAround(outputs=(shown,))
    assert is_shown_to_fail(around, CODE, failed("TabError: inconsistent use of tabs (line 2)"))
    assert not is_shown_to_fail(around, CODE, failed("SyntaxError: invalid syntax (line 2)"))


def test_where_only_words_say_so_a_name_must_be_made_in_the_block() -> None:
    around = SaidAround(before="This does not work:")
    lacking = failed("NameError: name 'stop' is not defined (line 2)", missing="stop")
    assert is_shown_to_fail(around, "def ride():\n    stop = 1\nprint(stop)", lacking)
    assert not is_shown_to_fail(around, "print(stop)", lacking)
    assert not is_shown_to_fail(around, "import x", failed("ImportError: no (line 1)"))


@pytest.mark.parametrize("text", ["#", "# TypeError", "raises ", "not a ", "TypeError: ", "'a' "])
def test_hostile_pages_take_linear_time(text: str) -> None:
    assert_linear(lambda code: is_shown_to_fail(SaidAround(), f"a\nb\n{code}", failed()), text)
    assert_linear(
        lambda said: is_shown_to_fail(SaidAround(before=said, outputs=(said,)), CODE, failed()),
        text,
    )
