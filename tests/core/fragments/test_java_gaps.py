"""What a Java block leaves out of its own: its class, its imports, a value."""

from __future__ import annotations

import pytest

from block_results import compile_error, reason
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._models import CodeValidationResult, Outcome
from java_tries import FRAGMENT, final, missing, then, tried


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("private Loaf(String rye) {\n  this.rye = rye;\n}", True),
        ("public bake(String rye) {\n}", False),
        ("class Loaf {\n}", False),
    ],
)
def test_a_constructor_without_its_class(code: str, *, is_one: bool) -> None:
    is_whole = code.startswith("class")
    done = tried(code, "", alone=compile_error(missing("List"), "java") if is_whole else FRAGMENT)
    said = "invalid method declaration; return type required"
    found = final(code, done, f"Main.java:1: error: {said}")
    assert (found.outcome is Outcome.NOT_RUNNABLE) is is_one


@pytest.mark.parametrize(
    ("types", "is_one"),
    [
        (("Rye", "Wheat", "Spelt"), True),
        (("Rye", "Wheat"), False),
        (("Rye", "Wheat", "Strng"), False),
        (("Rye", "Wheat", "List"), False),
    ],
)
def test_a_program_without_any_import(types: tuple[str, ...], *, is_one: bool) -> None:
    code = "@Rye class A { public static void main(String[] a) { Bread b; } }"
    said = "\n".join(missing(each) for each in (*types, "Bread")[:4])
    done = tried(code, "class Bread {}", alone=compile_error(said, "java"))
    found = final(code, done, "\n".join(missing(each) for each in types))
    assert (found.outcome is Outcome.NOT_RUNNABLE) is is_one
    worse = "\n".join([*(missing(each) for each in types), "Main.java:1: error: ';' expected"])
    imported = f"import java.util.List; {code}"
    done = tried(imported, "class Bread {}", alone=compile_error(said, "java"))
    assert final(imported, done, worse).outcome is Outcome.COMPILE_ERROR


def test_what_leaves_something_out_is_taken_from_no_block() -> None:
    code, above = "loaf.bake();", "Oven oven = open(); Loaf loaf = ...;"
    done = tried(code)
    assert isinstance(then(code, done, missing("loaf", kind="variable")), CodeValidationResult)
    again = then(code, tried(code, "Loaf loaf = f(1);"), missing("loaf", kind="variable"))
    assert isinstance(again, Completion)
    assert "Loaf loaf" in again.snippet.code
    done = tried(code, above)
    found = final(code, done, missing("loaf", kind="variable"))
    assert reason(found) == "it needs loaf, which no earlier block of the page has"


def test_an_annotation_that_a_package_put_around_has_as_a_class() -> None:
    code = '@Parameter(names = "-n")\nint loaves;'
    said = "incompatible types: {} cannot be converted to Annotation"
    error = f"Main.java:1: error: {said.format('Parameter')}"
    found = final(code, tried(code), error)
    assert reason(found) == "it needs Parameter, which no earlier block of the page has"
    with_gap = f"{error}\n{missing('Oven')}"
    assert final(code, tried(code), with_gap).outcome is Outcome.NOT_RUNNABLE
    for worse in ("Main.java:2: error: ';' expected", missing("Strng")):
        assert final(code, tried(code), f"{error}\n{worse}").outcome is Outcome.COMPILE_ERROR
    imported = f"import java.util.List;\n{code}"
    assert final(imported, tried(imported), error).outcome is Outcome.COMPILE_ERROR


@pytest.mark.parametrize(
    ("code", "said", "is_one"),
    [
        ("public static class Oven {\n}", "modifier static not allowed here", True),
        ("private class Oven {\n}", "modifier private not allowed here", True),
        ("class Oven {\n}", "modifier final not allowed here", False),
        ("class Oven {\n  static int f; }", "';' expected", False),
    ],
)
def test_a_nested_class_without_its_class(code: str, said: str, *, is_one: bool) -> None:
    error = f"Main.java:1: error: {said}"
    done = tried(code, "", alone=compile_error(f"{error}\n{missing('List')}", "java"))
    found = final(code, done, error)
    assert (found.outcome is Outcome.NOT_RUNNABLE) is is_one
    worse = final(code, done, f"{error}\nMain.java:2: error: ';' expected")
    assert worse.outcome is Outcome.COMPILE_ERROR
