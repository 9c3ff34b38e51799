"""What a program leaves in its own sandbox is not there for the next, in any language.

Each program of `leftovers/` plants what its language would find again by itself, and looks for it.
In one and the same run it finds all of it; what snippets that share a sandbox of Daytona's leave
one another is tried in `next_use/`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate import CodeValidationResult, Fault, Outcome, Snippet, Validator
from daytona_validate._core.languages.table import LANGUAGES
from denial_programs import ENDINGS
from plain_settings import plain_settings

PROGRAMS = {
    ENDINGS[file.suffix]: file.read_text()
    for file in sorted(Path(__file__).with_name("leftovers").iterdir())
    if file.suffix in ENDINGS
}
FOUND = {"python": 15, "javascript": 14, "typescript": 9, "java": 13, "go": 10, "sql": 12}
"""How much of what was planted a program finds in its own run, at least."""
pytestmark = [pytest.mark.jail, pytest.mark.slow]


def test_every_language_has_a_program() -> None:
    assert set(PROGRAMS) == set(LANGUAGES) == set(FOUND)


@pytest.mark.timeout(600)  # the first use of a toolchain prepares it
@pytest.mark.parametrize(
    "language",
    [
        each if each in ("python", "javascript") else pytest.param(each, marks=pytest.mark.thorough)
        for each in LANGUAGES
    ],
)
async def test_nothing_is_left_for_the_next_run(language: str, jail_cache_dir: Path) -> None:
    def asked(*what: str) -> Snippet:
        args = tuple(f"{each}=1" for each in what) if language == "sql" else what
        return Snippet(code=PROGRAMS[language], language=language, args=args)

    settings = plain_settings(cache_dir=jail_cache_dir, cache="off")
    async with Validator(settings, provider="local") as validator:
        planted = await validator.validate(asked("plant"))
        if planted.fault is Fault.ENVIRONMENT:
            pytest.skip(planted.details)  # a JDK is on no package index
        left = await validator.validate(asked("look"))
        both = await validator.validate(asked("plant", "look"))
    assert [_said(planted), _said(left)] == [["planted"], []]
    first, *found = _said(both)
    assert first == "planted"
    assert len(set(found)) >= FOUND[language], found


def _said(result: CodeValidationResult) -> list[str]:
    assert result.outcome is Outcome.PASSED, (result.details, result.error)
    return result.output.split("\n")[:-1]
