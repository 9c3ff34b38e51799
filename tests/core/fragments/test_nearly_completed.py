"""What a completion must not take for the page's to give: misspelt members, and misspelt mains."""

from __future__ import annotations

import pytest

from block_results import block, compile_error, result
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome


def outcome(code: str, language: str, said: CodeValidationResult | None = None) -> Outcome:
    """Return the outcome of a fragment whose completion has a result; None: it passes."""
    words = "statements without a class" if language == "java" else "no package clause"
    details = f"Code not runnable: {words}"
    alone = result(Outcome.NOT_RUNNABLE, details=details, language=language)
    done = completion(block(code, language), alone)
    assert done is not None
    said = said or result(Outcome.PASSED, language=language)
    found = judged(block(code, language), alone, done, said)
    assert isinstance(found, CodeValidationResult)
    return found.outcome


@pytest.mark.parametrize(
    ("symbol", "location"),
    [
        ("method ad(String)", "variable names of type List<String>"),
        ("method squareroot(int)", "class Math"),
        ("method ofAll(String)", "interface List"),
        ("method toUpper()", "class String"),
        ("variable PIE", "class java.lang.Math"),
        ("method prise()", "variable cart of type Cart"),
    ],
)
def test_a_member_that_a_known_type_has_not_is_a_mistake(symbol: str, location: str) -> None:
    said = f"Main.java:1: error: cannot find symbol\n  symbol:   {symbol}\n  location: "
    of_type = compile_error(f"{said}{location}\n1 error", "java")
    assert outcome("helper.go();", "java", of_type) is Outcome.COMPILE_ERROR
    of_block = compile_error(f"{said}class Main\n1 error", "java")
    assert outcome("helper.go();", "java", of_block) is Outcome.NOT_RUNNABLE


@pytest.mark.parametrize(
    ("code", "language"),
    [("public static void {}(String[] all) {{}}", "java"), ("func {}() {{}}", "go")],
)
def test_a_function_that_is_nearly_main_is_a_mistake(code: str, language: str) -> None:
    for name in ("mian", "Main", "man"):
        assert outcome(code.format(name), language) is Outcome.COMPILE_ERROR
    for name in ("mill", "grind"):
        assert outcome(code.format(name), language) is Outcome.NOT_RUNNABLE
