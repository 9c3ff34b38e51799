"""Which blocks are sessions, and what was typed in them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.shown_output import NOTHING_SHOWN
from daytona_validate._core.shown_session import ShownInput, ShownSession
from daytona_validate._courses.block import Block
from daytona_validate._courses.block_snippet import course_snippet_of
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.info_string import parse_info
from daytona_validate._courses.repl_session import (
    is_session,
    is_shell_session,
    session_code,
    shown_inputs,
)
from daytona_validate._models import Location
from for_each import for_each
from growth import assert_linear


def course_of(code: str, language: str = "python") -> CourseSnippet:
    block = Block(
        language=language,
        info=parse_info(language),
        raw_info=language,
        code=code,
        location=Location("a.md", 1),
        end_line=9,
        code_line=2,
    )
    return course_snippet_of(block, language=language)


@for_each(
    ("code", "language", "typed"),
    [
        (">>> x = 1\n>>> x\n1\n", "python", "x = 1\nx\n\n"),
        ("# first\n\n  >>> x\n  1\n", "python", "# first\n\nx\n\n"),
        (">>> if a:\n...     b\n...\n>>> f()\n1", "python", "if a:\n    b\n\nf()\n"),
        ("In [1]: x = 1\n   ...: y\nOut[1]: 2\nIn [2]: x", "python", "x = 1\ny\n\nx"),
        ("def f():\n    pass\n\n>>> f()\n...", "python", "def f():\n    pass\n\nf()\n"),
        (">>> print(1)\r\n1\r\n...\r\n", "python", "print(1)\n\n\n"),
        ("> a = {\n... b: 1 }\n{ b: 1}\n> a.b\n", "javascript", "a = {\nb: 1 }\n\na.b\n"),
        (">>> f()\nTypeError: x\n>>> 1\n", "python", "\n\n1\n"),
        (">>> f()\nTypeError x\n>>> 1\n", "python", "f()\n\n1\n"),
        (">>> def f():\n      a\n      b\n\n>>> 1", "python", "def f():\n      a\n      b\n\n1"),
        ("shop=# SELECT\nshop-# 1;\n a\n---\n 1\n", "sql", "SELECT\n1;\n\n\n\n"),
        ("postgres=> SELECT 1;\n(1 row)\n=> SELECT 2;", "sql", "SELECT 1;\n\nSELECT 2;"),
    ],
)  # fmt: skip
def test_what_was_typed_keeps_its_lines(code: str, language: str, typed: str) -> None:
    assert is_session(code, language)
    assert session_code(code, language) == typed


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ('def f():\n    """Add.\n\n>>> f()\n1\n    """\n', "python"),
        ("x = 1 >>> 2\n", "python"),
        ("x = 1\n    >>> f()\n", "python"),
        ("", "python"),
        ("let a = 1\n> 2\n", "javascript"),
        ("SELECT a\n=# b", "sql"),
        (">>> x\n", "java"),
    ],
)
def test_programs_are_no_sessions(code: str, language: str) -> None:
    assert not is_session(code, language)


@pytest.mark.parametrize(
    ("code", "is_shell"),
    [
        ("$ npm install\n", True),
        ("# first\n$ ./run --all\nfine\n", True),
        ("  $ python3 app.py", True),
        ("$ = 5\n", False),
        ("$ (x)\n", False),
        ("$x\n", False),
        ("x\n$ ls\n", False),
        ("", False),
    ],
)
def test_prompts_of_a_shell(code: str, is_shell: bool) -> None:
    assert is_shell_session(code) is is_shell
    reason = course_of(code, "javascript").snippet.not_runnable
    assert (reason == "a shell session") is is_shell


def test_a_session_of_python_is_compared_with_what_it_shows() -> None:
    course = course_of(">>> 1\r\n1\r\n")
    assert course.snippet.expected_output == ">>> 1\n1\n"
    assert set(course.snippet.files) == {
        *("shown_session.py", "shown_agreement.py", "shown_streams.py"),
        "shown_session.txt",
    }
    assert (course.code, course.earlier_code) == (">>> 1\r\n1\r\n", "1\n\n")


def test_other_sessions_run_what_was_typed() -> None:
    for code in ("> let a: number = 1\nundefined\n", "> import a from 'b'\n", "> await f()\n1\n"):
        course = course_of(code, "typescript" if "number" in code else "javascript")
        assert course.snippet.code == session_code(code, "javascript")
        assert (course.snippet.expected_output, course.shown) == (None, NOTHING_SHOWN)


def test_a_session_of_node_is_run_input_by_input() -> None:
    code = (
        "// first\n> let a = {\n... b: 1 }\nundefined\n> c\nUncaught ReferenceError: c\n> .exit\n"
    )
    course = course_of(code, "javascript")
    assert set(course.snippet.files) == {"shown_session.cjs", "shown_session.json"}
    assert json.loads(course.snippet.files["shown_session.json"]) == [
        {"line": 2, "typed": ["let a = {", "b: 1 }"], "raises": False},
        {"line": 5, "typed": ["c"], "raises": True},
    ]
    assert course.shown.session is not None
    assert [(each.line, each.shown) for each in course.shown.session.inputs] == [
        (4, ("undefined",)),
        (6, ("Uncaught ReferenceError: c",)),
    ]


def test_more_of_an_input_may_stand_without_a_prompt() -> None:
    (one,) = shown_inputs("> f({\n  a: 1 })\n2\n  3\n", "javascript")
    assert (one.line, one.typed, one.shown) == (3, ("f({", "  a: 1 })"), ("2", "  3"))


def test_a_session_of_psql_writes_a_transcript() -> None:
    code = "x=# SELECT\nx-#   1;\n a\n---\n 1\n(1 row)\n\nx=# f;\nERROR:  f\nx=# g;\n"
    course = course_of(code, "sql")
    assert course.snippet.code.endswith("\\ SELECT\n  1;\n\n\n\n\n\n\n\ng;\n")
    assert course.snippet.code.count("\n") == code.count("\n")
    table = (" a", "---", " 1", "(1 row)")
    inputs = (ShownInput(3, ("SELECT", "  1;"), table), ShownInput(11, ("g;",), ()))
    assert course.shown.session == ShownSession("sql", inputs, "SELECT")


@given(
    code=st.text("> =#-.a1\nE: ("), language=st.sampled_from(["sql", "javascript", "typescript"])
)
def test_any_session_has_its_inputs_in_order(code: str, language: str) -> None:
    lines = code.split("\n")
    for each in shown_inputs(code, language):
        assert tuple(lines[each.line - 1 : each.line - 1 + len(each.shown)]) == each.shown
    assert course_of(code, language).snippet.code is not None


@pytest.mark.parametrize("line", ["%timeit f()", "x = !ls", "f?", "!ls"])
def test_a_session_with_commands_of_a_notebook_is_no_program(line: str) -> None:
    reason = course_of(f"In [1]: {line}\n").snippet.not_runnable
    assert reason is not None
    assert "notebook" in reason


def test_a_program_stays_as_it_is() -> None:
    course = course_of("x = 1\n")
    assert (course.snippet.code, course.earlier_code) == ("x = 1\n", None)
    assert course.snippet.expected_output is None


@given(
    code=st.text(">.In[1]: \n=#ax\r\"'"), language=st.sampled_from(["python", "sql", "javascript"])
)
def test_lines_keep_their_numbers(code: str, language: str) -> None:
    assert len(session_code(code, language).split("\n")) == len(code.split("\n"))


@pytest.mark.parametrize(
    "piece", [">", ">>> ", "In [", " ", "\t", "...", ". ", "a=", '"""', "$ a ", "\r"]
)
def test_hostile_code_costs_its_length(piece: str) -> None:
    assert_linear(course_of, piece)
    assert_linear(lambda code: course_of(code, "sql"), piece)
    assert_linear(lambda code: course_of(f"> {code}", "javascript"), piece)
    assert_linear(lambda code: course_of(f"> a\n{code}", "javascript"), f"> {piece}\n")

    assert_linear(course_of, piece + "\n")
