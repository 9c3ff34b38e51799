"""The top level of a Java text: types, members and statements, whatever stands in them."""

from __future__ import annotations

import pytest

from daytona_validate._core.fragments.java_source import java_source
from for_each import for_each
from growth import assert_linear


@for_each(
    ("code", "chunks"),
    [
        ("", ""),
        ("package a.b;\nimport c.List;\nimport d.*;", "p b, i List, i *"),
        ("public final class A<T> { int a; }\ninterface B {}\nenum C { D }", "t A, t B, t C"),
        ("record A(int b) {}\nrecord B<T>(T c) {}\nrecord d = null;", "t A, t B, s d"),
        ("@interface A {}", "t A"),
        ("@A(b = {1})\n@c.D sealed interface E permits F {}", "t E"),
        ("non-sealed class A {}", "t A"),
        ("@Override\npublic String a(int b) throws C { return d; }", "m a"),
        ("<T> List<T> a() { }\nint[] b() {}\nA() { }\nA() throws B {}", "m a, m b, m A, m A"),
        ("int a();\nabstract void b();", "m a, m b"),
        ("private int a = 1;\nstatic { }\npublic Map<A, B> c;", "m a, m , m c"),
        (
            "int a = 1;\nfinal var b = 2;\nMap<A, List<B>> c = d();\nint[] e = {1};\nint f, g;",
            "s a, s b, s c, s e, s f",
        ),
        ("a = 1;\na.b = 1;\na[0] = 1;\nf(1);\na.f();\nreturn a;\n;;", "s , s , s , s , s , s "),
        (
            "if (a) { b(); } else if (c) { } else d();\nwhile (a) { }\ndo { } while (a);",
            "s , s , s ",
        ),
        (
            "for (int i = 0; i < 3;) { }\nsynchronized (a) { }\ntry { } catch (E e) { } finally {}",
            "s , s , s ",
        ),
        ("switch (a) { case 1 -> b(); }\nint c = switch (a) { default -> 1; };", "s , s c"),
        (
            "new Thread(() -> { }) { }.start();\nRunnable a = () -> { };\na(b -> { return c; });",
            "s , s a, s ",
        ),
        (
            'String a = """\n  "b" { \\""" ;""";\nchar b = \'"\'; // {\nc("\\"{"); /* { */ d();',
            "s a, s b, s , s ",
        ),
        ("a -> b", "s "),
        ("class", "s "),
        ("@A", "s "),
        ("@A(", "s "),
        ("@A.", "s "),
        ("final", "s "),
        ("a f(b", "s "),
        ("new A() { };", "s "),
        ("throw new A(b);", "s "),
        ("A.b() { }", "s "),
        ("default: a();", "s "),
    ],
)
def test_chunks(code: str, chunks: str) -> None:
    found = [f"{each.kind[0]} {each.name}" for each in java_source(code).chunks]
    assert ", ".join(found) == chunks


@pytest.mark.parametrize(
    ("code", "is_balanced"),
    [("f(a[1]) {}", True), ("f(a", False), ("f)", False), ("f(a]{}", False), ("'('", True)],
)
def test_brackets(code: str, is_balanced: bool) -> None:
    assert java_source(code).is_balanced is is_balanced


def test_a_main_method_is_found_at_any_depth() -> None:
    assert java_source("class A { class B { void main() {} } }").has_main
    assert java_source("void main() {}").has_main
    assert not java_source("class A { int main; }").has_main
    assert not java_source("main();").has_main


@pytest.mark.parametrize(
    ("code", "is_open"),
    [
        ("a();\nif (b(c))", True),
        ("while (b)", True),
        ("if (b) { }", False),
        ("if (b", False),
        ("if (b) c()", False),
        ("if", False),
        ("b(c)", False),
        ("", False),
    ],
)
def test_a_condition_at_the_end(code: str, is_open: bool) -> None:
    assert java_source(code).ends_in_condition is is_open


@pytest.mark.parametrize(
    "piece",
    [
        '"\\',
        '"',
        '"""',
        "'",
        "/*",
        "(",
        "{",
        "a.",
        "a,",
        "a;",
        "@a",
        "@a(",
        "for(;",
        "a<",
        "a (",
        "static ",
    ],
)
def test_hostile_text_costs_its_length(piece: str) -> None:
    assert_linear(java_source, piece)
