"""The HTML report in a real browser, with code and output that mean harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chromium import MARKS, PLAYWRIGHT, seen_by

from .hostile_page import hostile_rows, page_of

LOOK = Path(__file__).with_name("look.mjs")
PACKAGES = (PLAYWRIGHT, "axe-core@4")
pytestmark = [pytest.mark.thorough, *MARKS]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is found in the page: in both themes and widths, by keyboard, without script."""
    folder = tmp_path_factory.mktemp("browser")
    page = folder / "report.html"
    page.write_text(page_of(hostile_rows(), is_whole=False), encoding="utf-8")
    result: dict[str, Any] = seen_by(LOOK, str(page), folder=folder, packages=PACKAGES)
    return result


@pytest.mark.parametrize("look", ["light 360", "light 1280", "dark 360", "dark 1280"])
def test_nothing_of_it_runs_or_overflows_and_axe_finds_nothing(
    found: dict[str, Any], look: str
) -> None:
    seen = found["looks"][look]
    assert seen["said"] == []  # no dialog, no request, no error, nothing that the policy stopped
    assert seen["owned"] == "undefined"
    assert seen["title"] == "9 of 26 snippets passed - daytona-validate"
    assert seen["overflow"] == 0
    assert seen["axe"] == []
    dark, light = "rgb(20, 23, 28)", "rgb(255, 255, 255)"
    shown = (seen["background"], seen["toggled"])
    assert shown == ((dark, light) if look.startswith("dark") else (light, dark))


def test_its_filter_and_its_results_are_used_by_keyboard(found: dict[str, Any]) -> None:
    assert found["keyboard"] == {
        "first": "skip",
        "skipped_to": "#results",
        "filter": "outcome",
        "chosen": "timeout",
        "shown": "1 of 26 results shown",
        "visible": ["timeout"],
        "button": "all",
        "shown_again": "26 of 26 results shown",
        "opens": True,
        "link_shows": True,
        "said": [],
    }


def test_it_can_be_read_without_script(found: dict[str, Any]) -> None:
    assert found["without_script"] == {
        "filters": False,
        "theme": False,
        "results": True,
        "code": True,
    }
