"""A page that was rewritten is read again: it has the blocks that it had, and no other."""

from __future__ import annotations

import pytest

from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.output_updates import LineEdit, updated
from daytona_validate._courses.same_blocks import has_same_blocks

FENCES = "```python\nprint(1)\n```\n\n```output\n2\n```\n\n## Next\n\n```python\nlast\n```\n"


def is_same(page: str, edit: LineEdit, *, path: str = "a.md") -> bool:
    content, made = updated(page.encode(), [edit])
    assert made
    return has_same_blocks(page.encode(), content, made, path=path, options=CollectOptions())


@pytest.mark.parametrize("new", [("1",), ("a", "", "b"), ("# evil", "~~~")])
def test_blocks_that_only_move_are_the_same(new: tuple[str, ...]) -> None:
    assert is_same(FENCES, LineEdit(6, ("2",), new))
    assert is_same(FENCES.partition("```\n\n##")[0], LineEdit(6, ("2",), new)), "never closed"


@pytest.mark.parametrize(
    "new",
    [
        ("```", "# evil"),
        ("```", "", "```python", "evil()"),
        ("```", "~~~"),
        ("a\0",),
    ],
)
def test_an_output_that_ends_its_block_makes_others(new: tuple[str, ...]) -> None:
    assert not is_same(FENCES, LineEdit(6, ("2",), new))


def test_what_marks_a_block_is_no_output() -> None:
    page = "```python\nx()  # 2\nprint(1)\n```\n"
    assert is_same(page, LineEdit(2, ("x()  # 2",), ("x()  # 1",)))
    assert not is_same(page, LineEdit(2, ("x()  # 2",), ("# evil.py",)))


def test_a_line_that_is_no_blocks_may_change_none() -> None:
    page = "```python\na\n```\n\nText\n"
    assert not is_same(page, LineEdit(5, ("Text",), ("```python", "evil()", "```")))


def test_what_is_no_page_has_no_blocks() -> None:
    assert not is_same("a", LineEdit(1, ("a",), ("b",)), path="a.unknown")
