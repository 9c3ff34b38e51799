"""Names that a fragment of Go lacks, and names that it makes again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, compile_error, go_fragment
from daytona_validate._core.details import cause, failure_details
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome
from growth import assert_linear

IMPORTS = 'import (\n\t"example.org/rye/fm"\n\tol "example.org/oil/v2"\n\t"example.org/bre.v3"\n)'
AGAIN = "no new variables on left side of :="


def final(code: str, *errors: str, above: str = IMPORTS) -> CodeValidationResult:
    """Return a fragment's result if each try at it has the same errors."""
    snippet, told = block(code), "\n".join(f"main.go:{each}" for each in errors)
    found: object = completion(snippet, go_fragment(), earlier=[block(above)])
    while isinstance(found, Completion):
        failed = replace(compile_error(told), details=failure_details(errors[0]))
        found = judged(snippet, go_fragment(), found, failed)
    assert isinstance(found, CodeValidationResult)
    return found


@pytest.mark.parametrize("name", ["fm", "ol", "bre", "oil"])
def test_a_package_that_the_page_imports_above_is_its_own(name: str) -> None:
    """`fm` is nearly `fmt`, but the page has it."""
    found = final(f"{name}.Bake(2)\n", f"1:1: undefined: {name}")
    assert found.outcome is Outcome.NOT_RUNNABLE
    assert cause(found.details) == f"it needs {name}, which no earlier block of the page has"


def test_a_package_that_no_block_imports_may_be_misspelt() -> None:
    assert final("fm.Bake(2)\n", "1:1: undefined: fm", above="").outcome is Outcome.COMPILE_ERROR
    assert final("olp.Bake(2)\n", "1:1: undefined: olp").outcome is Outcome.NOT_RUNNABLE


def test_what_is_only_handed_over_is_no_package() -> None:
    """`head` is nearly `heap`, which nobody hands to a function."""
    code = 'oven.On("a", head)\n'
    found = final(code, "1:1: undefined: oven", "1:14: undefined: head")
    assert found.outcome is Outcome.NOT_RUNNABLE
    code = "head.Push(2)\n"
    assert final(code, "1:1: undefined: head").outcome is Outcome.COMPILE_ERROR


def test_a_package_of_the_page_stands_before_a_standard_one_of_its_name() -> None:
    """The page's `log` is another than Go's."""
    code = "log.Print(1)\n"
    for above, is_given in (
        ('import "example.org/rye/log"', False),
        ('import (\n\t"log"\n\tlog "example.org/rye/log"\n)', True),
        ('import "example.org/rye/oven"', True),
    ):
        done = completion(block(code), go_fragment(), earlier=[block(above)])
        assert done is not None
        assert ('import "log"' in done.snippet.code) is is_given
    found = final(code, "1:1: undefined: log", above='import "example.org/rye/log"')
    assert cause(found.details) == "it needs log, which no earlier block of the page has"


@pytest.mark.parametrize(
    ("code", "lines", "name"),
    [
        ("a := fm.F(1)\n// 1\n\na := fm.F(2)\n// 2\n", (4,), "a"),
        ("a, b := fm.F(1)\n\na, b := fm.F(2)\n\na, b := fm.F(3)\n", (3, 5), "a, b"),
        ("a := fm.F(1)\na := fm.F(2)\n", (2,), None),
        ("a := fm.F(1)\n\na := fm.G(2)\n", (3,), None),
        ("a := fm.F(1)\nprint(a)\n\na := fm.F(2)\n", (4,), None),
        ("a := fm.F(1)\n\nb := fm.F(2)\n", (3,), None),
        ("a := 1\n\na := 2\n", (3,), None),
    ],
)
def test_one_name_made_again_and_again(code: str, lines: tuple[int, ...], name: str | None) -> None:
    errors = [f"{line}:3: {AGAIN}" for line in lines]
    found = final(code, *errors)
    if name is None:
        assert found.outcome is Outcome.COMPILE_ERROR
    else:
        assert found.outcome is Outcome.NOT_RUNNABLE
        assert cause(found.details) == f"it makes {name} in two ways"
    worse = final(code, *errors, "1:1: cannot use 1 as string value")
    assert worse.outcome is Outcome.COMPILE_ERROR


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["a := f(1)\n\n", "a, ", "a\n", "\n"])
def test_it_is_linear(piece: str) -> None:
    assert_linear(lambda code: final(code, f"1:1: {AGAIN}"), piece, start="a := f(1)\n")
