"""Blocks that are no programs, and mistakes that look like such."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, compile_error, result
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome, Snippet

NOT_MAIN = "package command-line-arguments is not a main package"
NO_MAIN = (
    "# command-line-arguments\nruntime.main_main·f: function main is undeclared in the main package"
)


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        ("package a\n", NOT_MAIN, "it compiles; it is a library package"),
        ("package main\nfunc f() {}\n", NO_MAIN, "it compiles; it has no func main"),
        ("package main\nfunc mian() {}\n", NO_MAIN, None),
        ("package main\nfunc Main() {}\n", NO_MAIN, None),
        ("package a\n", "main.go:1:1: what?", None),
    ],
)
def test_go_without_a_main_function(code: str, said: str, reason: str | None) -> None:
    assert no_program(block(code), compile_error(said)) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("interface A {}", "it compiles; it has no main"),
        ("class A { void run() {} }", "it compiles; it has no main"),
        ("class A { public static void mian(String[] args) {} }", None),
        ("class A { public void main(String args) {} }", None),
    ],
)
def test_java_without_a_main_method(code: str, reason: str | None) -> None:
    details = "Code execution failed: Main method not found in class A"
    found = result(Outcome.RUNTIME_ERROR, details=details, language="java")
    assert no_program(block(code, "java"), found) == reason


def test_only_blocks_that_failed_are_asked_about() -> None:
    code = "package a\n"
    assert no_program(Snippet(code=code, language="go"), compile_error(NOT_MAIN)) is None
    assert no_program(block(code), result(Outcome.PASSED, NOT_MAIN)) is None
    assert no_program(block(code, "sql"), compile_error(NOT_MAIN, "sql")) is None
    java = result(Outcome.RUNTIME_ERROR, details="Code execution failed: a", language="java")
    assert no_program(block("class A {}", "java"), java) is None


@pytest.mark.parametrize(
    ("code", "is_signature"),
    [
        ("def ride(fare[, seat]):", True),
        ("ride(fare[, seat])\n    Take a ride.", True),
        ("def ride(fare[, seat]):\n    return fare", False),
    ],
)
def test_a_function_with_a_body_is_no_signature(code: str, *, is_signature: bool) -> None:
    failed = replace(compile_error("SyntaxError: invalid syntax", "python"), error_line=1)
    assert (no_program(block(code, "python"), failed) is not None) is is_signature
