"""Any page, info string, notebook and metadata of a cell: read whole, and never a crash.

A page goes the whole way here, from its bytes to snippets with their marks and fingerprints.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daytona_validate._core.course_config import OUTPUTS
from daytona_validate._core.dialect import OF_MARKDOWN, Dialect
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.piece import Piece

MARKDOWN_OPENS = ("```", "~~~", ":::")
RST_OPENS = (".. ", ">>> ")
SUFFIXES = {
    Dialect.COMMONMARK: ".md",
    Dialect.MKDOCS: ".md",
    Dialect.MYST: ".md",
    Dialect.MDX: ".mdx",
    Dialect.QUARTO: ".qmd",
    Dialect.RST: ".rst",
    Dialect.NOTEBOOK: ".ipynb",
}

LINES = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=12)
A_WORD = """
python py js javascript ts java go sql pycon console text output {python} {code-cell} {py} .py
{.python .no-eval} python: py,ignore title= skip=1 should-fail=A timeout=x timeout=0 timeout=1e999
id=a group=b session= file=../a ' " #| {{ }} = : {1,3} hl_lines="1 2" continuation no_run no-run
compile_fail until-listening requires=3.999 requires=x kernel language name
""".split()  # noqa: SIM905 - a table of words
WORDS = st.sampled_from(A_WORD)
INFO = st.lists(WORDS | LINES, max_size=4).map(" ".join)
CODE = st.sampled_from(
    [
        *("x = 1", "print(x)  # 2", ">>> x", "... y", "1", "In [1]: x", "Out[1]: 1", "$ ls"),
        *("%%time", "%matplotlib", "!pip", "#| eval: false", "#| a: [", ":name: b", "# a.py"),
        *("select 1;", "-- 1 row", "console.log(1) // 1", "#> 1", "\tx", "    y", "\x00", "\ufeff"),
        *('--8<-- "a.py"', "{!a.py!}", ".. include:: a.py", "{* a.py *}", "<<< a.py", "*!*x*/!*"),
    ]
)
CODES = st.lists(CODE | LINES, max_size=4)
AROUND = st.sampled_from(
    [
        *("", "words `x`", "# a", "a\n===", "- a", "1. b", "> c", "!!! note", '=== "t"', "/// d"),
        *("///", "::::{e}", "::::", "````{tip}", "````", "<Tab>", "</Tab>", "{/* skip */}"),
        *("<!-- skip -->", "<!-- ", "-->", "---", "---\na: b\n---", ".. tab:: x", ".. note::"),
        *(
            ".. highlight:: js",
            "..",
            ".. skip",
            "para::",
            "Output:",
            "**Output:**",
            "\x0c",
            "\ufeff",
        ),
    ]
)
INDENTS = st.sampled_from(["", "", "  ", "    ", "\t", "> ", "- ", "   "])
MARKS = st.sampled_from(["```", "~~~", "````", ":::", "```` "])
DIRECTIVES = st.sampled_from(
    [".. code-block::", ".. code::", ".. sourcecode::", ".. testcode::", ".. code-tab::",
     ".. jupyter-execute::", ".. doctest::", ".. testoutput::", ".. literalinclude::"]
)  # fmt: skip


@st.composite
def fences(draw: st.DrawFn) -> str:
    indent, mark, info = draw(INDENTS), draw(MARKS), draw(INFO)
    rest = indent.replace("-", " ")
    closing = draw(st.sampled_from([[mark], []]))
    lines = [f"{rest}{line}" for line in [*draw(CODES), *closing]]
    return "\n".join([f"{indent}{mark}{info}", *lines])


@st.composite
def directives(draw: st.DrawFn) -> str:
    indent, directive, info = draw(INDENTS), draw(DIRECTIVES), draw(INFO)
    rest = indent.replace("-", " ") + draw(st.sampled_from(["   ", "  ", "\t"]))
    lines = ["", *(f"{rest}{line}" for line in draw(CODES)), ""]
    return "\n".join([f"{indent}{directive} {info}", *lines])


PAGES = st.tuples(
    st.lists(fences() | directives() | AROUND | LINES, max_size=6),
    st.sampled_from(["\n", "\n\n", "\r\n", "\r"]),
).map(lambda each: each[1].join(each[0]).replace("\n", each[1]).encode(errors="surrogateescape"))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | LINES | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | LINES, inner, max_size=3),
    max_leaves=6,
)
METADATA = st.fixed_dictionaries(
    {},
    optional={
        "tags": JSON | st.lists(WORDS, max_size=3),
        "kernelspec": JSON | st.fixed_dictionaries({"language": WORDS, "name": WORDS}),
        "language_info": JSON,
        "vscode": JSON,
        "jupyter": JSON,
        "eval": JSON,
    },
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON},
    optional={
        "source": CODES.map("\n".join) | CODES | JSON,
        "input": CODES.map("\n".join) | JSON,
        "metadata": METADATA | JSON,
        "outputs": st.lists(
            st.fixed_dictionaries(
                {"output_type": st.sampled_from(["stream", "error", "execute_result"]) | JSON},
                optional={"text": JSON, "data": JSON, "ename": JSON, "name": JSON},
            ),
            max_size=2,
        )
        | JSON,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"cells": st.lists(CELLS, max_size=4)},
    optional={"metadata": METADATA | JSON, "nbformat": JSON, "worksheets": JSON},
).map(lambda each: json.dumps(each).encode())


def pieces(content: bytes, dialect: Dialect) -> list[Piece]:
    options = CollectOptions(
        stdin_filename=f"a{SUFFIXES[dialect]}",
        dialect=dialect if dialect in OF_MARKDOWN else None,
        outputs=OUTPUTS,
        strip=("*!*", "*/!*"),
        has_fingerprints=True,
    )
    return [*collect(["-"], options=options, stdin=BytesIO(content)).pieces()]


def assert_whole(content: bytes, dialect: Dialect) -> None:
    """Each block points at the line that opens it, its code at the code's first line."""
    text = content.decode(errors="surrogateescape").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = pieces(content, dialect)
    if [each.end_line for each in found] == [sys.maxsize]:
        return  # the file as a whole is refused, as it is no text
    places = [each.location.line for each in found]
    assert places == sorted(set(places))
    opens = RST_OPENS if dialect is Dialect.RST else MARKDOWN_OPENS
    for each in found:
        line = lines[each.location.line - 1]
        is_unread = each.course is None  # such as an include that stands in no block
        assert is_unread or any(mark in line for mark in opens), (each, line)
        assert each.location.line <= each.end_line <= len(lines)
        if each.course is not None:
            assert each.course.fingerprint
            _assert_code_there(each.course, lines)


