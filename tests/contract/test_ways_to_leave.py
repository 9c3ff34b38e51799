"""What a program has written is told, in whatever way it leaves.

`leaving/<language>.toml` has for each language the ways in which a program can end: each writes
300 KB, more than a pipe holds, to both streams before.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import Fault, Limits, Outcome, Snippet, Validator
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate.testing import ran

PREPARING_S = 600
"""The first use of a toolchain prepares it."""
pytestmark = pytest.mark.timeout(PREPARING_S)

AMPLE = Limits(timeout_s=20.0, kept_output_bytes=1_000_000)
WRITTEN = "x" * 300_000 + "\nEND\n"


@dataclass(frozen=True, slots=True)
class Way:
    """How one program ends."""

    language: str
    program: str
    exit_code: int
    has_more_output: bool
    """Whether something beside the program prints to its stdout too."""


def _ways() -> dict[str, Way]:
    found: dict[str, Way] = {}
    for language in LANGUAGES:
        path = Path(__file__).with_name("leaving") / f"{language}.toml"
        table = tomllib.loads(path.read_text()) if path.is_file() else {}
        for name, way in table.get("ways", {}).items():
            program = table["template"].replace("WAY", way["code"])
            found[f"{language}-{name}"] = Way(
                language, program, way.get("exit_code", 0), way.get("has_more_output", False)
            )
    return found


WAYS = _ways()


def test_every_language_has_ways_to_leave() -> None:
    assert {way.language for way in WAYS.values()} == set(LANGUAGES)


@pytest.mark.parametrize("program", WAYS.values(), ids=WAYS)
async def test_what_was_written_before_is_whole(case: Any, program: Way) -> None:
    told = ran(WRITTEN, WRITTEN, exit_code=program.exit_code)
    case.script(program.program, run=told, check=told)
    snippet = Snippet(code=program.program, language=program.language, limits=AMPLE)
    async with Validator(provider=case.provider) as validator:
        result = await validator.validate(snippet)
    if result.outcome is Outcome.UNAVAILABLE and result.fault is Fault.ENVIRONMENT:
        pytest.skip(result.details)
    assert result.exit_code == program.exit_code, f"{result.details}\n{result.error!s:.2000}"
    assert _lengths(result.output) >= _lengths(WRITTEN)
    assert _lengths(result.error or "") >= _lengths(WRITTEN)
    assert program.has_more_output or result.output == WRITTEN
    assert WRITTEN.strip("x") in (result.error or "")


def _lengths(text: str) -> tuple[int, int]:
    """Return what tells whole output from cut, without 300 KB in a failure's message."""
    return text.count("x"), text.count("\nEND")
