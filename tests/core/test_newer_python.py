"""Blocks for a later Python than the one that ran; a name that none has stays a mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import result
from daytona_validate._core.details import failure_details
from daytona_validate._core.newer_python import for_newer_python
from daytona_validate._models import Fault, Outcome
from for_each import for_each
from growth import assert_linear


def judged(
    said: str,
    code: str = "x",
    *,
    line: int | None = 1,
    runtime: str | None = "python 3.11.7",
    language: str = "python",
) -> str:
    failed = result(Outcome.RUNTIME_ERROR, language=language, line=line)
    failed = replace(failed, details=failure_details(said), runtime=runtime)
    found = for_newer_python(code, failed)
    is_excused = found.outcome is Outcome.MISSING_DEPENDENCY
    assert is_excused == (found.fault is Fault.ENVIRONMENT)
    return found.details.rpartition("; ")[2] if is_excused else ""


COPY = "AttributeError: module 'copy' has no attribute 'replace'"
OVERRIDE = "ImportError: cannot import name 'override' from 'typing' (/usr/lib/typing.py)"
SYNTAX = "SyntaxError: invalid syntax"


def test_a_name_of_a_later_version_is_told_with_both_versions() -> None:
    assert judged(COPY) == "it is for Python 3.13, and python 3.11.7 ran"
    assert judged(OVERRIDE) == "it is for Python 3.12, and python 3.11.7 ran"


@pytest.mark.parametrize(
    "said",
    [
        COPY.replace("replace", "replce"),
        COPY.replace("'copy'", "'copyreg'"),
        COPY.replace("module 'copy'", "'copy' object"),
        OVERRIDE.replace("override", "overide"),
        f"KeyError: {COPY}",
        "NameError: name 'override' is not defined",
    ],
)
def test_a_name_of_no_version_is_a_mistake(said: str) -> None:
    assert judged(said) == ""


@pytest.mark.parametrize("runtime", ["python 3.13.0", "python 3.14.1", "pypy 3.11", None])
def test_what_that_version_has_is_a_mistake(runtime: str | None) -> None:
    assert judged(COPY, runtime=runtime) == ""
    assert judged(COPY, language="javascript") == ""


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("class Box[T]:\n    a: T\n", 1),
        ("class Box[T]:\n    a = '\\d'\n", 1),
        ("x = 1\nasync def pack[T, U: int](a: T) -> U: ...\n", 2),
        ("class A:\n    def pack[T](self): ...\n", 2),
        ("type Box = list[int]\n", 1),
        ("type Box[T] = list[T]\nx = 1\n", 1),
    ],
)
def test_type_parameters_are_of_python_3_12(code: str, line: int) -> None:
    assert judged(SYNTAX, code, line=line) == "it is for Python 3.12, and python 3.11.7 ran"


@for_each(
    ("code", "line"),
    [
        ("class Box[T]\n    a: T\n", 1),
        ("class Box[T:\n    a: T\n", 1),
        ("class Box[T]:\n    a: T\nx = (1\n", 3),
        ("class Box[T]:\n    a: T\nx = (1\n", 1),
        ("class ABox[int]):\n    a = 1\n", 1),
        ("type Box == list[int]\n", 1),
        ("typ Box = list[int]\n", 1),
        ("type Box = list[int\n", 1),
        ("class Box:\n    a = = 1\n", 2),
        ("class Box[]:\n    a = 1\n", 1),
        ("class Box[T]:\n    a: T\n", None),
        ("class Box[T]:\n    a: T\n", 9),
    ],
)
def test_what_is_no_syntax_of_any_version_is_a_mistake(code: str, line: int | None) -> None:
    assert judged(SYNTAX, code, line=line) == ""


def test_another_error_in_a_line_of_that_syntax_is_a_mistake() -> None:
    assert judged("TypeError: no", "class Box[T]:\n    a: T\n") == ""
    assert judged(SYNTAX, "class Box[T]:\n    a: T\n" + "#" * 200_000) == ""


@pytest.mark.parametrize("piece", ["type ", "class a[", "def a[b]", "[", "\n", "type a [b] ="])
def test_hostile_code_takes_linear_time(piece: str) -> None:
    failed = replace(
        result(Outcome.COMPILE_ERROR, language="python", line=1),
        details=failure_details(SYNTAX),
        runtime="python 3.11.7",
    )
    assert_linear(lambda code: for_newer_python(code, failed), piece)


F_STRING = "SyntaxError: f-string: unmatched '('"


@pytest.mark.parametrize("code", ['f"a {b["c"]} {d}"', "f'{b('c')}'", 'x = f"{b(f"d")}!"'])
def test_the_same_quotes_within_an_f_string_are_of_python_3_12(code: str) -> None:
    assert judged(F_STRING, f"x = 1\n{code}\n", line=2).startswith("it is for Python 3.12")
    assert judged(F_STRING, f"x = 1\n{code}\n", line=2, runtime="python 3.12.1") == ""


@pytest.mark.parametrize(
    ("code", "line"),
    [('f"{b["c"}"', 1), ('f"{b c}"', 1), ('f"{b["c"]} {d"', 1), ('f"{b["c"]}"\nf(', 1), ("", 9)],
)
def test_a_mistake_in_an_f_string_stays_one(code: str, line: int) -> None:
    assert judged(F_STRING, code, line=line) == ""


@pytest.mark.parametrize("piece", ["{", '{"a"}', 'f"{', "}"])
def test_long_f_strings_are_read_in_linear_time(piece: str) -> None:
    assert_linear(lambda text: judged(F_STRING, f'f"{text}"'), piece)
