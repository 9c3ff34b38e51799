"""Text that is no program in any language, and code with a mistake, which is none of these."""

from __future__ import annotations

import pytest

from block_results import block, compile_error, result
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.fragments.texts_of_other_kinds import is_synopsis, other_text
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear

ERROR = "an error message, as programs and compilers print it"


@for_each(
    ("text", "kind"),
    [
        ("$ ls -l\ntotal 0", "commands for a shell"),
        ("# first\npip install numpy", "commands for a shell"),
        ("go get example.com/a", "commands for a shell"),
        ("npm run build", "commands for a shell"),
        ("src\n├── a.py\n└── b.py", "a tree of files"),
        ("src\n├── a\n│\n└── b's", "a tree of files"),
        ("+----+---+\n| a | b |\n+----+---+", "a table, as programs print it"),
        (" id | name\n----+------\n  1 | a", "a table, as programs print it"),
        ("Traceback (most recent call last):\n  File", ERROR),
        ("./main.go:3:2: undefined: a", ERROR),
        ("src/a.ts(1,2): error TS2322: no", ERROR),
        ("TypeError: a is not b", ERROR),
        ("GET /users HTTP/1.1\nHost: a", "an HTTP message"),
        ("HTTP/1.1 200 OK", "an HTTP message"),
        ("<div>\n  a\n</div>", "markup, such as HTML or JSX"),
        ("<!-- a -->", "markup, such as HTML or JSX"),
        ("0: aload_0\n1: invokespecial #1\n4: return", "bytecode"),
        ("L1\nALOAD 0\nINVOKESTATIC a.b ()V", "bytecode"),
        ("  1   0 LOAD_NAME   0 (a)\n      2 RETURN_VALUE", "bytecode"),
        ("expr ::= term | expr '+' term", "a grammar"),
        ("jshell> int a = 1", "a session of an interactive shell"),
        ("postgres=# select 1;", "a session of an interactive shell"),
        (" a\n- b\n+ c", "a diff"),
        ("0.5 * 3 = 1.5 -> 1\n2 + 3 - 1 = 4\n...", "a calculation"),
        ("@@ -1,2 +1,2 @@\n a", "a diff"),
        ('{"a": [1, {"b": null}]}', "JSON"),
        ('[\n  {"a": 1}\n]', "JSON"),
        ("The lamp is off.\nThe lamp goes on!", "text, as programs print it"),
        ("Total of all items: 3 pieces.", "text, as programs print it"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert other_text(text, "python") == kind
    assert no_program(block(text, "python"), compile_error("", "python", 1)) == kind


@pytest.mark.parametrize(
    "code",
    [
        "",
        "import os\nprint(os.getcwd()",
        "imort os",
        "form os import path",
        "prnt hello world",
        "Hello world",
        "Wait for import of it.",
        "x = [1, 2",
        '{"a": 1, "b": 2',
        '{"a": 1,}',
        "{a: 1}",
        "return a",
        "go run()",
        "a\n- b",
        "+ b\n+ c",
        "load a\nstore b",
        "new Thing()\ndup = 1",
        "for (;;) {",
        "x <- 1",
        "SELCT name FROM users;",
        "def f(a)\n    return a",
        "class A\n    pass",
        "def f():\n    '''\n    +---+\n    | a |\n    +---+\n    '''\n    print(1\nf()",
        "a = '''\nsrc\n├── a.py\n'''\nprint(a",
        "def f():\n    '''\n    --- a/b\n    +++ b/b\n    '''\nprint(f()",
        "a = '''\nb ::= c\n'''\nfor x in [1, 2:\n    print(x)",
        "a ::= 1\nb = a\nprint(b)",
        "a: b",
        "Error",
    ],
)
def test_code_with_a_mistake_is_code(code: str) -> None:
    assert other_text(code, "python") is None
    assert no_program(block(code, "python"), compile_error("", "python", 1)) is None


@pytest.mark.parametrize(
    "line",
    ["range(start, stop[, step])", "f([, a])", "open(a[, b[, c]])", "  int(x[,base])"],
)
def test_optional_arguments(line: str) -> None:
    assert is_synopsis(line)
    found = no_program(block(f"\n{line}", "python"), compile_error("", "python", 2))
    assert found == "a signature, with optional arguments in brackets"


@pytest.mark.parametrize(
    "line", ["f(a[1], b", "f([1, 2)", "a[, b]", "a = f(b[, c]", "a = f(1[, 2])", "f(a[b, c])"]
)
def test_arguments_with_a_mistake(line: str) -> None:
    assert not is_synopsis(line)
    assert no_program(block(line, "python"), compile_error("", "python", 1)) is None
    assert no_program(block("f(a[, b])", "python"), compile_error("", "python")) is None


def test_only_refused_text_is_looked_at() -> None:
    failed = result(Outcome.RUNTIME_ERROR, details="Code execution failed: a", language="python")
    assert no_program(block("The lamp is off.", "python"), failed) is None


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "A ",
        "A a, ",
        "│",
        "| ",
        "a.",
        "--",
        "+--",
        "[",
        "{",
        '"',
        "a([, a",
        "<a",
        "aload ",
        "1 ",
        "./a",
        "(1,",
    ],
)
def test_hostile_text_costs_its_length(piece: str) -> None:
    assert_linear(lambda text: other_text(text, "python"), piece)
    assert_linear(is_synopsis, piece)
