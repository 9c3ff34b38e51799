"""Which unknown names are taken for misspelt ones."""

from __future__ import annotations

import pytest

from daytona_validate._core.fragments.misspelt_types import has_misspelt_type
from daytona_validate._core.fragments.near_main import nearly_main
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


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("func mian() {}", "go", "mian"),
        ("func main() {}", "go", None),
        ("void Main(String[] a)", "java", "Main"),
    ],
)
def test_only_another_name_is_nearly_that_of_main(
    code: str, language: str, name: str | None
) -> None:
    assert nearly_main(code, language) == name


def test_a_name_of_two_letters_is_no_misspelt_type() -> None:
    assert has_misspelt_type("def pack(a: itn): ...", "python")
    assert not has_misspelt_type("def pack(a: nt): ...", "python")
