"""What a program has written is told, in whatever way it leaves.

`leaving/<language>.toml` has for each language the ways in which a program can end: each writes
300 KB, more than a pipe holds, to both streams before.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from daytona_validate import Fault, Limits, Outcome, Snippet
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate.testing import ran

from .at_once import Kept, Told, chosen, results_of
from .conftest import NewCase

PREPARING_S = 600
"""The first use of a toolchain prepares it."""
pytestmark = pytest.mark.timeout(PREPARING_S)

AMPLE = Limits(timeout_s=20.0, kept_output_bytes=1_000_000)
ALWAYS = {
    *("falls_off_the_end", "exit", "process_exit", "exit_of_a_goroutine", "hard_exit_of_a_thread"),
    *("uncaught_error", "unflushed", "panic", "unhandled_rejection", "kills_itself"),
    *("exit_of_an_es_module", "hard_exit_of_a_child", "exit_of_a_forked_child"),
}
"""Ways of which each language has some; the others are left to the thorough tests, but SQL's."""
OF_COMPILED_ONES = {"panic", "exit_of_a_goroutine", "exit_of_an_es_module"}
"""Go's and TypeScript's: to compile a program costs more than to run one."""
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


def _told(way: Way) -> Told:
    said = ran(WRITTEN, WRITTEN, exit_code=way.exit_code)
    return Told(Snippet(code=way.program, language=way.language, limits=AMPLE), said, said)


def _params() -> list[ParameterSet]:
    found = []
    for name, way in WAYS.items():
        always = OF_COMPILED_ONES if way.language in {"go", "typescript"} else ALWAYS
        is_quick = way.language == "sql" or name.partition("-")[2] in always
        marks = [] if is_quick else [pytest.mark.thorough]
        found.append(pytest.param(name, way, id=name, marks=marks))
    return found


@pytest.mark.parametrize(("name", "program"), _params())
async def test_what_was_written_before_is_whole(
    request: pytest.FixtureRequest, new_case: NewCase, kept: Kept, name: str, program: Way
) -> None:
    at = request.node.callspec.params["new_case"], program.language
    if at not in kept:
        ways = chosen(request, WAYS, parameter="name").items()
        told = {key: _told(way) for key, way in ways if way.language == program.language}
        kept[at] = await results_of(new_case, told)
    result = kept[at][name]
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
