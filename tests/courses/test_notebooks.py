"""Cells of notebooks, formats 3 and 4, with what the notebook says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.not_read import Why
from daytona_validate._courses.block import Block, BlockKind, StoredOutput
from daytona_validate._courses.collect import collect, find
from daytona_validate._courses.notebook import BrokenNotebook, read_notebook
from daytona_validate._courses.page import Page
from daytona_validate._errors import ConfigurationError
from growth import assert_linear

LANGUAGES = {"python": "python", "javascript": "javascript", "sql": "sql", "js": "javascript"}


def code(source: object, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


def words(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source}


def document(*cells: object, **metadata: object) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4})


def read(text: str) -> Page:
    return read_notebook(text, path="a.ipynb", language_of=LANGUAGES.get)


def only(cell: object, **metadata: object) -> Block:
    (block,) = read(document(cell, **metadata)).blocks
    return block


def test_cells_are_found_with_their_index_among_all() -> None:
    page = read(document(words("# A\n"), code(["x\n", "y"]), code(" \n"), code("z")))
    assert [(str(each.location), each.code, each.end_line) for each in page.blocks] == [
        ("a.ipynb:cell[1]:1", "x\ny", 2),
        ("a.ipynb:cell[3]:1", "z", 1),
    ]
    assert {each.kind for each in page.blocks} == {BlockKind.CELL}
    assert {each.section for each in page.blocks} == {"A"}
    assert {each.code_line for each in page.blocks} == {None}


def test_format_3_has_worksheets_inputs_and_headings() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["T"]},
        {"cell_type": "heading", "level": None, "source": "T"},
        {
            "cell_type": "code",
            "language": "javascript",
            "input": ["x"],
            "outputs": [
                {"output_type": "pyout", "text": ["1"]},
                {"output_type": "stream", "stream": "stdout", "text": "a"},
                {"output_type": "pyerr", "ename": "E"},
            ],
        },
    ]
    page = read(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))
    (block,) = page.blocks
    assert (block.language, block.code, block.section) == ("javascript", "x", "T")
    assert block.stored_output == StoredOutput(text="1\na", raised="E", value="1")


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"kernelspec": {"language": "javascript"}}, "javascript"),
        ({"language_info": {"name": "SQL"}}, "sql"),
        ({"kernelspec": {"name": "ipython3"}}, "python"),
        ({"kernelspec": {"language": "julia"}}, None),
        ({"kernelspec": [], "language_info": {"name": None}}, "python"),
    ],
)
def test_the_kernel_says_the_language(metadata: dict[str, object], language: str | None) -> None:
    assert only(code("x"), **metadata).language == language


@pytest.mark.parametrize(
    ("source", "language", "left"),
    [
        ("%%javascript\nx", "javascript", "\nx"),
        ("\n%%sql db\nx", "sql", "\n\nx"),
        ("%%python3\nx", None, "\nx"),
        ("%%bash\nls", None, "\nls"),
        ("%%html", None, ""),
        ("%%time\nx", "python", "%%time\nx"),
        ("%matplotlib inline\nx", "python", "%matplotlib inline\nx"),
        ("x\n%%sql", "python", "x\n%%sql"),
    ],
)
def test_a_magic_may_name_another_language(source: str, language: str | None, left: str) -> None:
    block = only(code(source))
    assert (block.language, block.code) == (language, left)


def test_options_and_tags_of_a_cell() -> None:
    metadata = {"tags": ["raises-exception", 3, "b"], "slideshow": {"slide_type": "-"}}
    block = only(code("#| eval: false\nx", metadata=metadata))
    assert block.tags == ("raises-exception", "b")
    assert block.options == {
        "tags": "raises-exception, 3, b",
        "slideshow.slide_type": "-",
        "eval": "false",
    }
    assert block.code == "\nx"


@pytest.mark.parametrize(
    ("outputs", "stored"),
    [
        ([], None),
        ([{"output_type": "stream", "name": "stderr", "text": "a"}], None),
        ([{"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}], ("a\nb", None)),
        ([{"output_type": "execute_result", "data": {"text/plain": ["1"]}}], ("1\n", None)),
        ([{"output_type": "display_data", "data": {"image/png": "x"}}], ("", None)),
        ([{"output_type": "error", "ename": "ValueError"}], ("", "ValueError")),
        ([{"output_type": "error"}], ("", "")),
        ([{"output_type": "other"}, None, 3], None),
        ("none", None),
    ],
)
def test_stored_outputs(outputs: object, stored: tuple[str, str | None] | None) -> None:
    found = only(code("x", outputs=outputs)).stored_output
    assert (None if found is None else (found.text, found.raised)) == stored


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("", "it is no JSON: Expecting value in line 1"),
        ('{"cells": [\n', "in line 2"),
        ("[" * 100_000, "RecursionError"),
        ("1" * 5000, "ValueError"),
        ("[]", "it has no cells"),
        ("{}", "it has no cells"),
    ],
)
def test_a_broken_notebook_is_refused(text: str, telling: str) -> None:
    with pytest.raises(BrokenNotebook) as error:
        read(text)
    assert telling in str(error.value)


JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "heading", "raw"]) | JSON,
        "source": st.text() | JSON,
        "input": JSON,
        "level": JSON,
        "language": JSON,
        "metadata": JSON,
        "outputs": st.lists(
            st.fixed_dictionaries(
                {"output_type": st.sampled_from(["stream", "error", "execute_result"])},
                optional={"name": JSON, "text": JSON, "data": JSON, "ename": JSON},
            )
        )
        | JSON,
    },
)


@given(cells=st.lists(CELL | JSON) | JSON, metadata=JSON, sheets=JSON)
def test_any_notebook_is_read_with_cells_in_order(
    cells: object, metadata: object, sheets: object
) -> None:
    page = read(json.dumps({"cells": cells, "metadata": metadata, "worksheets": sheets}))
    places = [(each.location.cell, each.location.line) for each in page.blocks]
    assert places == sorted(set(places), key=lambda place: place[0] or 0)
    assert all(each.code.count("\n") + 1 <= each.end_line for each in page.blocks)


@pytest.mark.parametrize("piece", ["[", '{"a":', '"', "1", "{}, ", "\\n"])
def test_a_notebook_is_read_in_linear_time(piece: str) -> None:
    def attempt(text: str) -> None:
        with pytest.raises(BrokenNotebook):
            read(text)

    assert_linear(attempt, piece, start='{"cells": [')


@pytest.mark.parametrize("piece", ["\n", "%%", "# a\n", "#| a: b\n", "```py\n"])
@pytest.mark.parametrize("kind", [code, words])
def test_a_cell_is_read_in_linear_time(piece: str, kind: object) -> None:
    assert callable(kind)

    def one(text: str) -> None:
        read(document(kind(text + "x")))

    assert_linear(one, piece)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_notebooks_of_a_folder_are_read(folder: Path) -> None:
    (folder / "a.ipynb").write_text(document(words("```python\nx\n```"), code("x")))
    (folder / "b.ipynb").write_text("{")
    found = collect(["."])
    (cell, broken) = found
    assert cell.is_cell
    assert (cell.page, cell.snippet.code) == ("a.ipynb", "x")
    assert "the notebook is broken" in (broken.snippet.unreadable or "")
    assert found.not_read().first == {Why.BLOCK: "a.ipynb:cell[0]:1"}


def test_a_cell_is_named_by_its_index(folder: Path) -> None:
    (folder / "a.ipynb").write_text(
        document(words("x"), code("a\nb"), code("%%bash\nc"), code("d"))
    )
    assert find("a.ipynb:cell[1]").code == "a\nb"
    assert find("a.ipynb:cell[1]:2").code == "a\nb"
    for target, telling in [
        ("a.ipynb:cell[0]", "has no snippet at cell[0]; the nearest begin at cell[1]"),
        ("a.ipynb:cell[2]", "is in `bash`, which is not known here"),
        ("a.ipynb:cell[9]", "has no snippet at cell[9]; the nearest begin at cell[3]"),
        ("a.ipynb:7", "has no snippet at line 7"),
        ("a.ipynb", "has 2 snippets: name one by its cell, as in a.ipynb:cell[1]"),
    ]:
        with pytest.raises(ConfigurationError) as error:
            find(target)
        assert telling in str(error.value)


def test_a_cell_with_a_magic_of_its_own_is_not_runnable(folder: Path) -> None:
    (folder / "a.ipynb").write_text(document(code("%who\nx = 1")))
    (cell,) = collect(["a.ipynb"])
    assert cell.snippet.not_runnable == "a notebook magic or shell line: %who"
