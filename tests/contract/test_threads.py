"""Lessons have a hundred threads; who has more than he may is told so, whatever ended him."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from daytona_validate import CodeValidationResult, Fault, Limits, Outcome, Snippet, Validator
from daytona_validate.testing import Limit, ran

from .at_once import Kept, Told, chosen, results_of
from .conftest import Case, NewCase

TABLE = tomllib.loads(Path(__file__).with_name("threads.toml").read_text())
LANGUAGES = sorted(TABLE)
LESSON = 100
FEW = Limits(timeout_s=2.0, processes=24)
CAUGHT = """
import threading
going_on = threading.Event()
try:
    while True:
        threading.Thread(target=going_on.wait).start()
except RuntimeError:
    going_on.set()
print("done")
"""

pytestmark = pytest.mark.timeout(600)


async def _result(
    request: pytest.FixtureRequest, new_case: NewCase, kept: Kept, language: str, limits: Limits
) -> CodeValidationResult:
    """Return what a language's program came to; those of all chosen languages run at once."""
    at = request.node.callspec.params["new_case"], f"{limits.processes}"
    if at not in kept:
        is_few = limits is FEW
        told = ran(limit=Limit.PROCESSES) if is_few else ran("done\n")
        kept[at] = await results_of(
            new_case,
            {
                name: Told(
                    Snippet(code=_code(name, is_few=is_few), language=name, limits=limits),
                    told,
                    ran(),
                )
                for name in chosen(request, TABLE, parameter="program")
            },
        )
    found: CodeValidationResult = kept[at][language]
    if found.outcome is Outcome.UNAVAILABLE and found.fault is Fault.ENVIRONMENT:
        pytest.skip(found.details)
    return found


def _code(language: str, *, is_few: bool) -> str:
    count = LESSON if is_few else TABLE[language].get("few", LESSON)
    code: str = TABLE[language]["code"].replace("COUNT", str(count))
    return code


@pytest.mark.parametrize("program", LANGUAGES)
async def test_a_hundred_threads_are_within_the_default_limits(
    request: pytest.FixtureRequest, new_case: NewCase, kept: Kept, program: str
) -> None:
    """Of JavaScript's, which are each a runtime of its own, a dozen."""
    result = await _result(request, new_case, kept, program, Limits())
    assert (result.outcome, result.output) == (Outcome.PASSED, "done\n"), result.error


@pytest.mark.parametrize("program", LANGUAGES)
async def test_who_waits_for_a_refused_thread_met_the_process_limit(
    request: pytest.FixtureRequest, new_case: NewCase, kept: Kept, program: str
) -> None:
    result = await _result(request, new_case, kept, program, FEW)
    assert result.outcome is Outcome.PROCESS_LIMIT, f"{result.details}\n{result.error}"
    assert "process limit of 24 exceeded" in result.details


async def test_a_program_that_goes_on_without_a_refused_thread_passes(case: Case) -> None:
    program = Snippet(code=CAUGHT, language="python", limits=FEW)
    case.script(CAUGHT, run=ran("done\n"), check=ran())
    async with Validator(provider=case.provider) as validator:
        result = await validator.validate(program)
    assert (result.outcome, result.output) == (Outcome.PASSED, "done\n"), result.error
