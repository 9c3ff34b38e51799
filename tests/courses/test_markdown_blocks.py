from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.block import Block
from daytona_validate._courses.block_snippet import course_snippet_of
from daytona_validate._courses.markdown import read_page

LANGUAGES = {"py": "python", "python": "python", "js": "javascript"}


def read(text: str) -> list[Block]:
    return list(read_page(text, path="page.md", language_of=LANGUAGES.get).blocks)


def found(text: str) -> list[tuple[int, int, str]]:
    return [(b.location.line, b.end_line, b.code) for b in read(textwrap.dedent(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("```py\nx\n```\n", [(1, 3, "x\n")], id="backticks"),
        pytest.param("~~~ py\nx\n~~~\n", [(1, 3, "x\n")], id="tildes"),
        pytest.param("````py\n```\n````\n", [(1, 3, "```\n")], id="a fence within"),
        pytest.param("```py\nx\n", [(1, 2, "x\n")], id="never closed"),
        pytest.param("```py\n```\n", [(1, 2, "")], id="empty"),
        pytest.param("```py\r\nx\r\n```\r\n", [(1, 3, "x\n")], id="line ends of Windows"),
        pytest.param("\ufeff```py\nx\n```\n", [(1, 3, "x\n")], id="byte order mark"),
        pytest.param("1. a\n\n   ```py\n   x\n     y\n   ```\n", [(3, 6, "x\n  y\n")], id="list"),
        pytest.param("> ```py\n> x\n>\n> y\n> ```\n", [(1, 5, "x\n\ny\n")], id="quote"),
        pytest.param("- > ```py\n  > x\n  > ```\n", [(1, 3, "x\n")], id="quote in a list"),
        pytest.param("a\n```py\nx\n```\n", [(2, 4, "x\n")], id="right after a paragraph"),
        pytest.param("a\n\n    ```py\n    x\n    ```\n", [], id="indented code is no fence"),
        pytest.param("<!--\n```py\nx\n```\n-->\n", [], id="commented out"),
        pytest.param("---\nt: a\n---\n```py\nx\n```\n", [(4, 6, "x\n")], id="front matter"),
        pytest.param("---\n```py\nx\n```\n---\n", [(2, 4, "x\n")], id="page between rules"),
        pytest.param(f"{'> ' * 40}```py\n", [(1, 1, "")], id="deep"),
    ],
)
def test_a_fence_is_found_with_its_lines_and_its_code(
    text: str, expected: list[tuple[int, int, str]]
) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(":::note\n```py\nx\n```\n:::\n", [2], id="Docusaurus"),
        pytest.param("::: warning Mind\n\n```py\nx\n```\n\n:::\n", [3], id="VuePress"),
        pytest.param("::::{grid}\n:::{card}\n```py\nx\n```\n:::\n::::\n", [3], id="nested"),
        pytest.param("- a\n  :::tip\n  ```py\n  x\n  ```\n  :::\n", [3], id="in a list"),
        pytest.param("> :::tip\n> ```py\n> x\n> ```\n> :::\n", [2], id="in a quote"),
        pytest.param(":::note\n```py\nx\n```\n\n```py\ny\n```\n", [2, 6], id="never closed"),
        pytest.param(":::\n```py\nx\n```\n", [2], id="stray"),
        pytest.param("```md\n:::\n```\n```py\nx\n```\n", [1, 4], id="colons within a fence"),
        pytest.param(":::{code-block} py\nx\n:::\n", [1], id="code directive"),
        pytest.param(":::{note}\n:::{code-block} py\nx\n:::\n:::\n", [2], id="both"),
    ],
)
def test_containers_hide_no_block(text: str, lines: list[int]) -> None:
    assert [block.location.line for block in read(text)] == lines


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```{code-cell} py\n:tags: [a]\nx\n```\n", "\nx\n"),
        ("```{code-cell} py\n---\ntags: [a]\n---\nx\n```\n", "\n\n\nx\n"),
        (":::{code-block} py\n:name: a\n:class: b\n\nx\n:::\n", "\n\n\nx\n"),
        ("```{code-cell} py\n---\nx\n```\n", "---\nx\n"),
        ("```py\n:a: b\n```\n", ":a: b\n"),
    ],
)
def test_options_of_a_directive_are_blanked_so_that_lines_keep_their_numbers(
    text: str, code: str
) -> None:
    assert [block.code for block in read(text)] == [code]


