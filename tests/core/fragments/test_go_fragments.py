"""How Go blocks of a page are completed.

What the compiler says here is what Go 1.27 said to the same programs.
"""

from __future__ import annotations

import pytest

from block_results import block, compile_error, go_fragment, reason, result
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome, Snippet
from go_tries import final, further, tried

PASSED = result(Outcome.PASSED)


def test_statements_stand_in_a_main_function_with_their_own_line_numbers() -> None:
    done = tried("\nx := 1\nfmt.Println(x)\n")
    assert done.snippet.code == (
        '//line around.go:1\npackage main\nimport "fmt"\n//line around.go:1\nfunc main() {\n{\n'
        "//line main.go:2:1\nx := 1\n//line main.go:3:1\nfmt.Println(x)\n//line around.go:1\n}\n}\n"
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
