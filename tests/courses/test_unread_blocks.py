"""What is there and is not read is counted with its place; what is no block is not counted."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collected import snippets_of
from daytona_validate._core.dialect import Dialect
from daytona_validate._core.not_read import Why
from daytona_validate._courses.block import Block
from daytona_validate._courses.collect import collect, find
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.unread_fences import UnreadFence
from daytona_validate._errors import ConfigurationError
from growth import assert_linear

LANGUAGES = {"py": "python", "python": "python", "js": "javascript"}


def lines_of(text: str, kind: type[Block | UnreadFence]) -> list[int]:
    """Return the lines of the blocks of known languages that are, or are not, read."""
    page = textwrap.dedent(text)
    found = read_page(page, path="page.md", language_of=LANGUAGES.get, dialect=Dialect.COMMONMARK)
    if kind is UnreadFence:
        return [each.line for each in found.unread]
    return [each.location.line for each in found.blocks if each.language]


def unread(text: str) -> list[int]:
    return lines_of(text, UnreadFence)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('!!! note "A"\n\n    ```py\n    x\n    ```\n', [3], id="admonition"),
        pytest.param("??? note\n    ```py\n    x\n    ```\n", [2], id="right under its marker"),
        pytest.param(
            '=== "A"\n\n    ```py\n    x\n    ```\n\n=== "B"\n\n    ```js\n    x\n    ```\n',
            [3, 9],
            id="tabs",
        ),
        pytest.param(
            '=== "A"\n\n    === "B"\n\n        ~~~ py\n        x\n        ~~~\n',
            [5],
            id="tabs in tabs",
        ),
        pytest.param("!!! note\n\n\t```py\n\tx\n\t```\n", [3], id="a tab for four spaces"),
        pytest.param("/// note\n\n    ```py\n    x\n    ```\n///\n", [3], id="blocks of pymdownx"),
        pytest.param("````{tip}\n```py\nx\n```\n````\n", [2], id="directive"),
        pytest.param(
            "`````{a}\n````{b}\n```py\nx\n```\n````\n````{b}\n```js\nx\n```\n````\n`````\n",
            [3, 8],
            id="directives in one",
        ),
        pytest.param(
            "````{tip}\n```{code-block} py\nx\n```\n````\n", [2], id="code directive in one"
        ),
        pytest.param(
            "```{eval-rst}\n.. code-block:: python\n\n   x\n```\n", [2], id="Sphinx in MyST"
        ),
        pytest.param("{% highlight py linenos %}\nx\n{% endhighlight %}\n", [1], id="Jekyll"),
        pytest.param('{{< highlight js "a=1" >}}\nx\n{{< /highlight >}}\n', [1], id="Hugo"),
        pytest.param("```{eval-rst}\n.. code-tab:: py A\n   x\n```\n", [2], id="tabs of Sphinx"),
        pytest.param("```{literalinclude} a.py\n```\n", [1], id="literalinclude"),
        pytest.param("<Tab>\n```py\nx\n```\n</Tab>\n", [2], id="right under a tag"),
        pytest.param(
            "<Steps>\n\n      ```py\n      x\n      ```\n</Steps>\n", [3], id="deep in tags"
        ),
        pytest.param(
            "<details>\n\n> ```py\n> x\n\n    > ```py\n    > x\n", [6], id="a quote too deep"
        ),
        pytest.param("- a\n\n        ```py\n        x\n        ```\n", [3], id="a list's too deep"),
        pytest.param(
            "!!! note\n\n    - ```py\n      x\n      ```\n", [3], id="a list in an admonition"
        ),
        pytest.param(
            "<T>\n```js\na\n\nb\n```\n</T>\n\n```py\nx\n```\n",
            [2, 9],
            id="half a block read as prose",
        ),
        pytest.param(
            "{* ../a.py hl[1] *}\n\n<<< @/a.js{1}\n\n.. literalinclude:: a.py\n",
            [1, 3, 5],
            id="includes alone",
        ),
        pytest.param(
            "!!! note\n\n    ```py\n    never closed\n\n    ```js\n    x\n    ```\n",
            [3],
            id="never closed",
        ),
    ],
)
def test_a_block_in_a_form_of_other_builders_is_counted(text: str, lines: list[int]) -> None:
    assert unread(text) == lines


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```py\nx\n```\n", id="what is read"),
        pytest.param("- ```py\n  x\n  ```\n\n> ```py\n> x\n> ```\n", id="in lists and quotes"),
        pytest.param(":::note\n```py\nx\n```\n:::\n", id="in containers"),
        pytest.param("````md\n```py\nx\n```\n````\n", id="an example"),
        pytest.param("````\n```py\nx\n```\n````\n", id="an example of no language"),
        pytest.param("```md\n    ```py\n    x\n    ```\n```\n", id="an example by indentation"),
        pytest.param(
            "!!! note\n\n    ````md\n    ```py\n    x\n    ```\n    ````\n",
            id="an example in an admonition",
        ),
        pytest.param(
            "```py\ndef f():\n    '''\n    ```py\n    x\n    ```\n    '''\n```\n",
            id="in a text of the code's",
        ),
        pytest.param("~~~md\n```py\nx\n```\n~~~\n", id="of the other kind"),
        pytest.param("<!--\n```py\nx\n```\n-->\n", id="commented out"),
        pytest.param("<div>\n<!--\n```py\nx\n```\n-->\n</div>\n", id="commented out in a tag"),
        pytest.param("<pre>\n```py\nx\n```\n</pre>\n", id="preformatted"),
        pytest.param(
            "!!! note\n\n    ```sh\n    x\n    ```\n    ```\n    x\n    ```\n",
            id="of no language known",
        ),
        pytest.param("a ```py x``` b\n\n    ```py x```\n", id="code within a line"),
        pytest.param("````{note}\nwords\n````\n", id="a directive of words"),
        pytest.param('--8<-- "a.md"\n\n{!a.py!}\n\n{* a.txt *}\n', id="words of another page"),
        pytest.param("{% highlight sh %}\n\n{% raw %}\n\n{{ py }}\n", id="other tags"),
        pytest.param(
            "!!! a\n\n    ````{tip}\n    ````\n\n    ````\n    ```py\n    x\n    ```\n    ````\n",
            id="an example after a directive",
        ),
        pytest.param("```{python}\nx\n```\n", id="Quarto"),
        pytest.param("```{literalinclude} notes.txt\n```\n", id="an include of no code"),
        pytest.param("```py\nx\n```sh\ny\n```\n", id="no known language in an open block"),
    ],
)
def test_what_is_read_or_is_no_block_is_not_counted(text: str) -> None:
    assert unread(text) == []


PARTS = ["", "    ", "- ", "> ", "```py", "```", "````{tip}", "````", "~~~py", "~~~", "<!--", "-->"]
PARTS += ["{/*", "*/}", "<div>", "</div>", ":::", "text", "{* a.py *}", "<pre>", "\t"]


@given(parts=st.lists(st.sampled_from(PARTS)), glue=st.sampled_from(["\n", "\r\n", ""]))
def test_no_block_is_both_read_and_counted(parts: list[str], glue: str) -> None:
    page = glue.join(parts)
    lines = lines_of(page, Block) + unread(page)
    assert len(lines) == len(set(lines))
    assert all(1 <= line <= page.count("\n") + 1 for line in lines)


@pytest.mark.parametrize(
    ("text", "read", "counted"),
    [
        pytest.param("{/*\n```py\nx\n```\n*/}\n\n```py\ny\n```\n", [7], [2], id="alone"),
        pytest.param("{/* a */}\n```py\ny\n```\n", [2], [], id="in one line"),
        pytest.param("  {/*\r\n```py\r\nx\r\n```\r\n*/}\r\n", [], [2], id="indented"),
        pytest.param("{/* never\n```py\nx\n```\n", [2], [], id="never closed"),
        pytest.param("{/* a\n*/}\n{/* never\n```py\nx\n```\n", [4], [], id="one of two closed"),
        pytest.param("a {/* b\n```py\nx\n```\n*/}\n", [2], [], id="within a line"),
        pytest.param("a\n{/*\n```py\nx\n```\n*/}\n", [], [3], id="right under words"),
        pytest.param("```js\n{/* x */}\n```\n```py\n*/}\n```\n", [1, 4], [], id="code"),
        pytest.param("    ````js\n    {/*\n    ````\n```py\n```\n", [4], [1], id="deep code"),
        pytest.param(
            "- ```js\n  {/* x\n  ```\n\n```py\nx\n```\n\nwith `*/}`\n", [1, 5], [], id="in a list"
        ),
        pytest.param(
            "> ```js\n> {/* x\n> ```\n\n```py\nx\n```\n\nwith `*/}`\n", [1, 5], [], id="in a quote"
        ),
        pytest.param(
            "1. ~~~js\n   {/* x\n   ~~~\n\n```py\nx\n```\n\n   to */}\n", [1, 5], [], id="in both"
        ),
        pytest.param(
            "{/* x */ f()}\n\n```py\nx\n```\n\n{/* y */}\n", [3], [], id="code after its end"
        ),
        pytest.param("{/*\nx */ f()\n```py\nx\n```\n*/}\n", [3], [], id="ended in a line"),
        pytest.param(
            "- {/*\n  ```py\n  x\n  ```\n  */}\n\n  ```js\n  y\n  ```\n", [7], [2], id="of a list"
        ),
        pytest.param("> {/*\n> ```py\n> x\n> ```\n> */}\n", [], [2], id="of a quote"),
        pytest.param(
            "- {/* a\n- {/* b\n\n```py\nx\n```\n\n*/}\n", [4], [], id="left with its list"
        ),
        pytest.param("> {/* a\n\n```py\nx\n```\n\n*/}\n", [3], [], id="left with its quote"),
        pytest.param(
            "<Tabs>\n{/*\n\n```py\nx\n```\n*/}\n</Tabs>\n", [], [4], id="right under a tag"
        ),
        pytest.param("<!--\n{/*\n-->\n```py\nx\n```\n*/}\n", [4], [], id="in another comment"),
        pytest.param("<b>\n{/* never\n```py\nx\n```\n", [], [3], id="never closed, under a tag"),
    ],
)
def test_what_a_comment_of_mdx_holds_is_not_read_but_counted(
    text: str, read: list[int], counted: list[int]
) -> None:
    assert (lines_of(text, Block), unread(text)) == (read, counted)


@pytest.mark.parametrize(
    "part", ["{/*\n", "- {/*\n", "<b>\n{/* */}\n", "> {/*\n", "{/*\n```py\n```\n*/}\n", "<b>\n\n"]
)
@pytest.mark.parametrize("end", ["", "\n\n*/}\n", "\nx\n  */}\n"])
def test_what_comments_cost_grows_with_the_page_and_no_faster(part: str, end: str) -> None:
    def read(text: str) -> None:
        lines_of(text, Block)

    assert_linear(read, textwrap.indent(part, "  "), start="- a\n\n", end=end)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_course_counts_blocks_and_files_that_it_does_not_read(folder: Path) -> None:
    for name in ("a.svelte", "b/c.org", "b/d.ADOC", "b/e.txt", "f.tsx", ".g.org"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    (folder / "page.md").write_text("```py\nx\n```\n\nwords\n\n    ```py\n    x\n    ```\n")
    for name in ("page.mdx", "docusaurus.md"):
        (folder / name).write_text("{/*\n```py\nx\n```\n*/}\n")
    snippets = collect(["."])
    assert [str(each.location) for each in snippets_of(snippets)] == ["page.md:1"]
    assert snippets.not_read().counts == {Why.FORMAT: 4, Why.BLOCK: 3}
    assert snippets.not_read().first == {Why.FORMAT: "a.svelte", Why.BLOCK: "docusaurus.md:2"}


def test_a_page_on_stdin_is_counted_under_its_name() -> None:
    page = io.BytesIO(b"{/*\n```py\nx\n```\n*/}\n\n    words\n")
    snippets = collect(["-"], options=CollectOptions(stdin_filename="a.mdx"), stdin=page)
    assert list(snippets) == []
    assert snippets.not_read().first == {Why.BLOCK: "a.mdx:2"}


def test_a_block_that_is_not_read_cannot_be_named_either(folder: Path) -> None:
    (folder / "page.md").write_text("words\n\n    ```py\n    x\n    ```\n")
    with pytest.raises(ConfigurationError, match=r"page\.md:3 is in a form that cannot be read"):
        find("page.md:4")
