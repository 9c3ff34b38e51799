"""The top level of a Go text: declarations and statements, whatever stands in them."""

from __future__ import annotations

import pytest

from daytona_validate._core.fragments.go_source import go_source
from for_each import for_each
from growth import assert_linear


@for_each(
    ("code", "chunks"),
    [
        ("", []),
        ('package a\n\nimport "fmt"\n', [("package", ("a",)), ("import", ("fmt",))]),
        ('import (\n\t"os"\n\tf `fmt`\n)', [("import", ("os", "fmt"))]),
        ("func a() {\n\tb := 1\n}\n", [("func", ("a",))]),
        ("func (t *T[K]) a(b int) {}", [("func", ("T.a",))]),
        ("func (T) a() {}", [("func", ("T.a",))]),
        ("func () a() {}", [("statement", ())]),
        ("func(a int) {}(1)", [("statement", ())]),
        ("func +", [("statement", ())]),
        ("func", [("statement", ())]),
        (
            "type A struct {\n\tb int\n}\ntype (\n\tC int\n\tD = C\n)",
            [("type", ("A",)), ("type", ("C", "D"))],
        ),
        ("const (\n\ta = iota\n\tb; c\n)", [("const", ("a", "b", "c"))]),
        ("var a, b = 1, 2", [("var", ("a", "b"))]),
        ("var", [("var", ())]),
        ("a, b := f()\nc = 1", [("statement", ("a", "b")), ("statement", ())]),
        (
            "a := 1; b := 2;; c++\nd--",
            [("statement", ("a",)), ("statement", ("b",)), ("statement", ()), ("statement", ())],
        ),
        (
            "for i := 0; i < 3; i++ {\n}\nif a := 1; a > 0 {\n}",
            [("statement", ()), ("statement", ())],
        ),
        ("a :=\n\t1 +\n\t2\nb.\n\tc()", [("statement", ("a",)), ("statement", ())]),
        ("f(\n\t1,\n)\nreturn", [("statement", ()), ("statement", ())]),
        (
            'a := `\n"`\nb := "\\"`" // c {\nd := \'"\' /* (\n */ e()',
            [("statement", (n,)) if n else ("statement", ()) for n in "abd"] + [("statement", ())],
        ),
        ("ä := 1", [("statement", ("ä",))]),
    ],
)
def test_chunks(code: str, chunks: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(each.kind, each.names) for each in go_source(code).chunks] == chunks


@pytest.mark.parametrize(
    ("code", "unmatched"),
    [
        ("f(a[1]) {}", None),
        ("f(a", 1),
        ("f)", 1),
        ("f))", 1),
        ("f(a]{}", 3),
        ("'('", None),
        ('"(', None),
    ],
)
def test_brackets(code: str, unmatched: int | None) -> None:
    assert go_source(code).unmatched == unmatched


def test_words_are_names_without_what_follows_a_dot() -> None:
    chunk = go_source("a.b(c)").chunks[0]
    assert chunk.words == {"a", "c"}


def test_the_package_is_that_of_the_first_clause() -> None:
    assert go_source("// a\npackage b").package == "b"
    assert go_source("package").package is None
    assert go_source("a()").package is None
    assert go_source("").package is None


def test_chunks_are_found_by_line() -> None:
    source = go_source("a()\n\nb(\n1)\n")
    first, second = source.chunks
    found = [source.chunk_at(line) for line in range(7)]
    assert found == [None, first, None, second, second, None, None]


@pytest.mark.parametrize(
    "piece",
    [
        '"\\',
        '"',
        "`",
        "'",
        "/*",
        "(",
        "{",
        "a.",
        "a,",
        "a\n",
        "for ;",
        "func (",
        "/**",
        "import (\n",
        "var (\na,",
    ],
)
def test_hostile_text_costs_its_length(piece: str) -> None:
    assert_linear(go_source, piece)
