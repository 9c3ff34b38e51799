"""A block that fails as its page shows has failed on purpose; any other has not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import result
from daytona_validate._core.announced_errors import is_announced
from daytona_validate._core.page_context import PageContext
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
        PageContext(outputs=("Traceback (most recent call last):\n  x\n" + SAID[:-9],)),
        PageContext(outputs=("TypeError: 'tuple' object has no item assignment",)),
        PageContext(outputs=("1\n2\n", "TypeError")),
        PageContext(outputs=("ValueError: many:\n  more\nTypeError: item assignment\n  so",)),
    ],
)
def test_an_error_that_its_page_shows_is_meant(around: PageContext) -> None:
    assert is_announced(around, CODE, failed())
    assert not is_announced(PageContext(), CODE, failed())
    assert not is_announced(around, CODE, replace(failed(), outcome=Outcome.TIMEOUT))
    assert not is_announced(around, CODE, replace(failed(), language="go"))
    assert not is_announced(around, CODE, failed("exit code 3"))


@pytest.mark.parametrize(
    "around",
    [
        PageContext(outputs=("ValueError: 'tuple' object does not support item assignment",)),
        PageContext(outputs=("TypeError: 'str' object does not support item assignment",)),
        PageContext(outputs=("TypeError: one two three four five",)),
        PageContext(outputs=("  TypeError: 'tuple' object", "nothing but words")),
        PageContext(before="A TypeError is a class:"),
        PageContext(before="This raises a `TypeError`. A list is changed:"),
        PageContext(before="A tuple will not work, use a list instead:"),
        PageContext(before="We get an error, as a tuple is fixed."),
        PageContext(after="A list does not work. We get an error."),
    ],
)
def test_an_error_that_its_page_does_not_show_is_a_mistake(around: PageContext) -> None:
    assert not is_announced(around, CODE, failed())


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
    assert is_announced(PageContext(), f"{CODE}{below}", failed()) is is_meant


@pytest.mark.parametrize("said", ["TabError: inconsistent use of tabs", "SyntaxError: no"])
def test_errors_of_the_parser_must_be_shown_as_they_are(said: str) -> None:
    assert is_announced(PageContext(outputs=(said,)), CODE, failed(f"{said} (line 2)"))
    for shown in ("IndentationError: unindent", "TabError: no", "SyntaxError", "SyntaxError: bad"):
        assert not is_announced(PageContext(outputs=(shown,)), CODE, failed(f"{said} (line 2)"))


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
    module = failed("ModuleNotFoundError: No module named 'a.b' (line 2)")
    other = PageContext(outputs=("ModuleNotFoundError: No module named 'a.c'",))
    assert not is_announced(other, CODE, module)
    relative = "ImportError: attempted relative import with no known parent package"
    for said in (relative, "ImportError: attempted relative import"):
        context = PageContext(outputs=(said,))
        assert is_announced(context, CODE, failed(relative)) is (said == relative)
    lacking = failed("NameError: name 'stop' is not defined (line 2)", missing="stop")
    assert is_announced(PageContext(outputs=(shown,)), CODE, lacking) is is_meant


@pytest.mark.parametrize("text", ["#", "# TypeError", "raises ", "not a ", "TypeError: ", "'a' "])
def test_hostile_pages_take_linear_time(text: str) -> None:
    assert_linear(lambda code: is_announced(PageContext(), f"a\nb\n{code}", failed()), text)
    assert_linear(
        lambda said: is_announced(PageContext(before=said, outputs=(said,)), CODE, failed()),
        text,
    )
