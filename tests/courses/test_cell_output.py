"""What of a notebook's stored outputs is compared, and what cannot be."""

from __future__ import annotations

import json

import pytest

from daytona_validate._core.not_read import Why
from daytona_validate._core.shown_cell import ShownCell
from daytona_validate._courses.block import StoredOutput
from daytona_validate._courses.cell_output import UNCOMPARED, shown_cells, uncompared
from daytona_validate._courses.changing_cells import changing
from daytona_validate._courses.notebook import read_notebook, stored_output
from daytona_validate._courses.page_snippets import snippets_of_page
from daytona_validate._courses.unread_fences import UnreadFence
from for_each import for_each
from growth import assert_linear


@for_each(
    ("cells", "each"),
    [
        (["a = random.random()", "a", "b = a", "b"], [True] * 4),
        (["a = random.random()", "a = 1", "a"], [True, False, False]),
        (["a = random.random()", "a = 1\nprint(a)"], [True, False]),
        (["a = random.random()", "a += 1", "a"], [True] * 3),
        (["a = random.random()", "if x:\n    a = 1", "a"], [True, False, True]),
        (["a = random.random()", "b = [\n    a,\n]", "b", "ab"], [True, True, True, False]),
        (["a, b = rng.random(), 1", "b == 1"], [True, True]),
        (["r = default_rng()", "r.integers(9)"], [True, True]),
        (["np.empty(3)", "empty(3)", "df.empty"], [True, False, False]),
        (["u, s, v = np.linalg.svd(m)", "v", "svd(m)"], [True, True, False]),
        (
            ["np.save('d/a', np.random.rand(3))", "open('d/a.npy').read()", "open('c.npy')"],
            [True, True, False],
        ),
        (["print('a.csv', time())", "open('a.csv')"], [True, False]),
        (["x == 1", "1"], [False, False]),
        (["def choice(a): return a[0]", "choice([1])", "rng.choice(a)"], [False, False, True]),
        (["def choice(a): return random.choice(a)", "choice([1])"], [True, True]),
        (
            ["def id(a): return 1", "def id(a): return time()", "id = other", "id(1)"],
            [False, True, False, True],
        ),
        (["def noisy(): return random()", "noisy()", "noise()"], [True, True, False]),
        (["def id(a): return 1\nid(2)", "id (3)", "hash(3)"], [False, False, True]),
        (["def id(a): return 1", "def id(a): return time()", "id(3)"], [False, True, True]),
    ],
)
def test_what_goes_on_with_a_changing_value_changes(cells: list[str], each: list[bool]) -> None:
    assert list(changing(cells)) == each


@pytest.mark.parametrize("piece", ["a, ", "a = ", "'a", "rand", "a.", " ", "\n", "save("])
def test_hostile_cells_cost_their_length(piece: str) -> None:
    assert_linear(lambda text: list(changing([text, text])), piece)
    assert_linear(lambda text: shown([(text, [VALUE])]), piece)
    assert_linear(lambda text: shown([(f"except {text}", [VALUE])]), piece)


VALUE: dict[str, object] = {"output_type": "execute_result", "data": {"text/plain": "3"}}
PRINTED: dict[str, object] = {"output_type": "stream", "text": "2\n"}
PICTURE: dict[str, object] = {
    "output_type": "display_data",
    "data": {"image/png": "", "text/plain": "<Figure>"},
}


def test_many_names_that_change_cost_their_number() -> None:
    def judge(text: str) -> None:
        made = "\n".join(f"v{number} = time()" for number in range(len(text)))
        assert list(changing([made, f"{text}q"])) == [True, False]

    assert_linear(judge, "\n")


def shown(
    cells: list[tuple[str, list[dict[str, object]]]], kernel: str = "python"
) -> list[ShownCell | None]:
    each = [{"cell_type": "code", "source": code, "outputs": outputs} for code, outputs in cells]
    notebook = {"cells": each, "metadata": {"kernelspec": {"name": kernel, "language": kernel}}}
    languages = {"python": "python", "javascript": "javascript"}
    page = read_notebook(json.dumps(notebook), path="a.ipynb", language_of=languages.get)
    return shown_cells(page.blocks, page.front_matter)