def _assert_code_there(course: CourseSnippet, lines: list[str]) -> None:
    first = "".join(course.page_code.split("\n")[0].split())
    if course.code_line is None or course.snippet.location is None:
        return
    assert course.snippet.location.line <= course.code_line
    if first and course.snippet.location.included is None:
        assert first in "".join(lines[course.code_line - 1].split()), (course, lines)


OF_TEXT = [each for each in Dialect if each is not Dialect.NOTEBOOK]


@given(content=PAGES | st.binary(max_size=40))
@settings(max_examples=15)  # `test_many_pages_are_whole` makes a thousand
@pytest.mark.parametrize("dialect", OF_TEXT)
def test_any_page_is_whole_in_any_dialect(content: bytes, dialect: Dialect) -> None:
    assert_whole(content, dialect)


@given(content=NOTEBOOKS)
@settings(max_examples=40)
def test_any_notebook_is_read_cell_by_cell(content: bytes) -> None:
    assert_cells(content)


def assert_cells(content: bytes) -> None:
    found = [each.course for each in pieces(content, Dialect.NOTEBOOK) if each.course]
    places = [each.snippet.location for each in found]
    cells = [-1 if each is None or each.cell is None else each.cell for each in places]
    assert cells == sorted(cells)
    assert all(each.fingerprint for each in found)
    if all(each.snippet.unreadable is None for each in found):
        kinds = [each.get("cell_type") for each in json.loads(content)["cells"]]
        assert [kinds[cell] for cell in cells] == ["code"] * len(cells)


@pytest.mark.thorough
@given(content=PAGES | st.binary(max_size=200), dialect=st.sampled_from(OF_TEXT))
@settings(max_examples=1000)
def test_many_pages_are_whole(content: bytes, dialect: Dialect) -> None:
    assert_whole(content, dialect)


@pytest.mark.thorough
@given(content=NOTEBOOKS)
@settings(max_examples=1000)
def test_many_notebooks_are_read(content: bytes) -> None:
    assert_cells(content)
