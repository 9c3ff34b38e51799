"""The record that CONTRIBUTING.md shows is one, and works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from daytona_validate import Outcome, Validator
from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.table import LANGUAGES
from documented import ROOT, fences

PAGE = ROOT / "CONTRIBUTING.md"


@pytest.fixture
def shown() -> Language:
    (code,) = [each.code for each in fences(PAGE) if each.language == "python"]
    names: dict[str, object] = {}
    exec(code, names)
    (language,) = [each for each in names.values() if isinstance(each, Language)]
    return language


def test_the_language_shown_is_not_shipped(shown: Language) -> None:
    assert shown.name not in LANGUAGES


def test_the_files_that_are_named_are_there() -> None:
    named = re.findall(r"`((?:_core|_providers|tests|examples)/[^`<>]+)`", PAGE.read_text())
    places = [
        ROOT if each.startswith(("tests", "examples")) else ROOT / "src/daytona_validate"
        for each in named
    ]
    assert len(named) > 5
    assert [each for each, at in zip(named, places, strict=True) if not (at / each).exists()] == []


@pytest.mark.jail
@pytest.mark.slow
async def test_the_language_shown_runs(
    shown: Language, jail_cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LANGUAGES, shown.name, shown)
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(jail_cache_dir))
    async with Validator(provider="local") as validator:
        good = await validator.validate("echo $((6 * 7))", "bash")
        bad = await validator.validate("if true; then", "sh")
    assert (good.outcome, good.output) == (Outcome.PASSED, "42\n")
    assert (bad.outcome, bad.stage) == (Outcome.COMPILE_ERROR, "compile")