def test_values_are_asked_for_and_told_from_what_was_printed() -> None:
    both = ShownCell(text="2\n3\n", value="3", shows_values=True)
    assert shown([("f()", [PRINTED, VALUE])]) == [both]
    assert shown([("f()", [PRINTED])]) == [ShownCell(text="2\n", shows_values=True)]
    assert shown([("f()", []), ("rand()", [VALUE])]) == [None, None]


def test_of_pictures_and_tables_nothing_is_compared() -> None:
    beside = ShownCell(text="2\n3\n", printed="2\n", shows_values=True)
    assert shown([("f()", [PRINTED, PICTURE, VALUE])]) == [beside]
    assert shown([("%time f()", [PRINTED, PICTURE])]) == [
        ShownCell(text="2\n", printed="", shows_values=True)
    ]
    assert shown([("f()", [PICTURE])]) == [ShownCell(text="", printed="", shows_values=True)]
    none = ShownCell(text="None\n", printed="None\n", shows_values=True)
    assert shown([("print(f())", [PRINTED | {"text": "None\n"}, PICTURE])]) == [none]


@pytest.mark.parametrize(
    ("other", "kernel"),
    [
        ("%precision 2", "python"),
        ("I.ast_node_interactivity = 1", "python"),
        ("1", "javascript"),
    ],
)
def test_where_values_are_shown_in_another_way_they_are_not_asked_for(
    other: str, kernel: str
) -> None:
    assert shown([("f()", [VALUE]), (other, [])], kernel) == [ShownCell(text="3\n"), None]


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        ("try:\n    f()\nexcept ValueError as e:\n    print('no:', e)\n    print(e)", 2),
        ("try:\n    f()\nexcept (np.AError, KeyError) as e:\n    print(e)", 1),
        ("try:\n    f()\nexcept (KeyError, Exception) as e:\n    print(e)", 0),
        ("try:\n    f()\nexcept BaseException as e:\n    print(e)", 0),
        ("try:\n    f()\nexcept ValueError as e:\n    print(x)", 0),
        ("try:\n    f()\nexcept:\n    print(e)", 0),
    ],
)
def test_messages_count_where_an_error_was_caught_by_its_class(code: str, messages: int) -> None:
    (found,) = shown([(code, [PRINTED])])
    assert found == ShownCell(text="2\n", messages=messages, shows_values=True)


def test_what_a_cell_displays_is_no_value_of_it() -> None:
    displayed = stored_output([VALUE | {"output_type": "display_data"}])
    assert displayed == StoredOutput(text="3\n")


def test_cells_of_which_something_is_not_compared_are_counted() -> None:
    cells = [{"cell_type": "code", "source": "x", "outputs": [each]} for each in (PICTURE, VALUE)]
    page = read_notebook(json.dumps({"cells": cells}), path="a", language_of=lambda _: "python")
    courses = snippets_of_page(page, outputs=["notebook"])
    counted = [UnreadFence(1, 1, "", why=Why.RICH, cell=0)]
    assert list(uncompared(page.blocks, courses)) == counted
    assert list(uncompared(page.blocks, [None, None])) == []


@pytest.mark.parametrize("more", ["png", "html", "latex"])
def test_format_3_has_pictures_and_tables_too(more: str) -> None:
    output = {"output_type": "pyout", "text": "x", more: "y"}
    assert stored_output([output]) == StoredOutput(text="", rich=1)
    assert stored_output([{"output_type": "pyout", "text": "x"}]) == StoredOutput(
        text="x\n", value="x"
    )


@pytest.mark.parametrize(
    ("metadata", "is_old"),
    [
        ({"kernelspec.name": "python2"}, True),
        ({"kernelspec.name": "python3"}, False),
        ({"language_info.name": "python", "language_info.version": "2.7.18"}, True),
        ({"language_info.name": "python", "language_info.version": "3.6.1"}, True),
        ({"language_info.name": "python", "language_info.version": "3.12"}, False),
        ({"language_info.name": "julia", "language_info.version": "1.9"}, False),
    ],
)
def test_outputs_of_an_old_python_are_counted_and_not_compared(
    metadata: dict[str, str], is_old: bool
) -> None:
    cells: list[dict[str, object]] = [{"cell_type": "code", "source": "x", "outputs": [PRINTED]}]
    cells.append({"cell_type": "code", "source": "y"})
    page = read_notebook(json.dumps({"cells": cells}), path="a", language_of=lambda _: "python")
    (first, second) = shown_cells(page.blocks, metadata)
    assert (first == UNCOMPARED, second) == (is_old, None)
