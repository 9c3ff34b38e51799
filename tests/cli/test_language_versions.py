"""`languages` and `doctor` show the version here beside the reference's and Daytona's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._cli.doctor.doctor_run import beside_reference
from daytona_validate._cli.this_host import ToolchainState
from daytona_validate._core.languages.table import LANGUAGES

Invoke = Callable[..., Result]


def _usable(text: str) -> ToolchainState:
    return ToolchainState("python", is_usable=True, text=text)


def test_doctor_shows_a_version_beside_the_two_it_is_to_be() -> None:
    shown = beside_reference(_usable("3.11.7"))
    assert shown == "3.11.7 (reference python:3.11; Daytona python:3.11)"


def test_doctor_says_that_a_version_differs() -> None:
    assert "(reference python:3.11, which differs;" in beside_reference(_usable("3.14.0"))


def test_doctor_shows_the_name_under_which_daytona_pulls_an_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pulled = replace(LANGUAGES["python"], pulled_as="mirror/python:3.11")
    monkeypatch.setitem(LANGUAGES, "python", pulled)
    assert beside_reference(_usable("3.11.7")).endswith("Daytona mirror/python:3.11)")


def test_what_is_missing_has_no_version_to_compare() -> None:
    missing = ToolchainState("python", is_usable=False, text="Python is not here: install it")
    assert beside_reference(missing) == missing.text


@pytest.fixture
def only_an_old_python() -> Iterator[None]:
    """The table of languages with one record; afterwards as it was, in its order."""
    table = dict(LANGUAGES)
    old = replace(table["python"], image="python:2.7", pulled_as="mirror/python:2.7")
    LANGUAGES.clear()
    LANGUAGES["python"] = old
    yield
    LANGUAGES.clear()
    LANGUAGES.update(table)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.usefixtures("only_an_old_python")
def test_languages_marks_the_version_that_differs(
    invoke: Invoke, jail_cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(jail_cache_dir))
    head, row = invoke("languages").stdout.splitlines()
    assert head.split()[-3:] == ["REFERENCE", "DAYTONA", "HERE"]
    assert row.split()[-4:-2] == ["python:2.7", "mirror/python:2.7"]
    assert row.endswith(" *")
    [value] = json.loads(invoke("languages", "--output-format", "json").stdout)["languages"]
    assert value["daytona"] == {"image": "mirror/python:2.7"}
    assert value["local"]["is_reference"] is False
