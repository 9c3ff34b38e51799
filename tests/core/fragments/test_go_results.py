"""How what becomes of a completed Go block is read back to the block.

What the compiler says here is what Go 1.27 said to the same programs.
"""

from __future__ import annotations

import pytest

from block_results import block, compile_error, go_fragment, reason, result
from daytona_validate._core.fragments.completion import MAX_TRIES, Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome
from go_tries import final, further, then, tried

PASSED = result(Outcome.PASSED)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("func f() {\n\tx := 1\n}", "main.go:2:2: declared and not used: x"),
        ("if a {\n\tx := 1\n}", "main.go:2:2: declared and not used: x"),
        ("for _, x := range a {\n\tf()\n}", "main.go:1:2: declared and not used: x"),
        ("x := func() int {", "main.go:1:2: declared and not used: y"),
        ("f()\n\ng()", "main.go:2:1: declared and not used: y"),
        ("f(a,\n b + 1)", "main.go:2:1: b + 1 (value of type int) is not used"),
        ("f()", 'main.go:1:2: cannot use "a" (untyped string constant) as int value'),
        ("f()", "main.go:1:2: undefined: fmt.Printn"),
        ("a, b := 1", "main.go:1:2: undefined: fmt.Printn\nmain.go:1:2: declared and not used: c"),
    ],
)
def test_a_mistake_of_the_author_is_a_compile_error_in_its_line(code: str, said: str) -> None:
    found = final(code, tried(code), said)
    message = said.partition("\n")[0].split(": ", 1)[1]
    line = int(said.split(":")[1])
    assert (found.outcome, found.error_line) == (Outcome.COMPILE_ERROR, line)
    assert found.details == f"Code execution failed: {message} (line {line})"
    assert found.fault.value == "snippet"


def test_statements_may_return_something() -> None:
    code = "if err != nil {\n\treturn nil, err\n}"
    said = "main.go:2:9: too many return values\n\thave (nil, error)\n\twant ()"
    again = further(code, tried(code), said)
    assert "func fragment() (_ any, _ any) {\n" in again.snippet.code
    assert "}\nreturn\n}\nfunc main() { fragment() }\n" in again.snippet.code
    assert final(code, again, said).outcome is Outcome.COMPILE_ERROR


@pytest.mark.parametrize(
    "said",
    [
        "main.go:1:9: too many return values\n\thave (nil, error)\n\twant ()",
        "main.go:1:9: too many return values",
        "main.go:9:9: too many return values\n\thave (nil)\n\twant ()",
    ],
)
def test_functions_of_the_author_return_what_they_say(said: str) -> None:
    code = "func f() { return nil, err }\nf()"
    assert final(code, tried(code), said).outcome is Outcome.COMPILE_ERROR


def test_an_unknown_name_is_a_gap_unless_it_looks_misspelt() -> None:
    code = "total := count(items)\nfmt.Println(totl)"
    done = tried(code)
    gap = final("", done, "main.go:1:1: undefined: count\nmain.go:1:1: undefined: items")
    assert reason(gap) == "it needs count, which no earlier block of the page has"
    slip = final("", done, "main.go:1:1: undefined: items\nmain.go:2:1: undefined: totl")
    assert slip.details == "Code execution failed: undefined: items (line 1)"


@pytest.mark.parametrize("name", ["nill", "pritnln", "fmtt", "Sqare"])
def test_a_misspelling_of_what_go_or_the_page_declares_is_a_mistake(name: str) -> None:
    code = f"{name}(1)"
    done = tried(code, "func Square(a int) {}")
    found = final(code, done, f"main.go:1:1: undefined: {name}")
    assert found.outcome is Outcome.COMPILE_ERROR


def test_a_bracket_without_a_partner_is_a_mistake() -> None:
    code = "f(a)\nif b {\n\tc()"
    found = final(code, tried(code), "around.go:3:1: syntax error: unexpected EOF, expecting }")
    assert found.details == "Code execution failed: '{' has no partner (line 2)"


def test_a_bracket_that_is_missing_beside_a_main_function_is_a_mistake() -> None:
    code = "type P struct \n\tX int\n}\nfunc main() {}"
    found = final(code, tried(code), "main.go:2:1: syntax error: non-declaration statement")
    assert (found.outcome, found.error_line) == (Outcome.COMPILE_ERROR, 2)


def test_an_error_in_none_of_its_lines_is_not_the_blocks() -> None:
    code = "f()"
    alone = go_fragment()
    found = judged(block(code), alone, tried(code), compile_error("around.go:1:1: what?"))
    assert found is alone
    assert judged(block(code), alone, tried(code), compile_error("go: what?")) is alone


def test_tries_come_to_an_end() -> None:
    done: CodeValidationResult | Completion = tried("x := 1")
    names = iter(["strings", "os", "io", "time", "fmt", "net"])
    count = 0
    while isinstance(done, Completion):
        count += 1
        done = then("x := 1", done, f"main.go:1:1: undefined: {next(names)}")
    assert count == MAX_TRIES


@pytest.mark.parametrize("outcome", [Outcome.UNAVAILABLE, Outcome.CANCELLED])
def test_no_verdict_stays_no_verdict(outcome: Outcome) -> None:
    found = result(outcome)
    assert judged(block("f()"), go_fragment(), tried("f()"), found) is found


def test_what_is_left_out_is_found_when_it_is_wrapped() -> None:
    code = "x := 1\n...\ny := x"
    found = final(code, tried(code), "main.go:2:1: syntax error: unexpected ..., expected }")
    assert reason(found) == "the '...' in line 2 stands for code that is left out"


def test_what_runs_and_fails_has_failed() -> None:
    failed = result(Outcome.RUNTIME_ERROR, "panic: a", details="Code execution failed: panic: a")
    found = judged(block("f()"), go_fragment(), tried("f()"), failed)
    assert isinstance(found, CodeValidationResult)
    assert (found.outcome, found.completed) == (Outcome.RUNTIME_ERROR, "package main, func main")


def test_what_is_meant_to_fail_is_run_once_more_as_completed() -> None:
    code = "x := 1\npanic(x)"
    snippet = block(code, should_fail="panic")
    done = completion(snippet, go_fragment())
    assert done is not None
    assert done.snippet.should_fail is None
    failed = result(Outcome.RUNTIME_ERROR, "panic: 1")
    again = judged(snippet, go_fragment(), done, failed)
    assert isinstance(again, Completion)
    assert again.snippet.should_fail == "panic"
    found = judged(snippet, go_fragment(), again, PASSED)
    assert isinstance(found, CodeValidationResult)
    assert (found.outcome, found.completed) == (Outcome.PASSED, done.note)
    gap = judged(snippet, go_fragment(), done, compile_error("main.go:1:1: undefined: zz"))
    assert reason(gap).startswith("it needs zz")
    other = judged(snippet, go_fragment(), done, compile_error("around.go:1:1: what?"))
    assert reason(other) == "no package clause"
