"""What a Go block takes from the blocks above it on its page."""

from __future__ import annotations

import pytest

from block_results import block, compile_error, go_fragment, reason, result
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

TEST = 'package p\n\nimport "testing"\n\nfunc TestF(t *testing.T) {\n\tF(1)\n}\n'
UNDEFINED = "./main_test.go:6:2: undefined: F"


def taken(code: str, earlier: list[Snippet], error: str) -> Completion | None:
    """Return the completion of a whole program that does not compile alone."""
    return completion(block(code), compile_error(error), earlier=earlier)


def test_a_program_takes_what_it_lacks_with_the_imports_of_that() -> None:
    earlier = [
        block(
            'package p\nimport (\n\t"fmt"\n\t"os"\n)\nfunc F(a T) { fmt.Println(a.n) }\nfunc G() {}'
        ),
        block("T = 1", "python"),
        block("type T struct { n int }\nfunc (t T) String() string { return strconv.Itoa(t.n) }"),
        block("type T int", not_runnable="a mark says so"),
    ]
    done = taken(TEST, earlier, UNDEFINED)
    assert done is not None
    assert done.snippet.code == TEST
    assert done.snippet.files == {
        "earlier1.go": 'package p\nimport  "fmt"\nfunc F(a T) { fmt.Println(a.n) }\n',
        "earlier2.go": (
            'package p\nimport "strconv"\ntype T struct { n int }\n'
            "func (t T) String() string { return strconv.Itoa(t.n) }\n"
        ),
    }
    assert done.note == "F, T of earlier blocks"


def test_the_last_declaration_of_a_name_counts_and_the_blocks_own_before_all() -> None:
    earlier = [block("func F(a int) { H() }"), block("func F(b int) { H() }"), block("func H() {}")]
    done = completion(block("func H() {}\nF(1)"), go_fragment(), earlier=earlier)
    assert done is not None
    again = judged(block(""), go_fragment(), done, compile_error("main.go:2:1: undefined: F"))
    assert isinstance(again, Completion)
    assert again.snippet.files == {"earlier2.go": "package main\nfunc F(b int) { H() }\n"}


def test_variables_of_earlier_statements_are_made_before() -> None:
    earlier = [block("a := strings.Fields(b)\nf(a)"), block('var b = "c"')]
    done = completion(block("fmt.Println(a)"), go_fragment(), earlier=earlier)
    assert done is not None
    again = judged(block(""), go_fragment(), done, compile_error("main.go:1:1: undefined: a"))
    assert isinstance(again, Completion)
    assert again.note == "package main, func main, import of fmt, a, b of earlier blocks"
    assert 'import "fmt"\nimport "strings"\n' in again.snippet.code
    assert "func main() {\na := strings.Fields(b)\n_ = a\n{\n" in again.snippet.code
    failed = result(Outcome.RUNTIME_ERROR, "panic: x")
    found = judged(block(""), go_fragment(), again, failed)
    assert reason(found) == "it compiles; it goes on from statements of earlier blocks"


def test_methods_of_the_blocks_own_type_are_taken_when_they_lack() -> None:
    code = "type T struct{}\nvar s fmt.Stringer = T{}\nfmt.Println(s)"
    earlier = [block('func (T) String() string { return "" }')]
    done = completion(block(code), go_fragment(), earlier=earlier)
    assert done is not None
    said = "main.go:2:1: T does not implement fmt.Stringer (missing method String)"
    again = judged(block(code), go_fragment(), done, compile_error(said))
    assert isinstance(again, Completion)
    assert list(again.snippet.files) == ["earlier1.go"]


def test_a_library_that_lacks_something_is_no_program() -> None:
    code = 'package p\n\nimport "os"\n\nfunc G() Shape { return nil }\n'
    done = taken(code, [], "main.go:5:10: undefined: Shape")
    assert done is not None
    assert (done.snippet.code, done.note) == (code, "")
    found = judged(
        block(code), compile_error(""), done, compile_error("main.go:5:10: undefined: Shape")
    )
    assert reason(found) == "it needs Shape, which no earlier block of the page has"
    slip = judged(
        block(code), compile_error(""), done, compile_error("main.go:5:1: undefined: sos")
    )
    assert isinstance(slip, CodeValidationResult)
    assert slip.outcome is Outcome.COMPILE_ERROR


