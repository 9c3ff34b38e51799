"""What a page says about a block beside its code: headings, comments, options, tags."""

from __future__ import annotations

import pytest

from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.block_options import Optioned, of_directive
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.page import Page
from daytona_validate._courses.page_snippets import snippets_of_page
from growth import assert_linear

LANGUAGES = {"py": "python", "python": "python", "js": "javascript"}


def page(text: str) -> Page:
    return read_page(text, path="page.md", language_of=LANGUAGES.get)


def block(text: str) -> Block:
    return page(text).blocks[-1]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        pytest.param("```py\n```\n", "", id="none"),
        pytest.param("# A\n\n## B\n\n```py\n```\n", "A > B", id="two"),
        pytest.param("# A\n\n## B\n\n## C {#c}\n```py\n```\n", "A > C", id="the last of its level"),
        pytest.param("### A\n# B ##\n```py\n```\n", "B", id="a higher one ends a lower"),
        pytest.param("A\nB\n===\n```py\n```\n", "A B", id="underlined"),
        pytest.param("- # A\n\n  ```py\n  ```\n", "A", id="in a list"),
        pytest.param("#\n\n## B\n```py\n```\n", "B", id="empty"),
        pytest.param("---\ntitle: T\n---\n```py\n```\n", "", id="front matter is no heading"),
        pytest.param("```sh\n# A\n```\n```py\n```\n", "", id="a comment of code is none"),
    ],
)
def test_a_block_knows_the_headings_above_it(text: str, section: str) -> None:
    assert block(text).section == section


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        pytest.param("<!-- a -->\n```py\n```\n", ("a",), id="HTML"),
        pytest.param("{/* a */}\n```py\n```\n", ("a",), id="MDX"),
        pytest.param(
            "<!-- a --><!-- b -->\n\n{/* c\nd */}\n\n\n```py\n```\n",
            ("a", "b", "c\nd"),
            id="several with blank lines",
        ),
        pytest.param("<!--\na\n\nb\n-->\n```py\n```\n", ("a\n\nb",), id="of several lines"),
        pytest.param("- x\n\n  <!-- a -->\n  ```py\n  ```\n", ("a",), id="in a list"),
        pytest.param("> <!-- a -->\n>\n> ```py\n> ```\n", ("a",), id="in a quote"),
        pytest.param("<!-- a -->\nwords\n```py\n```\n", (), id="words between"),
        pytest.param("<!-- a --> b\n```py\n```\n", (), id="words beside it"),
        pytest.param("<!-- a -->\n```js\n```\n```py\n```\n", (), id="another block's"),
        pytest.param("<div>\n\n```py\n```\n", (), id="a tag"),
    ],
)
def test_a_block_knows_the_comments_before_it(text: str, comments: tuple[str, ...]) -> None:
    assert block(text).comments == comments


@pytest.mark.parametrize(
    ("text", "code", "options"),
    [
        pytest.param(
            "```{python}\n#| eval: false\n#|echo: no\nx\n```\n",
            "\n\nx\n",
            {"eval": "false", "echo": "no"},
            id="Quarto",
        ),
        pytest.param(
            "```{js}\n//| label: a\n#| b: c\n```\n", "\n\n", {"label": "a", "b": "c"}, id="marks"
        ),
        pytest.param(
            "```{code-cell} py\n:tags: [a, b]\n:x:\ny\n```\n",
            "\n\ny\n",
            {"tags": "a, b", "x": ""},
            id="MyST",
        ),
        pytest.param(
            "```{code-cell} py\n---\ntags: [a, b]\n---\ny\n```\n",
            "\n\n\ny\n",
            {"tags": "a, b"},
            id="MyST in YAML",
        ),
        pytest.param("```{code-block} py\n:a: b\n```\n", "\n", {"a": "b"}, id="options alone"),
        pytest.param("```py\n#| eval: false\n```\n", "#| eval: false\n", {}, id="no cell"),
    ],
)
def test_options_are_read_and_their_lines_blanked(
    text: str, code: str, options: dict[str, str]
) -> None:
    found = block(text)
    assert (found.code, found.options) == (code, options)


@pytest.mark.parametrize(
    ("info", "kind"),
    [
        ("{python}", BlockKind.CELL),
        ("{code-cell} ipython3", BlockKind.CELL),
        ("{python, echo=FALSE}", BlockKind.CELL),
        ("{code-block} python", BlockKind.FENCE),
        ("{.python}", BlockKind.FENCE),
        ("python", BlockKind.FENCE),
        ("{mermaid}", BlockKind.FENCE),
    ],
)
def test_a_cell_is_told_from_a_fence(info: str, kind: BlockKind) -> None:
    assert block(f"```{info}\nx\n```\n").kind is kind


def test_tags_of_a_cell() -> None:
    assert block("```{code-cell} py\n:tags: [a, b]\n```\n").tags == ("a", "b")
    assert block("```{code-cell} py\n---\ntags:\n- a\n- b\n---\n```\n").tags == ("a", "b")


