"""The older of two parts of a block may fail; the newer one, and a slip of the pen, may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import result
from daytona_validate._core.details import failure_details
from daytona_validate._core.labelled_parts import labelled_part
from daytona_validate._models import Missing, MissingKind, Outcome
from for_each import for_each
from growth import assert_linear

GONE = "TypeError: Box() got an unexpected keyword argument 'lid'"
PARTS = "import kiosk\n\n# {}\nkiosk.Box(lid=1)\n\n# {}\nkiosk.Box(top=1)\n"


def found(code: str, said: str = GONE, line: int = 4, language: str = "python") -> str | None:
    failed = result(Outcome.RUNTIME_ERROR, language=language, line=line)
    return labelled_part(code, replace(failed, details=failure_details(f"{said} (line {line})")))


@for_each(
    ("older", "newer"),
    [
        ("2.x", "3.x"),
        ("version 2.4", "version 3"),
        ("v2.9", "v2.10"),
        ("< 3.13", ">= 3.13"),
        ("<3.24", ">=3.24"),
        ("before 3.0", "since 3.0"),
        ("version 2", "since 3:"),
        ("1.0 Deprecated API", "2.0 API"),
        ("In 1.0, a box had a lid.", "In 2.0, a box has a top."),
        ("1.x and earlier", "2.0 and later"),
        ("Before", "After:"),
        ("the old way", "the new way"),
        ("NO", "YES"),
        ("Bad", "Good"),
        ("Wrong!", "Correct"),
        ("Deprecated", "Recommended"),
    ],
)
def test_an_older_part_may_fail(older: str, newer: str) -> None:
    for code in (PARTS.format(older, newer), PARTS.format(newer, older)):
        is_first = code == PARTS.format(older, newer)
        reason = found(code, line=4 if is_first else 7)
        assert reason is not None
        assert reason.startswith("a part that the block shows for ")
        assert found(code, line=7 if is_first else 4) is None
        assert found(code, line=1) is None


@for_each(
    ("older", "newer"),
    [
        ("2.x", "2.x"),
        ("2.x", "the rest"),
        ("2 boxes", "3 boxes"),
        ("2", "3"),
        ("2.5", "3.5"),
        ("lids 2.5", "lids 3.5"),
        ("2.5 is the price", "3.5 is the price"),
        ("no lid", "yes, a lid"),
        ("before it is open", "after it is open"),
        ("Old", "After"),
        ("Bad", "Yes"),
        ("", "3.x"),
    ],
)
def test_other_comments_set_no_part_against_another(older: str, newer: str) -> None:
    assert found(PARTS.format(older, newer)) is None


@pytest.mark.parametrize(
    "said",
    [
        "NameError: name 'kiosks' is not defined",
        "UnboundLocalError: local variable 'lid' referenced before assignment",
        "AttributeError: module 'kiosk' has no attribute 'Bx'. Did you mean: 'Box'?",
    ],
)
def test_a_slip_of_the_pen_is_one_in_any_part(said: str) -> None:
    assert found(PARTS.format("2.x", "3.x"), said) is None


@for_each(
    "said",
    [
        "AssertionError",
        "IndexError: list index out of range",
        "KeyError: 'lid'",
        "AttributeError: 'list' object has no attribute 'add'",
        'TypeError: can only concatenate str (not "int") to str',
        "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        "TypeError: cannot unpack non-iterable int object",
        "TypeError: 'int' object is not callable",
        "TypeError: '<' not supported between instances of 'int' and 'str'",
        "TypeError: Object of type object is not JSON serializable",
        "ValueError: invalid literal for int() with base 10: 'a'",
        "TypeError: close() missing 1 required positional argument: 'lid'",
    ],
)
@for_each(("older", "newer"), [("Before", "After"), ("Old", "New"), ("2.x", "3.x")])
def test_what_was_right_once_has_no_mistakes_of_its_own(said: str, older: str, newer: str) -> None:
    code = f"{PARTS.format(older, newer)}\ndef close(lid): ...\n"
    assert found(code, said) is None
    assert found(PARTS.format("Wrong", "Right"), said) is not None
    library = "AttributeError: 'Box' object has no attribute 'lid'"
    python_2 = "AttributeError: 'dict' object has no attribute 'has_key'"
    called = "TypeError: Box.open() missing 1 required positional argument: 'lid'"
    for other in (library, python_2, called):
        assert found(code, other) is not None


def test_only_a_failure_that_stays_in_the_part_counts() -> None:
    code = PARTS.format("2.x", "3.x")
    failed = result(Outcome.RUNTIME_ERROR, language="python", line=4)
    failed = replace(failed, details=failure_details(GONE))
    assert labelled_part(code, failed) is not None
    trace = "Traceback (most recent call last):\n" + "".join(
        f'  File "/work/main.py", line {line}, in <module>\n    x\n' for line in (7, 4)
    )
    assert labelled_part(code, replace(failed, error=f"{trace}{GONE}\n")) is None
    assert labelled_part(code, replace(failed, outcome=Outcome.COMPILE_ERROR)) is None
    assert labelled_part(code, replace(failed, error_line=None)) is None
    lacking = replace(failed, missing=Missing(MissingKind.NAME, "Box"))
    assert labelled_part(code, lacking) is None
    assert found(code, language="javascript") is None
    assert found(code.replace("\n#", "\n    #"), line=4) is None


@pytest.mark.parametrize("piece", ["# 2.x\n", "# in in ", "# a ", "1.", "# before\n", "#", " "])
def test_long_blocks_are_read_in_linear_time(piece: str) -> None:
    assert_linear(lambda text: found(text, line=2), piece)
