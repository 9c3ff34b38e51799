"""Signs that stand for code that is left out, and the same signs where they are code."""

from __future__ import annotations

import pytest

from block_results import block, compile_error, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.fragments.placeholders import placeholder
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear

START = "it starts with '...', in place of code that is left out"
DOTS = "a '...' stands for code that is left out"
VALUE = "a '...' in place of a value stands for code that is left out"
COMMENT = "a comment or a '...' stands for code that is left out"
NAMED = "a name between < and > stands for code that is left out"


def found(code: str, language: str, line: int | None = 1) -> str | None:
    return no_program(block(code, language), compile_error("", language, line))


@for_each(
    ("code", "language", "line", "reason"),
    [
        ("...\nf(", "python", 2, START),
        ("// a\n... more {", "javascript", 2, START),
        ("… and so on", "java", 1, START),
        (
            "f() {\n  ...\n}",
            "javascript",
            2,
            "the '...' in line 2 stands for code that is left out",
        ),
        ("func f() {\n\t…\n}", "go", 3, "the '…' in line 2 stands for code that is left out"),
        ("if (...) {\n}", "java", 1, DOTS),
        ("const a = ...;", "typescript", 1, DOTS),
        ("function f(a): ...", "typescript", 1, DOTS),
        ("int f() {\n  return ...;\n}", "java", 2, DOTS),
        ("f(a, ..., b)", "javascript", 1, DOTS),
        ("{ body: ..., a: 1 }", "javascript", 1, DOTS),
        ("test('a', t => ...)", "javascript", 1, DOTS),
        ("const a = [...];", "typescript", 1, DOTS),
        ("if (/* a test */) {", "javascript", 1, COMMENT),
        ("let a: b extends c /* d */ ? /** e **/ : f;", "typescript", 1, COMMENT),
        ("\nx := T{...}\n", "go", 3, DOTS),
        ("def f(a, ...):\n    pass", "python", 1, DOTS),
        ("import ...", "python", 1, DOTS),
        ("print(<your value here>)", "python", 1, NAMED),
        ("let a = <some value>;", "javascript", 1, NAMED),
        ("from <module> import a", "python", 1, NAMED),
        ("x = <value>", "go", 1, NAMED),
    ],
)
def test_placeholders(code: str, language: str, line: int | None, reason: str) -> None:
    assert found(code, language, line) == reason.replace("'…'", "'...'")


@for_each(
    ("code", "language"),
    [
        ("f(a, ...b", "javascript"),
        ("const a = /* two */;\nf(a;", "javascript"),
        ("const a = [...];\nf(a;", "javascript"),
        ("f(/* a test */))", "javascript"),
        ("let a = /* two */ 2);", "typescript"),
        ("f({ a: 1, ...b ]", "javascript"),
        ("const a = [...b;", "typescript"),
        ("func f(a ...int {", "go"),
        ("x := [...]int{1", "go"),
        ("void f(String... a {", "java"),
        ("x[..., 0", "python"),
        ("def f(a:\n    ...", "python"),
        ("print('...)", "python"),
        ('say("...)', "javascript"),
        ("`\n...\n`; f(", "javascript"),
        ("/*\n...\n*/ f(", "java"),
        ("Map<String, List<a> b", "java"),
        ("function f<a extends b>( {", "typescript"),
        ("let a: Array<string = b", "typescript"),
        ("let a: Pair<typeof b, = c", "typescript"),
        ("let a: Pair<typeof b> = ,", "typescript"),
        ("if a < b and c > d\n    pass", "python"),
        ("", "python"),
        ("# ...", "python"),
    ],
)
def test_mistakes(code: str, language: str) -> None:
    assert found(code, language) is None


def test_an_inline_placeholder_far_from_the_error_is_not_its_cause() -> None:
    assert found("f(...)\n\n\nif (", "java", 4) is None
    assert found("f(...)", "java", None) is None
    assert found("f() {\n  ...\n}\nlet a;\ng(", "javascript", 5) is None


def test_only_syntax_is_looked_at() -> None:
    failed = result(Outcome.RUNTIME_ERROR, details="a", language="javascript")
    assert placeholder("...", failed) is None


@pytest.mark.parametrize(
    "piece", ["= ...  ", "(", "def a(", "<a", "<a b", "...", "`", "'", "/*", "# a\n"]
)
@pytest.mark.parametrize("language", ["python", "java", "sql"])
def test_hostile_text_costs_its_length(piece: str, language: str) -> None:
    refused = compile_error("", language, 1)
    assert_linear(lambda code: placeholder(code, refused), piece)


ELLIPSIS = "TypeError: 'ellipsis' object is not iterable"
IN_LIST = "the '...' in a list stands for code that is left out"


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        ("stalls = ...\nopen(*stalls)", ELLIPSIS, VALUE),
        ("open(stalls=[\n  ...\n])", "TypeError: stall must be str, not ellipsis", VALUE),
        ("stalls = till\nopen(*stalls)", ELLIPSIS, None),
        ("class Stall: ...\nopen(*stalls)", ELLIPSIS, None),
        ("stalls = ...\nopen(*1)", "TypeError: 'int' object is not iterable", None),
        ("stalls = ...\nopn()", "NameError: name 'opn' is not defined", None),
    ],
)
def test_dots_in_place_of_a_value(code: str, said: str, reason: str | None) -> None:
    failed = result(
        Outcome.RUNTIME_ERROR, language="python", details=f"Code execution failed: {said}", line=2
    )
    assert no_program(block(code, "python"), failed) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("stalls = [\n    ...\n    till(1),\n]", IN_LIST),
        ("stalls = [\n    ...\n    till(1),\n", None),
        ("stalls = [\n    ...\n    till(1) till(2),\n]", None),
        ("stalls = [\n    till(0)\n    till(1),\n]", None),
    ],
)
def test_dots_without_a_comma(code: str, reason: str | None) -> None:
    assert found(code, "python", 2) == reason


@pytest.mark.parametrize(
    ("code", "near", "is_one"),
    [
        ("SELECT a FROM ...", "..", True),
        ("SELECT a\nFORM ...", "a", False),
        ("SELECT '...' FROM a..b", "..", False),
    ],
)
def test_dots_in_sql(code: str, near: str, *, is_one: bool) -> None:
    details = failure_details(f'ERROR: syntax error at or near "{near}" (line 1)')
    failed = result(Outcome.RUNTIME_ERROR, details=details, language="sql", line=1)
    assert placeholder(code, failed) == (COMMENT if is_one else None)
