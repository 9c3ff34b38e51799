"""A long output is compared whole by every provider, where something long is expected."""

from __future__ import annotations

import pytest

from daytona_validate import CodeValidationResult, Fault, Outcome, Snippet, Stage
from daytona_validate.testing import ran

from .at_once import Told, results_of
from .conftest import NewCase

pytestmark = pytest.mark.timeout(600)  # the first use of a toolchain prepares it

EXPECTED = "".join(f"line {number}\n" for number in range(36_000))
"""429 KB; 256 KiB are kept of what nothing is expected of."""
WRONG = EXPECTED.replace("line 12925\n", "line x\n")


def told(code: str, printed: str) -> Told:
    snippet = Snippet(code=code, language="python", expected_output=EXPECTED)
    return Told(snippet, run=ran(printed), check=ran(stage=Stage.CHECK))


PROGRAMS = {
    "right": told("for n in range(36_000): print('line', n)", EXPECTED),
    "wrong": told("for n in range(36_000): print('line', 'x' if n == 12925 else n)", WRONG),
}


async def test_a_long_output_is_compared_whole(new_case: NewCase) -> None:
    results = await results_of(new_case, PROGRAMS)
    right, wrong = results["right"], results["wrong"]
    assert verdict(right) == (Outcome.PASSED, Fault.NONE, Stage.RUN), right.details
    assert verdict(wrong) == (Outcome.WRONG_OUTPUT, Fault.SNIPPET, Stage.CHECK), wrong.details
    assert wrong.details.endswith("line 12926 of the output is 'line x', expected 'line 12925'")
    assert (right.output, wrong.output) == (EXPECTED, WRONG)


def verdict(result: CodeValidationResult) -> tuple[Outcome, Fault, Stage]:
    return result.outcome, result.fault, result.stage
