from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.version_drift import drift_line, is_drifted, reference_version
from for_each import for_each

PYTHON = LANGUAGES["python"]


@for_each(
    ("image", "version", "drifted"),
    [
        ("python:3.11", "3.11.7", False),
        ("python:3.11", "3.11", False),
        ("python:3.11", "3.12.1", True),
        ("python:3.11", "3.1.1", True),
        ("node:18", "18.20.8", False),
        ("node:18", "24.19.0", True),
        ("node:18", "180.0.0", True),
        ("node:18", "v18.0.0", False),
        ("node:18", "7.0.2 with node 24.19.0", True),
        ("node:18", "7.0.2 with node 24.19.0 (as 18.1)", True),
        ("node:18", "7.0.2 with node 18.20.8", False),
        ("node:7", "7.0.2 with node 18.20.8", True),
        ("java:17", "17", False),
        ("java:17", "17.0.15+6-Debian-1deb12u1", False),
        ("java:17", "21-ea+3", True),
        ("golang:1.21", "1.21.13", False),
        ("golang:1.21", "go1.22rc1", True),
        ("postgres:15", "15.13 (Debian 15.13-1)", False),
        ("postgres:15", "16beta1", True),
        ("registry.example:5000/postgres:15", "15.1", False),
    ],
)
def test_the_tag_says_how_much_of_a_version_counts(image: str, version: str, drifted: bool) -> None:
    assert is_drifted(replace(PYTHON, image=image), version) is drifted


@pytest.mark.parametrize(
    ("image", "version"),
    [("node:latest", "24.1.0"), ("node", "24.1.0"), ("node:18", "unknown"), ("node:18", "")],
)
def test_what_cannot_be_compared_is_no_drift(image: str, version: str) -> None:
    assert is_drifted(replace(PYTHON, image=image), version) is False


def test_a_version_less_precise_than_the_tag_is_compared_as_far_as_it_goes() -> None:
    assert is_drifted(PYTHON, "3") is False
    assert is_drifted(PYTHON, "2") is True


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_image_names_a_version(language: Language) -> None:
    assert reference_version(language)[:1].isdigit()


def test_what_stands_behind_a_version_does_not_hide_it() -> None:
    assert drift_line({"sql": "postgres 16.1 (Debian 16.1-1)"}) == (
        "warning: other versions than the reference ran: "
        "sql in postgres 16.1 (Debian 16.1-1) instead of postgres:15"
    )


def test_one_line_names_every_language_that_drifted_in_the_order_of_the_table() -> None:
    assert drift_line({"javascript": "node 24.19.0", "python": "python 3.14.0"}) == (
        "warning: other versions than the reference ran: "
        "python in python 3.14.0 instead of python:3.11, "
        "javascript in node 24.19.0 instead of node:18"
    )


@pytest.mark.parametrize(
    "runtimes",
    [
        {},
        {"python": "python 3.11.2", "javascript": "node 18.0.0"},
        {"python": "fake 1.0"},
        {"cobol": "cobol 85"},
        {"python": ""},
        {"python": "python"},
    ],
)
def test_no_drift_is_no_line(runtimes: dict[str, str]) -> None:
    assert drift_line(runtimes) is None


def test_a_language_that_is_as_meant_is_not_named() -> None:
    line = drift_line({"python": "python 3.11.7", "javascript": "node 24.19.0"})
    assert line is not None
    assert "python" not in line