def test_blocks_of_unknown_languages_are_kept_without_a_language() -> None:
    blocks = read("```rb\nx\n```\n```\ny\n```\n```PY\nz\n```\n")
    assert [(block.info.word, block.language) for block in blocks] == [
        ("rb", None),
        ("", None),
        ("py", "python"),
    ]


def test_an_id_becomes_the_snippets_id() -> None:
    (block,) = read("```{.python #fib}\nx\n```\n")
    snippet = course_snippet_of(block, language="python").snippet
    assert (snippet.snippet_id, snippet.code, str(snippet.location)) == ("fib", "x\n", "page.md:1")


@pytest.mark.parametrize(
    ("text", "is_include"),
    [
        ("```js file=./a.js\n```\n", True),
        ("```js file=./a.js\n\n```\n", True),
        ("```js file=./a.js\nx\n```\n", False),
        ("```js\n```\n", False),
    ],
)
def test_an_empty_block_whose_attributes_name_a_file_is_an_include(
    text: str, is_include: bool
) -> None:
    (block,) = read(text)
    reason = course_snippet_of(block, language="javascript").snippet.not_runnable
    assert (reason is not None and "./a.js" in reason) is is_include


def test_undecodable_bytes_spoil_their_own_block_only() -> None:
    """Replaced characters would make another program of it; the other blocks are still judged."""
    page = b"caf\xe9\n```py\nx = '\xe9'\n```\n```py\ny\n```\n".decode(errors="surrogateescape")
    spoilt, good = (course_snippet_of(block, language="python").snippet for block in read(page))
    assert spoilt.unreadable is not None
    assert "UTF-8" in spoilt.unreadable
    assert (good.unreadable, good.code) == (None, "y\n")


CODE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=12
).map(lambda line: line.replace("\u2028", " "))
LINES = st.lists(CODE, max_size=6)


def without_indent(code: str) -> list[str]:
    return [line.lstrip() for line in code.split("\n")]


def fence_for(lines: list[str]) -> str:
    longest = max((len(line) for line in lines), default=0)
    return "`" * max(3, longest + 1)


@given(lines=LINES, before=st.integers(0, 5))
def test_any_content_comes_back_with_its_line(lines: list[str], before: int) -> None:
    fence = fence_for(lines)
    page = "\n".join(["words", ""] * before + [f"{fence}py", *lines, fence, "more words"])
    (block,) = read(page)
    assert without_indent(block.code) == without_indent("".join(f"{line}\n" for line in lines))
    assert (block.location.line, block.end_line) == (before * 2 + 1, before * 2 + len(lines) + 2)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("    a\n      b\n\n    c", "a\n  b\n\nc\n"),
        ("\ta\n\tb", "a\nb\n"),
        ("\ta\n    b", "\ta\n    b\n"),
        ("a\n  b", "a\n  b\n"),
        ("  ", "  \n"),
    ],
)
def test_what_all_lines_are_indented_by_is_taken_off(lines: str, code: str) -> None:
    (block,) = read(f"```py\n{lines}\n```\n")
    assert block.code == code
    (shown,) = read(f"```text\n{lines}\n```\n")
    assert shown.code == f"{lines}\n"


@given(lines=LINES)
def test_any_content_in_a_list_comes_back_without_its_indentation(lines: list[str]) -> None:
    fence = fence_for(lines)
    page = "\n".join(["- item", "", f"  {fence}py", *(f"  {line}" for line in lines), f"  {fence}"])
    (block,) = read(page)
    assert without_indent(block.code) == without_indent("".join(f"{line}\n" for line in lines))
    assert block.location.line == 3


PARTS = [
    *["", "   ", "\t", "text", "- ", "> ", "  ", "    ", ":::", "::: a", ":::{code-block} py"],
    *["```", "```py", "~~~", "````", "---", "# a", "<div>", "1. ", "{", "`", "\0", "\x0c"],
]


@given(parts=st.lists(st.sampled_from(PARTS)), glue=st.sampled_from(["\n", "", "\r\n"]))
def test_any_page_is_read_with_blocks_in_order_and_within_it(parts: list[str], glue: str) -> None:
    page = glue.join(parts)
    count = page.count("\n") + 1
    lines = [block.location.line for block in read(page)]
    assert lines == sorted(set(lines))
    assert all(1 <= line <= count for line in lines)
