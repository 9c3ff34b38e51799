"""Parts of Go that are no programs; the same with a slip of the pen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, compile_error
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from for_each import for_each
from growth import assert_linear

FIELDS, NAMES = "fields of a literal", "names, without code"
SIGNATURE = "a signature, without a body"
ARGUMENTS = "syntax error: unexpected name string in argument list; possibly missing comma or )"


def found(code: str, said: str) -> str | None:
    failed = replace(compile_error(said, "go", 1), details=failure_details(f"{said} (line 1)"))
    return no_program(block(code, "go"), failed)


@for_each(
    ("code", "reason"),
    [
        ("Bake: func(n int) {\n\tfor i := range n {\n\t\tprint(i)\n\t}\n},", FIELDS),
        ('Loaves: []Loaf{\n\t{1},\n\t{2},\n},\nName: "rye"', FIELDS),
        ("Loaves: []Loaf{\n\t{1},\n\t{2}\n}", None),
        ("Loaves: []Loaf{{1}, {2},", None),
        ("Loaves: 1\nName: 2,", None),
        ("Loaves: 1,\nbake()", None),
        ("// one\nRye\n\n// two\nloaf.Wheat", NAMES),
        ("// one\nRye\n\n// two\nWheat\nSpelt.Loaf", NAMES),
        ("rye.Flour // fine\nrye.Bran", NAMES),
        ("rye\nbran", None),
        ("Rye", None),
        ("Rye wheat", None),
    ],
)
def test_fields_and_names(code: str, reason: str | None) -> None:
    assert found(code, "expected 'package', found Loaves") == reason
    assert found(code, "expected ';', found Loaves") is None


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("oven.Bake(name string, n ...int)\noven.On(f func(*Loaf, []string) error) bool", True),
        ("oven.Set(loaf *Loaf)\noven.Say(s string)", True),
        ("oven.Bake(name n)", False),
        ("oven.Bake(name string(n))", False),
        ("oven.Bake(name []int{1})", False),
        ("fmt.Println(name string)\nx := 1", False),
        ("oven.Bake()", False),
        ("oven.Bake(name strng)", False),
    ],
)
def test_calls_with_types(code: str, *, is_one: bool) -> None:
    assert found(code, ARGUMENTS) == (SIGNATURE if is_one else None)
    assert found(code, "undefined: oven") is None


def test_a_path_that_is_left_out() -> None:
    code = 'package main\n\nimport "{yourApp}/oven"\n\nfunc main() {}\n'
    reason = "a name in brackets stands for a path that is left out"
    assert found(code, "/work/main.go:3: invalid import path: {yourApp}/oven") == reason
    assert found(code, "/work/main.go:3: invalid import path: oven!") is None


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["A: ", "{", "\n", "A,\n", "a(", "a int, ", " ", "func("])
def test_it_is_linear(piece: str) -> None:
    for said in ("expected 'package', found A", ARGUMENTS):
        for start in ("A: ", "A("):
            assert_linear(lambda code: found(code, said), piece, start=start)  # noqa: B023