def test_the_first_line_of_code_is_the_one_after_the_fence() -> None:
    found = page("# A\n\n- b\n\n  ```py\n  x\n  ```\n\n```js\n```\n").blocks
    assert [(each.location.line, each.code_line) for each in found] == [(5, 6), (9, 10)]


def test_front_matter_is_kept_and_lines_keep_their_numbers() -> None:
    found = page("---\ntags: [a]\n---\n```py\nx\n```\n```\nout\n```\n")
    assert found.front_matter == {"tags": "a"}
    assert [(each.location.line, each.language) for each in found.blocks] == [
        (4, "python"),
        (7, None),
    ]


@pytest.mark.parametrize(
    "piece",
    ["# a\n", "###### a\n```py\n```\n", "<!-- a -->\n", "<!-- a -->", "<!--", "\n", "{/* */}\n"],
)
@pytest.mark.parametrize("end", ["", "\n```py\n```\n"])
def test_a_page_is_read_in_linear_time(piece: str, end: str) -> None:
    assert_linear(page, piece, end=end)


def test_a_directive_of_options_alone() -> None:
    assert of_directive(":a: b") == Optioned("", {"a": "b"})


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Text.\n\n**Output:**\n\n```py\n```\n", "**Output:**"),
        ("> Output\n> ```py\n> ```\n", "Output"),
        ("Two\nlines\n```py\n```\n", ""),
        ("\n```py\n```\n", ""),
        (f"{'a' * 81}\n```py\n```\n", ""),
    ],
)
def test_a_block_knows_its_caption(text: str, caption: str) -> None:
    assert block(text).caption == caption


@pytest.mark.parametrize(
    ("caption", "code", "is_output"),
    [
        ("**Output (Python 3.12):**", "6 : for", True),
        ("_Output_", "6 : for", True),
        ("The output is", "6 : for", True),
        ("Output of the second program", "6 : for", False),
        ("Result:", "6 : for", False),
        ("Output:", ">>> a", False),
    ],
)
def test_a_block_is_an_output_if_its_page_says_so(
    caption: str, code: str, *, is_output: bool
) -> None:
    both = page(f"{caption}\n\n```py\na\n```\n\n{caption}\n\n```py\n{code}\n```\n")
    first, last = snippets_of_page(both)
    assert first is not None
    assert last is not None
    assert (first.is_output, last.is_output) == (False, is_output)


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        pytest.param("a\nb\n\n```py\n```\nc\n\nd\n", "a b", "c", id="paragraphs"),
        pytest.param("> a\n> ```py\n> ```\n> b\n", "a", "b", id="in a quote"),
        pytest.param("- a\n\n  ```py\n  ```\n  b\n", "a", "b", id="in a list"),
        pytest.param("a\n# B\n```py\n```\n# C\nd\n", "", "", id="headings"),
        pytest.param("```js\n```\n```py\n```\n~~~\n~~~\n", "", "", id="other blocks"),
        pytest.param("x\n" * 20 + "```py\n```\n", "x " * 11 + "x", "", id="the end of a long one"),
        pytest.param("a" * 2000 + "\n```py\n```\n", "a" * 1000, "", id="a long line"),
    ],
)
def test_a_block_knows_the_paragraphs_beside_it(text: str, above: str, below: str) -> None:
    found = block(text)
    assert (found.above, found.below) == (above, below)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("a\n\n```py\nx\n```\nNow run it\n```text\nNo: error\n```\n", "No: error\n"),
        ("a\n\n```py\nx\n```\n\n```js\nNo: error\n```\n", ""),
        ("a\n\n```py\nx\n```\n# B\n```text\nNo: error\n```\n", ""),
        ("a\n\n```py\nx\n```\n" + "\n" * 9 + "```text\nNo: error\n```\n", ""),
    ],
)
def test_a_block_has_the_output_near_below_it(text: str, output: str) -> None:
    course = snippets_of_page(page(text))[0]
    assert course is not None
    assert (course.context.before, course.context.fence) == ("a", output)


def test_a_page_knows_the_words_that_its_prose_sets_as_code() -> None:
    text = "A `Cart<Apple>` and a `depot.load()`.\n\n- `in_list`\n\n```py\n`no`\n```\n"
    found = page(text)
    assert found.named == {"Cart", "Apple", "depot", "load", "in_list"}
    course = snippets_of_page(found)[0]
    assert course is not None
    assert course.named == found.named


@pytest.mark.parametrize(
    ("between", "above"),
    [
        ("```py\npost.weigh(3)\n```\n\n", "post.weigh(3)\n"),
        ("```py\npost.weigh(3)\n```\n", "post.weigh(3)\n"),
        ("```py\npost.weigh(3)\n```\n\nAnd then:\n\n", ""),
        ("```py\npost.weigh(3)\n```\n\n\n", ""),
        ("```js\npost.weigh(3)\n```\n\n", ""),
        ("", ""),
    ],
)
def test_a_block_knows_the_code_directly_above_it(between: str, above: str) -> None:
    last = snippets_of_page(page(f"{between}```py\n'3 kg'\n```\n"))[-1]
    assert last is not None
    assert last.above == above