@pytest.mark.parametrize(
    "above",
    ["", "func main() { F() }", "func TestF(t *testing.T) {}", 'import "a/F"', "func init() {}"],
)
def test_what_no_block_has_stays_undefined(above: str) -> None:
    assert taken(TEST, [block(above)], UNDEFINED) is None


@pytest.mark.parametrize("said", ["", "main.go:1:1: cannot use a", "other.go:1:1: undefined: F"])
def test_only_undefined_names_of_the_block_are_taken(said: str) -> None:
    assert taken(TEST, [block("func F(a int) {}")], said) is None


def _judged(
    error: str = "", outcome: Outcome = Outcome.COMPILE_ERROR, output: str = ""
) -> CodeValidationResult:
    alone = compile_error(UNDEFINED)
    done = completion(block(TEST), alone, earlier=[block("func F(a int) {}")])
    assert done is not None
    found = judged(block(TEST), alone, done, result(outcome, error, output=output))
    assert isinstance(found, CodeValidationResult)
    return found


def test_results_of_programs_with_parts_of_others() -> None:
    assert _judged(outcome=Outcome.PASSED).completed == "F of earlier blocks"
    failed = _judged(outcome=Outcome.RUNTIME_ERROR, output="--- FAIL: TestF (0.00s)\nFAIL\n")
    assert reason(failed) == "it compiles; its tests fail with the page's earlier blocks"
    assert _judged(outcome=Outcome.RUNTIME_ERROR, output="FAIL\n").outcome is Outcome.RUNTIME_ERROR
    mistake = _judged(
        "main_test.go:6:2: not enough arguments in call to F\n\thave ()\n\twant (int)"
    )
    assert (mistake.outcome, mistake.error_line) == (Outcome.COMPILE_ERROR, 6)
    assert reason(_judged("package command-line-arguments is not a main package")) == (
        "it compiles; it is a library package"
    )
    assert reason(
        _judged("runtime.main_main·f: function main is undeclared in the main package")
    ) == ("it compiles; it has no func main")


def test_an_unknown_name_in_a_whole_program_is_a_mistake() -> None:
    found = _judged("main_test.go:6:2: undefined: Other")
    assert found.details == "Code execution failed: undefined: Other (line 6)"


def test_an_error_of_an_earlier_block_is_not_blamed_on_this_one() -> None:
    assert _judged("earlier1.go:2:1: undefined: x") == compile_error(UNDEFINED)
    fragment = block("F(1)")
    earlier = [block("func F(a x) {}")]
    done = completion(fragment, go_fragment(), earlier=earlier)
    assert done is not None
    again = judged(fragment, go_fragment(), done, compile_error("main.go:1:1: undefined: F"))
    assert isinstance(again, Completion)
    found = judged(fragment, go_fragment(), again, compile_error("earlier1.go:2:1: undefined: x"))
    assert reason(found) == "it needs F of an earlier block: undefined: x"


def test_imports_of_earlier_blocks_are_known_by_their_last_part() -> None:
    imports = 'import (\n\t"math/rand/v2"\n\t_ "embed"\n\tm "math"\n\t"os"\n)\n'
    above = f"{imports}func F(a int) {{ rand.N(m.Pi) }}"
    done = taken(TEST, [block(above)], UNDEFINED)
    assert done is not None
    text = done.snippet.files["earlier1.go"]
    assert isinstance(text, str)
    assert text.split("\n")[1:3] == ['import  "math/rand/v2"', 'import m "math"']


def test_packages_of_one_name_are_told_apart_by_what_is_used() -> None:
    notes = {
        code: tried.note.rpartition(" ")[2]
        for code in (
            "rand.Intn(1)",
            "rand.IntN(1)",
            "rand.Read(b)",
            "template.HTML(a)",
            "template.New(a)",
        )
        if (tried := completion(block(code), go_fragment())) is not None
    }
    assert list(notes.values()) == [
        "math/rand",
        "math/rand/v2",
        "crypto/rand",
        "html/template",
        "text/template",
    ]
