"""Which unknown names are taken for misspelt ones."""

from __future__ import annotations

import pytest

from daytona_validate._core.fragments.near_names import is_misspelt


@pytest.mark.parametrize(
    "name",
    ["tota", "totl", "otal", "totall", "ttotal", "totsl", "toatl", "toTal", "total_x", "xtotal"],
)
def test_one_slip(name: str) -> None:
    assert is_misspelt(name, ["other", "total"])


@pytest.mark.parametrize(
    "name",
    ["total", "total2", "sum", "to", "totalled", "latot", "tXtYl", "frenchTotal", "Total", "TOTAL"],
)
def test_another_name(name: str) -> None:
    assert not is_misspelt(name, ["total"])
    assert not is_misspelt(name, [])


@pytest.mark.parametrize(
    ("name", "known", "is_slip"),
    [
        ("rows", "row", False),
        ("boxes", "box", False),
        ("row", "rows", True),
        ("ad", "add", True),
        ("wgqz", "wg", True),
        ("req", "res", False),
        ("cound", "count", True),
        ("err", "error", False),
        ("errorqz", "error", True),
        ("ab", "ac", False),
        ("b", "ab", False),
    ],
)
def test_short_names_and_plurals(name: str, known: str, is_slip: bool) -> None:
    assert is_misspelt(name, [known]) is is_slip


def test_numbers_tell_names_apart() -> None:
    assert not is_misspelt("list2", ["list1", "list"])
