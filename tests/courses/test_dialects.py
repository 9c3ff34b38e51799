"""Blocks in the forms that builders of pages know beside CommonMark."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.page import Page
from growth import assert_linear

LANGUAGES = {"py": "python", "python": "python", "js": "javascript"}


def page(text: str, *, path: str = "page.md", dialect: Dialect | None = None) -> Page:
    return read_page(text, path=path, language_of=LANGUAGES.get, dialect=dialect)


def found(text: str, *, path: str = "page.md") -> list[tuple[int, str]]:
    """Return line and code of each block of a known language; none may be left unread."""
    read = page(textwrap.dedent(text), path=path)
    assert read.unread == ()
    return [(each.location.line, each.code) for each in read.blocks if each.language]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param('!!! note "A"\n\n    ```py\n    x\n    ```\n', [(3, "x\n")], id="admonition"),
        pytest.param(
            "???+ note\n    ```py\n    x\n    ```\n", [(2, "x\n")], id="right under its marker"
        ),
        pytest.param(
            '=== "A"\n\n    ```py\n    x\n    ```\n\n=== "B"\n\n    ```js\n    y\n    ```\n',
            [(3, "x\n"), (9, "y\n")],
            id="tabs",
        ),
        pytest.param(
            '!!! a\n\n    === "A"\n\n        words\n\n        ~~~ py\n        x\n\n        ~~~\n',
            [(7, "x\n\n")],
            id="a tab in an admonition",
        ),
        pytest.param("!!! note\n\n\t```py\n\tx\n\t```\n", [(3, "x\n")], id="a tab for four spaces"),
        pytest.param(
            "1. a\n\n    ??? note\n\n        ```py\n        x\n        ```\n",
            [(5, "x\n")],
            id="in a list",
        ),
        pytest.param(
            "!!! note\n\n    1. a\n\n        ```py\n        x\n        ```\n",
            [(5, "x\n")],
            id="a list in it",
        ),
        pytest.param(
            "> !!! note\n>\n>     ```py\n>     x\n>     ```\n", [(3, "x\n")], id="in a quote"
        ),
        pytest.param(
            "!!! note\n    words\n\n```py\nx\n```\n", [(4, "x\n")], id="the block after it"
        ),
        pytest.param("words\n!!! note\n```py\nx\n```\n", [(3, "x\n")], id="with no body"),
        pytest.param(
            "/// note | A\n```py\nx\n```\n\n//// tab | B\n```js\ny\n```\n////\n///\n",
            [(2, "x\n"), (7, "y\n")],
            id="blocks of PyMdown",
        ),
        pytest.param("words\n/// note\n```py\nx\n```\n", [(3, "x\n")], id="slashes under words"),
        pytest.param(
            '=== "The `x`"\n\n    ```py\n    x\n    ```\n', [(3, "x\n")], id="a backtick in it"
        ),
    ],
)
def test_mkdocs(text: str, blocks: list[tuple[int, str]]) -> None:
    assert found(text) == blocks
    assert page(text).dialect is Dialect.MKDOCS


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param("````{tip}\n```py\nx\n```\n````\n", [(2, "x\n")], id="directive"),
        pytest.param(
            "`````{a}\n````{b}\n```py\nx\n```\n````\n````{b}\n```js\ny\n```\n````\n`````\n",
            [(3, "x\n"), (8, "y\n")],
            id="directives in one",
        ),
        pytest.param(
            "````{tip}\n:class: a\n\n```{code-block} py\n:name: b\nx\n```\n````\n",
            [(4, "\nx\n")],
            id="code directive in one",
        ),
        pytest.param(
            "::::{tab-set}\n````{tab-item} The `x`\n```py\nx\n```\n````\n::::\n",
            [(3, "x\n")],
            id="backticks in colons",
        ),
        pytest.param(
            "- a\n\n  ````{note}\n  ---\n  class: b\n  ---\n  ```py\n  x\n  ```\n  ````\n",
            [(7, "x\n")],
            id="in a list, with options",
        ),
        pytest.param("```{note}\nwords\n```\n```py\nx\n```\n", [(4, "x\n")], id="block after it"),
        pytest.param("````{note}\n```py\nx\n```\n", [(2, "x\n")], id="never closed"),
        pytest.param("- ```{note}\n\n```py\nx\n```\n", [(3, "x\n")], id="ended by its list"),
        pytest.param("words\n````{tip}\n```py\nx\n```\n````\n", [(3, "x\n")], id="under words"),
        pytest.param("~~~{note}\n```py\nx\n```\n~~~\n", [(2, "x\n")], id="tildes"),
        pytest.param(":::{note} `a`\n```py\nx\n```\n:::\n", [(2, "x\n")], id="backtick in colons"),
        pytest.param("```{code-cell} ipython3\nx\n```\n", [(1, "x\n")], id="cell"),
        pytest.param(
            "---\nkernelspec:\n  language: python\n---\n```{code-cell}\nx\n```\n",
            [(5, "x\n")],
            id="cell of the page's kernel",
        ),
        pytest.param(
            "---\nkernelspec:\n  name: python\n---\n:::{code-cell}\nx\n:::\n",
            [(5, "x\n")],
            id="kernel by its name",
        ),
        pytest.param("````{note}\n---\n```py\nx\n```\n````\n", [(3, "x\n")], id="no options"),
    ],
)
def test_myst(text: str, blocks: list[tuple[int, str]]) -> None:
    assert found(text) == blocks
    assert page(text).dialect is Dialect.MYST


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param("<Tab>\n```py\nx\n```\n</Tab>\n", [(2, "x\n")], id="right under a tag"),
        pytest.param(
            "<Steps>\n  <Step>\n        Do:\n        ```py\n        x\n        ```\n"
            "  </Step>\n</Steps>\n",
            [(4, "x\n")],
            id="deep, under words",
        ),
        pytest.param(
            "<Tab\n  a=\">\"\n  b={{c: `}`}}\n  d='\\'\n  e={f > g }\n>\n```py\nx\n```\n",
            [(7, "x\n")],
            id="long",
        ),
        pytest.param("<Tab\n```py\nx\n```\n", [(2, "x\n")], id="a tag that never ends"),
        pytest.param("- a\n\n  <Tab>\n      ```py\n      x\n      ```\n", [(4, "x\n")], id="list"),
        pytest.param("> <Tab>\n> ```py\n> x\n> ```\nlazy\n", [(2, "x\n")], id="in a quote"),
        pytest.param(
            "import A from 'a';\n\n    words\n\n    ```py\n    x\n    ```\n",
            [(5, "x\n")],
            id="nothing is indented code",
        ),
        pytest.param("<>\n\n```py\nx\n```\n</>\n<T/>\n", [(3, "x\n")], id="a fragment"),
        pytest.param("<Tab>\n<pre>\n```py\n```\n</pre>\n", [], id="preformatted"),
        pytest.param("<Tab>\n<!-- a\n```py\n```\n-->\n", [], id="a comment of HTML"),
    ],
)
def test_mdx(text: str, blocks: list[tuple[int, str]]) -> None:
    assert found(text) == found(text, path="page.mdx") == blocks
    assert page(text).dialect is Dialect.MDX or text.startswith("<>")


def test_headings_of_mdx() -> None:
    text = "A\n=\n\n<Tab>\nB\nC\n--\n```py\n```\n</Tab>\n\n> d\n---\n# E\n```py\n```\n"
    sections = [each.section for each in page(text).blocks]
    assert sections == ["A > B C", "E"]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param("```{python}\n#| eval: true\nx\n```\n", [(1, "\nx\n")], id="cell"),
        pytest.param("::: {.panel}\n## A\n```py\nx\n```\n:::\n", [(3, "x\n")], id="in a panel"),
        pytest.param("```{r}\nx\n```\n```{.python}\ny\n```\n", [(4, "y\n")], id="another's cell"),
        pytest.param("```{{python}}\nx\n```\n", [], id="shown with its braces"),
    ],
)
def test_quarto(text: str, blocks: list[tuple[int, str]]) -> None:
    assert found(text, path="page.qmd") == blocks
    assert page(text, path="page.Rmd").dialect is Dialect.QUARTO


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("- a\n\n        ```py\n        x\n        ```\n", [3], id="too deep"),
        pytest.param("- a\n\n        ```py\n      x\n", [3], id="with shallower code"),
        pytest.param("- a\n\n      words\n", [], id="indented code"),
        pytest.param("a\n\n    ```py\n    x\n    ```\n", [], id="no list"),
    ],
)
def test_a_fence_may_be_too_deep_for_its_list(text: str, lines: list[int]) -> None:
    assert [each.location.line for each in page(text).blocks] == lines


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\nwords <b>x</b>\n\n```py\nx\n```\n",
        "```md\n!!! note\n```\n",
        "````md\n```{note}\n<Tab>\n````\n",
        "```js\nimport a from 'b'\n<Tab>\n```\n",
        "```{python}\nx\n<Tab>\n```\n",
        "<BR>\n\n<details>\n",
        "",
    ],
)
def test_a_page_without_signs_is_commonmark(text: str) -> None:
    assert page(text).dialect is Dialect.COMMONMARK


def test_a_dialect_that_is_asked_for_counts() -> None:
    text = '=== "A"\n\n    ```py\n    x\n    ```\n'
    read = page(text, dialect=Dialect.COMMONMARK)
    assert (read.blocks, [each.line for each in read.unread]) == ((), [3])
    assert page(text, path="a.mdx").dialect is Dialect.MDX
    assert page(text, path="a.mdx", dialect=Dialect.MKDOCS).dialect is Dialect.MKDOCS


PARTS = [
    "",
    "    ",
    "  ",
    "\t",
    "- ",
    "1. ",
    "> ",
    "```py",
    "```",
    "````{tip}",
    "```{a} `b`",
    "~~~",
]
PARTS += ["!!! a", '=== "b"', "/// c", "///", ":::{d}", ":::", "<Tab>", "</Tab>", "<T a={", "}>"]
PARTS += ["{/*", "*/}", "<!--", "-->", "---", "===", "# e", "words", ":f: g", "\0", "```{python}"]


@given(
    parts=st.lists(st.sampled_from(PARTS)),
    glue=st.sampled_from(["\n", "\r\n", "", "\n    "]),
    dialect=st.sampled_from([None, *Dialect]),
)
def test_any_page_is_read_in_any_dialect(
    parts: list[str], glue: str, dialect: Dialect | None
) -> None:
    """Locations point at lines that open a fence, in order and once."""
    text = glue.join(parts)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    read = page(text, dialect=dialect)
    places = [each.location.line for each in read.blocks]
    assert places == sorted(set(places))
    assert not set(places) & {each.line for each in read.unread}
    assert all(any(m in lines[place - 1] for m in ("```", "~~~", ":::")) for place in places)
    assert all(each.location.line <= each.end_line <= len(lines) for each in read.blocks)


HOSTILE = ["!!! a\n", '=== "b"\n\n', "    ", "```{a}\n", "````{a}\n```{b}\n", "<T a={\n", "<T>\n"]
HOSTILE += [
    "/// a\n",
    "- ",
    "> ",
    "words\n",
    "<T ",
    "    ```py\n",
    ":a: b\n",
    "---\n",
    "```{a}\n:b:\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize(
    "dialect", [Dialect.MYST, pytest.param(Dialect.MDX, marks=pytest.mark.thorough)]
)
def test_a_page_of_any_dialect_is_read_in_linear_time(piece: str, dialect: Dialect) -> None:
    def read(text: str) -> None:
        page(text, dialect=dialect)
        page(text)

    assert_linear(read, piece, start="- a\n\n", end="\nx\n")
