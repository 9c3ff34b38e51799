"""An error that a comment tells of where its statement ends, or where what raised it was called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, result
from daytona_validate._core.announced_errors import is_announced
from daytona_validate._core.details import failure_details
from daytona_validate._core.failing_lines import FailingLines, failing_lines
from daytona_validate._core.meant_to_fail import is_meant_to_fail
from daytona_validate._core.page_context import PageContext
from daytona_validate._models import CodeValidationResult, Outcome
from for_each import for_each

HEAD = "Traceback (most recent call last):\n"
OWN = '  File "/work/main.py", line {}, in <module>\n    x\n'
LIBRARY = '  File "/opt/packages/kiosk/box.py", line 7, in pack\n    raise\n'
FULL = "kiosk.errors.BoxError: {'lid': ['no lid is left']}"


def failed(said: str, *lines: int, library: str = LIBRARY) -> CodeValidationResult:
    trace = HEAD + library.join(map(OWN.format, lines))
    found = result(Outcome.RUNTIME_ERROR, f"{trace}{said}\n", language="python", line=lines[-1])
    return replace(found, details=failure_details(f"{said} (line {lines[-1]})"))


def is_excused(code: str, said: str, *lines: int) -> bool:
    found = failed(said, *lines)
    is_meant = is_meant_to_fail(block(code, "python"), found)
    return is_meant or is_announced(PageContext(), code, found)


CALL = "def pack(box):\n    raise BoxError('no lid is left')\n\n\npack(\n    1,\n){}\n"


@pytest.mark.parametrize(
    ("code", "said", "lines"),
    [
        ("pack(\n    1,\n)  # raises BoxError", FULL, (1,)),
        ("pack(\n    1,\n)\n# BoxError: {'lid': ['no lid is left']}", FULL, (1,)),
        (
            "pack(\n  1,\n)\n# raises kiosk.errors.BoxError: {'lid': ['no lid is left']}",
            FULL,
            (1,),
        ),
        ("# raises: see above\npack(\n    1,\n)", FULL, (3,)),
        (CALL.format("  # raises BoxError"), FULL, (5, 2)),
        (CALL.format("  # BoxError"), FULL, (5, 2)),
        (CALL.format("\n# BoxError: {'lid': ['no lid is left']}"), FULL, (5, 2)),
        (CALL.format("  # no lid is left"), FULL, (5, 2)),
    ],
)
def test_a_comment_at_the_end_of_a_statement(code: str, said: str, lines: tuple[int, ...]) -> None:
    assert is_excused(code, said, *lines)


COUTN = "AttributeError: 'list' object has no attribute 'coutn'"


@for_each(
    ("code", "said", "lines"),
    [
        ("pack(\n    1,\n)\nfill()  # raises BoxError", FULL, (1,)),
        ("pack(\n    1,\n)  # raises LidError", FULL, (1,)),
        ("pack(\n    1,\n)\n\n# BoxError: {'lid': ['no lid is left']}", FULL, (1,)),
        ("pack(\n    1,\n)\n# BoxError: {'box': ['it is too small']}", FULL, (1,)),
        ("if pack(1):\n    fill()\n# BoxError: {'lid': ['no lid is left']}", FULL, (1,)),
        (CALL.format("  # error"), FULL, (5, 2)),
        (CALL.format("  # fails"), FULL, (5, 2)),
        (CALL.format("\n# BoxError"), FULL, (5, 2)),
        (CALL.format("  # raises BoxError if 1 is too big"), FULL, (5, 2)),
        (CALL.format("  # raises LidError"), FULL, (5, 2)),
        (CALL.format("  # BoxError-free packing"), FULL, (5, 2)),
        (CALL.format("  # raises AttributeError"), COUTN, (5, 2)),
        (CALL.format("  # raises BoxError"), FULL, (9, 2)),
        (CALL.format("  # raises BoxError"), FULL, (2,)),
    ],
)
def test_a_comment_that_excuses_no_call(code: str, said: str, lines: tuple[int, ...]) -> None:
    assert not is_excused(code, said, *lines)


def test_what_is_not_known_is_the_line_of_the_error() -> None:
    found = failed(FULL, 5, 2)
    assert failing_lines(CALL.format(""), found) == FailingLines((2,), (7,))
    assert failing_lines(CALL.format("("), found) == FailingLines((2,), ())
    assert failing_lines("x" * 60_000, found) == FailingLines((2,), ())
    other = replace(found, language="javascript")
    assert failing_lines(CALL.format(""), other) == FailingLines((2,), ())
    assert failing_lines("", replace(found, error_line=None)) == FailingLines((), ())
    untraced = replace(found, error=None)
    assert failing_lines("pack(\n1)", replace(untraced, error_line=2)) == FailingLines((1, 2), ())
    matched = failing_lines(
        "match a:\n    case 1: b()\n    case 2: c()", replace(found, error_line=1)
    )
    assert matched == FailingLines((1,), ())
