"""Outputs that a notebook has stored become what was printed; every other byte of it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.notebook import read_notebook
from daytona_validate._courses.notebook_updates import CellEdit, updated_notebook
from daytona_validate._courses.output_updates import LineEdit, output_updates
from daytona_validate._courses.page_snippets import snippets_of_page
from daytona_validate._models import Outcome, Stage
from for_each import for_each
from growth import assert_linear
from made_results import made_reported

WRONG = made_reported(outcome=Outcome.WRONG_OUTPUT, path=None, stage=Stage.CHECK).result


def edits_of(notebook: str, output: str) -> list[LineEdit | CellEdit]:
    """Return the edits of a notebook all of whose cells print the same."""
    page = read_notebook(notebook, path="a.ipynb", language_of={"python": "python"}.get)
    courses = snippets_of_page(page, outputs=("notebook",))
    result = replace(WRONG, output=output)
    return [edit for course in courses if course for edit in output_updates(course, result)]


def after(notebook: str, output: str, *, now: str | None = None) -> str:
    """Return a notebook whose cells printed something, as it is then; it may be another `now`."""
    edits = [each for each in edits_of(notebook, output) if isinstance(each, CellEdit)]
    content = (notebook if now is None else now).encode(errors="surrogateescape")
    return updated_notebook(content, edits)[0].decode(errors="surrogateescape")


def stream(text: object, **more: object) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text, **more}


def cell(*outputs: object, source: object = "print(x)", **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": outputs, **more}


def document(*cells: object, **options: object) -> str:
    dumps: Callable[..., str] = json.dumps
    return dumps({"cells": cells, "metadata": {}, "nbformat": 4}, **options) + "\n"


VALUE = {"output_type": "execute_result", "data": {"text/plain": ["7"]}, "execution_count": 3}
PROGRESS = {"output_type": "stream", "name": "stderr", "text": ["50 %"]}
PICTURE = {"output_type": "display_data", "data": {"text/plain": ["<Figure>"], "image/png": ""}}
TEXT = {"output_type": "display_data", "data": {"text/plain": ["<Figure>"]}}
FAILURE = {"output_type": "error", "ename": "KeyError"}


@for_each("options", [{}, {"indent": 1}, {"indent": "\t"}, {"separators": (",", ":")}])
@for_each(
    ("old", "new"),
    [
        ("1\n2\n", "3\n"),
        (["1\n"], ["3\n", "4"]),
        (["1\n", "2\n"], ["é\n"]),
        (["1\n", "2\n", "3"], ["4\n", "5\n", "6\n", "7\n"]),
    ],
)
@for_each("is_ascii", [True, False])
def test_only_the_text_of_the_stream_is_another(
    options: dict[str, object], old: str | list[str], new: str | list[str], is_ascii: bool
) -> None:
    def at(text: object) -> str:
        # A list of one line does not tell how more are apart: as the makers of notebooks have it.
        cells = [cell(PROGRESS, stream(text), VALUE, execution_count=3), {"cell_type": "ü"}]
        return document(*cells, ensure_ascii=is_ascii, **options)

    assert after(at(old), f"{''.join(new)}7\n") == at(new)


def test_where_the_value_is_another_too_nothing_is_certain() -> None:
    notebook = document(cell(stream("1\n"), VALUE))
    assert after(notebook, "2\n7\n") == document(cell(stream("2\n"), VALUE))
    assert after(notebook, "2\n8\n") == notebook
    assert edits_of(document(cell(stream("1\n"), PICTURE)), "2\n") == []


def test_format_3_and_a_text_before_the_document() -> None:
    def at(text: list[str]) -> str:
        output = {"output_type": "stream", "stream": "stdout", "text": text}
        sheet = {"cells": [{"cell_type": "code", "input": ["f()"], "outputs": [output]}]}
        return "\ufeff " + json.dumps({"worksheets": [sheet], "nbformat": 3}, indent=1)

    assert after(at(["1\n"]), "2\n") == at(["2\n"])


def test_each_cell_has_its_own_and_bytes_that_are_no_text_stay() -> None:
    def at(text: str) -> str:
        magic = "\n%%python\n#| label: a\nprint(1)"
        return document(cell(stream(text)), cell(stream([text]), source=magic)).replace(
            '"nbformat"', '"\udcff\\/\\u0041": [ 1e3,2 ], "nbformat"'
        )

    assert after(at("1\n"), "2\n") == at("2\n")


@for_each(
    "outputs",
    [
        [VALUE],
        [PICTURE],
        [TEXT],
        [stream("1\n"), TEXT],
        [FAILURE],
        [stream("1\n"), PICTURE],
        [stream("1\n"), FAILURE],
        [stream("1\n"), stream("2\n")],
        [stream(["1\n", 2])],
        [],
        [stream("")],
        [{"output_type": []}, 5],
    ],
)
def test_what_no_one_stream_has_printed_is_left_alone(outputs: list[object]) -> None:
    notebook = document(cell(*outputs))
    assert after(notebook, "3\n") == notebook


@pytest.mark.parametrize("output", ["\x1b[31m3\n", "3\u202e\n", "50 %\r100 %\n", "\0\n"])
def test_what_no_page_should_have_is_not_written(output: str) -> None:
    notebook = document(cell(stream("1\n")))
    assert after(notebook, output) == notebook


@for_each(
    "now",
    [
        document(cell(stream("2\n"))),
        document(cell(stream("1\n"), source="print(y)")),
        document(cell(stream("1\n"), source="print(x)\n")),
        document({"cell_type": "code", "source": "print(x)"}),
        document({"cell_type": "code", "outputs": [stream("1\n")]}),
        document(5),
        document(),
        '{"cells": 3}',
        "[]",
        "{",
        "",
        "[" * 100_000,
    ],
)
def test_a_notebook_that_is_another_now_is_left_alone(now: str) -> None:
    assert after(document(cell(stream("1\n"))), "3\n", now=now) == now


def test_of_two_members_with_one_key_the_last_is_read_and_written() -> None:
    notebook = document(cell(stream("1\n"))).replace('"outputs"', '"outputs": 4, "outputs"')
    assert after(notebook, "2\n") == notebook.replace('"1\\n"', '"2\\n"')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=3)
    ),
    max_leaves=6,
)
KINDS = st.sampled_from(["stream", "error", "display_data", "execute_result", "pyout"])
OUTPUT = JSON | st.fixed_dictionaries(
    {"output_type": KINDS | JSON},
    optional={
        "text": JSON | st.lists(st.text("1é\n")),
        "name": JSON | st.just("stdout"),
        "data": JSON,
    },
)
CELL = JSON | st.fixed_dictionaries(
    {"cell_type": st.just("code")},
    optional={"source": st.just("f()") | JSON, "outputs": st.lists(OUTPUT) | JSON, "input": JSON},
)


@given(
    cells=st.lists(CELL) | JSON,
    sheets=JSON | st.lists(st.fixed_dictionaries({"cells": st.lists(CELL)})),
    output=st.text('ab\né"\\'),
    indent=st.sampled_from([None, 0, 2, "\t"]),
)
def test_any_notebook_has_the_same_cells_then(
    cells: object, sheets: object, output: str, indent: int | str | None
) -> None:
    notebook = json.dumps({"cells": cells, "worksheets": sheets}, indent=indent)
    edits = edits_of(notebook, output)
    made = after(notebook, output)
    page, page_now = (
        read_notebook(text, path="a", language_of={"python": "python"}.get)
        for text in (notebook, made)
    )
    pairs = zip(page.blocks, page_now.blocks, strict=True)
    changed = [a for a, b in pairs if a.stored_output != b.stored_output]
    assert len(changed) <= len(edits)
    assert [each.code for each in page.blocks] == [each.code for each in page_now.blocks]
    assert len(json.loads(made)) == 2


@pytest.mark.parametrize("piece", ["[", '{"a":', '"', "1", "{}, ", "\\n", '{"outputs":[{}]}, '])
@pytest.mark.parametrize("end", ["", "{}]}"])
def test_hostile_notebooks_cost_their_length(piece: str, end: str) -> None:
    edits = [CellEdit(0, "", "", "")]
    start = '{"cells": ['
    assert_linear(lambda text: updated_notebook(text.encode(), edits), piece, start=start, end=end)
