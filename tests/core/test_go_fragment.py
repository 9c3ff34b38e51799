"""Go without a `package` clause: fragments, and mistakes that are none."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.go import go_fragment
from for_each import for_each
from growth import assert_linear


def _reason(code: str, found: str) -> str | None:
    return go_fragment(code, Diagnosis(message=f"expected 'package', found {found}", line=1))


@for_each(
    ("code", "found"),
    [
        ("func main() {}\n", "'func'"),
        ("// a\n/* b\n * c **/\n\nimport (\n", "'import'"),
        ('const a = "b"\n', "'const'"),
        ("x := 1\n", "x"),
        ("a, b = b, a\n", "a"),
        ("fmt.Println(1)\n", "fmt"),
        ("ch <- 1\n", "ch"),
        ("<-done\n", "'<-'"),
        ("n++\n", "n"),
        ("*p = 3\n", "'*'"),
        ("[]int{1}\n", "'['"),
        ("Person{Name: 1}\n", "Person"),
        ("go func() {}()\n", "'go'"),
        ("go work(1)\n", "'go'"),
        ("if x {\n}\n", "'if'"),
        ("// nothing yet", "'EOF'"),
    ],
)
def test_fragments(code: str, found: str) -> None:
    assert _reason(code, found) == "no package clause"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("packge main\n\nfunc main() {}\n", "packge"),
        ("Package main\n", "Package"),
        ("pakage main\n", "pakage"),
        ("go run main.go\n", "'go'"),
        ("$ go run main.go\n", "'ILLEGAL'"),
        ("Hello there, this is text\n", "Hello"),
        ("<html>\n", "'<'"),
        ('"text"\n', '"text"'),
        ("#include <stdio.h>\n", "'ILLEGAL'"),
    ],
)
def test_mistakes(code: str, found: str) -> None:
    assert _reason(code, found) is None


def test_only_what_go_rejected_for_its_package_clause() -> None:
    assert go_fragment("x := 1\n", Diagnosis(message="undefined: x", line=1)) is None


@pytest.mark.parametrize("piece", ["/", "/*", "*", "/* *", "// \n", " ", "a", "a.", "[", "a, "])
def test_long_code_is_read_in_linear_time(piece: str) -> None:
    assert_linear(lambda code: _reason(code, "x"), piece)
