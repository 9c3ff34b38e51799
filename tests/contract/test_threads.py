"""Lessons have a hundred threads; who has more than he may is told so, whatever ended him."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import CodeValidationResult, Fault, Limits, Outcome, Snippet, Validator
from daytona_validate.testing import Limit, ran

TABLE = tomllib.loads(Path(__file__).with_name("threads.toml").read_text())
LANGUAGES = sorted(TABLE)
LESSON = 100
FEW = Limits(timeout_s=4.0, processes=24)
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


async def _result(case: Any, snippet: Snippet) -> CodeValidationResult:
    async with Validator(provider=case.provider) as validator:
        result = await validator.validate(snippet)
    if result.outcome is Outcome.UNAVAILABLE and result.fault is Fault.ENVIRONMENT:
        pytest.skip(result.details)
    return result


@pytest.mark.parametrize("program", LANGUAGES)
async def test_a_hundred_threads_are_within_the_default_limits(case: Any, program: str) -> None:
    """Of JavaScript's, which are each a runtime of its own, a dozen."""
    count = TABLE[program].get("few", LESSON)
    code = TABLE[program]["code"].replace("COUNT", str(count))
    case.script(code, run=ran("done\n"), check=ran())
    result = await _result(case, Snippet(code=code, language=program))
    assert (result.outcome, result.output) == (Outcome.PASSED, "done\n"), result.error


@pytest.mark.parametrize("program", LANGUAGES)
async def test_who_waits_for_a_refused_thread_met_the_process_limit(
    case: Any, program: str
) -> None:
    code = TABLE[program]["code"].replace("COUNT", str(LESSON))
    case.script(code, run=ran(limit=Limit.PROCESSES), check=ran())
    result = await _result(case, Snippet(code=code, language=program, limits=FEW))
    assert result.outcome is Outcome.PROCESS_LIMIT, f"{result.details}\n{result.error}"
    assert "process limit of 24 exceeded" in result.details


async def test_a_program_that_goes_on_without_a_refused_thread_passes(case: Any) -> None:
    program = Snippet(code=CAUGHT, language="python", limits=FEW)
    case.script(CAUGHT, run=ran("done\n"), check=ran())
    result = await _result(case, program)
    assert (result.outcome, result.output) == (Outcome.PASSED, "done\n")
