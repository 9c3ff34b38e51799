"""How Go blocks of a page are completed, and how the compiler's answer is read back to them.

What the compiler says here is what Go 1.27 said to the same programs.
"""

from __future__ import annotations

import pytest

from block_results import block, compile_error, go_fragment, reason, result
from daytona_validate._core.fragments.completion import MAX_TRIES, Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

PASSED = result(Outcome.PASSED)
NOT_MAIN = "package command-line-arguments is not a main package"


def tried(code: str, *earlier: str, alone: CodeValidationResult | None = None) -> Completion:
    """Return the first completion of a block below others."""
    above = [block(each) for each in earlier]
    found = completion(block(code), alone or go_fragment(), earlier=above)
    assert found is not None
    return found


def then(code: str, done: Completion, error: str) -> CodeValidationResult | Completion:
    """Return what follows from what the compiler says of a completion."""
    return judged(block(code), go_fragment(), done, compile_error(error))


def further(code: str, done: Completion, error: str) -> Completion:
    """Return the further try that follows."""
    found = then(code, done, error)
    assert isinstance(found, Completion)
    return found


def final(code: str, done: Completion, error: str) -> CodeValidationResult:
    """Return the result that follows."""
    found = then(code, done, error)
    assert isinstance(found, CodeValidationResult)
    return found


def test_statements_stand_in_a_main_function_with_their_own_line_numbers() -> None:
    done = tried("\nx := 1\nfmt.Println(x)\n")
    assert done.snippet.code == (
        '//line around.go:1\npackage main\nimport "fmt"\n//line around.go:1\nfunc main() {\n{\n'
        "//line main.go:2\nx := 1\n//line main.go:3\nfmt.Println(x)\n//line around.go:1\n}\n}\n"
    )
    assert done.note == "package main, func main, import of fmt"
    found = judged(block(""), go_fragment(), done, PASSED)
    assert isinstance(found, CodeValidationResult)
    assert (found.outcome, found.completed) == (Outcome.PASSED, done.note)


@pytest.mark.parametrize(
    ("code", "inside"),
    [
        ("type T struct{}\nx := T{}", "type T struct{}\n"),
        ("var a = 1\nb := a", "var a = 1\n"),
        ("b := 1\nvar a = b\nfunc f() {}", "var a = b\n"),
    ],
)
def test_what_only_statements_need_stands_among_them(code: str, inside: str) -> None:
    main = tried(code).snippet.code.partition("func main() {")[2]
    assert inside in main


@pytest.mark.parametrize(
    ("code", "outside"),
    [
        ("type T struct{}\nfunc (T) f() {}\nT{}.f()", "type T struct{}\n"),
        ("x()\nconst a = 1\nfunc f() {}", "const a = 1\n"),
        ("var a = 1\nfunc f() { a++ }\nf()", "var a = 1\n"),
    ],
)
def test_what_functions_need_stands_beside_them(code: str, outside: str) -> None:
    before = tried(code).snippet.code.partition("func main() {")[0]
    assert outside in before


def test_declarations_that_compile_have_nothing_to_run() -> None:
    done = tried("type f int")
    assert "type f int\n//line around.go:1\nfunc main() {}" in done.snippet.code
    assert reason(judged(block(""), go_fragment(), done, PASSED)) == (
        "it compiles; it has nothing to run"
    )


def test_tests_are_run_as_they_are() -> None:
    done = tried("func TestF(t *testing.T) {}")
    assert "main()" not in done.snippet.code
    assert done.note == "package main, import of testing"
    found = judged(block(""), go_fragment(), done, PASSED)
    assert isinstance(found, CodeValidationResult)
    assert found.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "code",
    ["", "// nothing", "case 1:", "default:", "func main() {}\nf()", "f()\npackage a"],
)
def test_not_everything_is_wrapped(code: str) -> None:
    assert completion(block(code), go_fragment()) is None


@pytest.mark.parametrize(
    "snippet",
    [
        Snippet(code="f()", language="go"),
        block("f()", not_runnable="a mark says so"),
        block("packge main"),
    ],
)
def test_only_fragments_of_pages_are_completed(snippet: Snippet) -> None:
    alone = go_fragment() if snippet.code == "f()" else compile_error("main.go:1:1: expected …")
    assert completion(snippet, alone) is None


@pytest.mark.parametrize("outcome", [Outcome.PASSED, Outcome.UNAVAILABLE, Outcome.RUNTIME_ERROR])
def test_other_results_stand(outcome: Outcome) -> None:
    assert completion(block("f()"), result(outcome)) is None


def test_other_languages_have_no_completion() -> None:
    assert completion(block("f(", "sql"), compile_error("", "sql")) is None


def test_imports_are_added_and_dropped_as_the_compiler_says() -> None:
    code = "url := 1\nfmt.Println(url)\nr := rand.Intn(3)\nos.Exit(r)\ntime.Sleep(1)"
    done = tried(code)
    assert done.note.endswith("import of fmt, math/rand, os, time")
    again = further(
        code, done, 'around.go:2:1: "os" imported and not used\nmain.go:5:1: undefined: strings'
    )
    assert again.note.endswith("import of fmt, math/rand, strings, time")
    assert again.tries == 2


def test_a_name_that_is_no_package_is_not_imported_again() -> None:
    code = "url.Parse(url)"
    done = tried("a := url.Parse(b)")
    assert done.note.endswith("import of net/url")
    again = further(code, done, "main.go:1:1: use of package url not in selector")
    assert again.note == "package main, func main"
    found = final(code, again, "main.go:1:1: undefined: url")
    assert reason(found) == "it needs url, which no earlier block of the page has"


def test_a_block_that_shows_imports_gets_no_others() -> None:
    code = 'import (\n\t"os"\n\tf "fmt"\n)\nstrings.ToUpper("a")'
    done = tried(code)
    assert done.note == "package main, func main"
    found = final(code, done, "main.go:5:1: undefined: strings")
    assert found.details == "Code execution failed: undefined: strings (line 5)"
    again = further(code, done, 'main.go:2:2: "os" imported and not used')
    assert '_ "os"' in again.snippet.code
    named = final(code, done, 'main.go:3:2: "fmt" imported as f and not used')
    assert named.outcome is Outcome.COMPILE_ERROR
    absent = final(code, done, 'main.go:2:2: "io" imported and not used')
    assert absent.outcome is Outcome.COMPILE_ERROR


def test_what_statements_leave_unused_is_used() -> None:
    code = "x := 1\nfor i, v := range []int{1} {\n\t// later\n}\nx + 1\nvar y int"
    said = (
        "main.go:1:1: declared and not used: x\nmain.go:2:5: declared and not used: i\n"
        "main.go:2:8: declared and not used: v\n"
        "main.go:5:1: x + 1 (value of type int) is not used\n"
        "main.go:6:5: y declared and not used"
    )
    again = further(code, tried(code), said)
    assert "{ _ = i; _ = v;\n" in again.snippet.code
    assert "\n_ = x + 1\n" in again.snippet.code
    assert "_ = x\n_ = y\n}" in again.snippet.code
    assert again.note.endswith("_ = x, y, _ for what is not used")


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
