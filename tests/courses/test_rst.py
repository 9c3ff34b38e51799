"""Blocks of reStructuredText: directives that show code, at any depth, and doctests."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.block import BlockKind
from daytona_validate._courses.collect import collect, find
from daytona_validate._courses.page import Page
from daytona_validate._courses.rst import read_rst
from growth import assert_linear

LANGUAGES = {"py": "python", "python": "python", "js": "javascript"}


def page(text: str) -> Page:
    return read_rst(textwrap.dedent(text), path="a.rst", language_of=LANGUAGES.get)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param(".. code-block:: py\n\n x\n\n   y\n\nz\n", [(1, 3, 5, "x\n\n  y\n")], id="1"),
        pytest.param(".. code:: py\n   :name: a\n\n   x\n", [(1, 4, 4, "x\n")], id="options"),
        pytest.param("* a\n\n  .. sourcecode:: js\n\n\tx\n", [(3, 5, 5, "x\n")], id="in a list"),
        pytest.param("1. .. code:: py\n\n      x\n\n   y\n", [(1, 3, 3, "x\n")], id="first of it"),
        pytest.param(
            ".. tabs::\n\n   .. code-tab:: py A b\n\n      x\n", [(3, 5, 5, "x\n")], id="in a tab"
        ),
        pytest.param("a\n\n>>> x\n1\n\n", [(3, 3, 4, ">>> x\n1\n")], id="doctest"),
        pytest.param("a\n\n   >>> x\n", [(3, 3, 3, ">>> x\n")], id="indented doctest"),
        pytest.param(
            "- >>> x\n  1\n- >>> y\n", [(1, 1, 2, ">>> x\n1\n"), (3, 3, 3, ">>> y\n")], id="items"
        ),
        pytest.param(".. code:: py\n\n\tx = '\t'\n", [(1, 3, 3, "x = '\t'\n")], id="tabs"),
        pytest.param(".. testcode::\n\n   x\n", [(1, 3, 3, "x\n")], id="of Sphinx's doctest"),
        pytest.param(".. highlight:: js\n\n.. code::\n\n   x\n", [(3, 5, 5, "x\n")], id="default"),
        pytest.param("a::\n\n   .. code:: py\n\n      x\n\nb\n", [], id="a literal block"),
        pytest.param(
            "- a::\n\n    b\n\n  .. code:: py\n\n     x\n", [(5, 7, 7, "x\n")], id="after one"
        ),
        pytest.param("..\n   .. code:: py\n\n      x\n", [], id="commented out"),
        pytest.param(".. code:: py\n\nx\n", [(1, 2, 1, "")], id="empty"),
        pytest.param(".. note:: a\n.. _b:\n.. |c| d\n", [], id="none"),
        pytest.param(".. code:: rst\n\n   .. code:: py\n\n      x\n", [], id="an example"),
    ],
)  # fmt: skip
def test_blocks_with_their_lines(text: str, blocks: list[tuple[int, int, int, str]]) -> None:
    found = [
        (each.location.line, each.code_line, each.end_line, each.code)
        for each in page(text).blocks
        if each.language
    ]
    assert found == blocks


def test_what_the_page_says_of_a_block() -> None:
    text = """\
        =====
        Title
        =====

        One
        ---

        Long title
        --

        .. skip: next

        .. and
           more

        .. jupyter-execute::
           :hide-code:
           :tags: a

           x

        .. testoutput::

           1

        Two
        ---

        ====  ====
        .. code-block:: ruby

           y
        """
    cell, output, ruby = page(text).blocks
    assert (cell.section, ruby.section) == ("Title > One", "Title > Two")
    assert (cell.comments, ruby.comments) == (("skip: next", "and\nmore"), ())
    assert (cell.kind, cell.options) == (BlockKind.CELL, {"hide-code": "", "tags": "a"})
    assert (output.language, output.info.word, output.code) == (None, "output", "1\n")
    assert (ruby.language, ruby.info.word) == (None, "ruby")


def test_included_files_are_counted() -> None:
    found = page(".. literalinclude:: a/b.py\n   :lines: 1\n\n.. literalinclude:: a.txt\n")
    assert [(each.line, each.language) for each in found.unread] == [(1, "python")]


def test_code_in_the_cell_of_a_table_is_counted() -> None:
    cell = "| a | .. code-block:: {} |\n|   |    x = 1 |\n"
    found = page("+--+\n" + cell.format("py") + cell.format("ruby") + "+--+\n\n| .. code:: py\n")
    assert [(each.line, each.language) for each in found.unread] == [(2, "python"), (8, "python")]
    assert found.blocks == ()


PARTS = [
    "",
    "| .. code:: py",
    "   ",
    "- ",
    ".. ",
    ".. code:: py",
    ".. code::",
    ":a: b",
    ">>> x",
    "a::",
    "==",
    "--",
]
PARTS += ["words", "..", ".. note::", "\t", "1. ", ".. literalinclude:: a.py", "* "]


@given(parts=st.lists(st.sampled_from(PARTS)), glue=st.sampled_from(["\n", "\n\n", "", "\r\n   "]))
def test_any_page_is_read_with_blocks_that_point_at_their_lines(
    parts: list[str], glue: str
) -> None:
    text = glue.join(parts)
    lines = text.replace("\r\n", "\n").split("\n")
    blocks = read_rst(text, path="a.rst", language_of=LANGUAGES.get).blocks
    places = [each.location.line for each in blocks]
    assert places == sorted(set(places))
    assert all(".. " in lines[place - 1] or ">>> " in lines[place - 1] for place in places)
    assert all(each.location.line <= each.end_line <= len(lines) for each in blocks)


@pytest.mark.parametrize("piece", [*(f"{part}\n" for part in PARTS), " ", "- ", "\n", "a\n=\n"])
def test_a_page_is_read_in_linear_time(piece: str) -> None:
    assert_linear(page, piece, end="\nx\n")


def test_pages_of_a_folder_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.rst").write_text(".. code-block:: python\n\n   x\n")
    assert [each.snippet.code for each in collect(["."])] == ["x\n"]
    assert find("a.rst:3").code == "x\n"
