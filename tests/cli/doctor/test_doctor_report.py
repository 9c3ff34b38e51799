from __future__ import annotations

import json
from dataclasses import replace

import pytest

from daytona_validate._cli.doctor.cases import CASES, CaseReport, CaseState, FirstCase
from daytona_validate._cli.doctor.report import DoctorReport
from daytona_validate._client import Validator
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import CodeValidationResult
from daytona_validate._models.readiness import Finding
from daytona_validate.testing import Answer, FakeProvider, ran

CASE = CASES[0]


async def _result(answer: Answer, case: FirstCase = CASE) -> CodeValidationResult:
    async with Validator(provider=FakeProvider(answer)) as validator:
        return await validator.validate(case.snippet())


@pytest.mark.parametrize(
    ("answer", "state", "details"),
    [
        (ran("Squared numbers: [1, 4, 9, 16, 25]\n"), CaseState.PASS, "Code executed"),
        (ran("Squared numbers: [1]\n"), CaseState.FAIL, "printed 'Squared numbers: [1]'"),
        (ran(stderr="NameError: x\n", exit_code=1), CaseState.FAIL, "got runtime_error"),
        (SandboxUnavailable("none today"), CaseState.UNAVAILABLE, "none today"),
    ],
)
async def test_case_passes_only_with_the_right_verdict_and_output(
    answer: Answer, state: CaseState, details: str
) -> None:
    report = CASE.judge(await _result(answer))
    assert report.state is state
    assert details in report.details


async def test_fallback_case_passes_with_the_fallback_and_with_no_other_reason() -> None:
    case = next(case for case in CASES if not case.has_provider)
    fallback = await _result(SandboxUnavailable("API key not configured"), case)
    assert case.judge(fallback).state is CaseState.PASS
    assert case.judge(replace(fallback, details="x")).state is CaseState.UNAVAILABLE
    assert case.judge(await _result(ran("x"), case)).state is CaseState.FAIL


def test_there_are_the_six_cases_of_old() -> None:
    assert len(CASES) == 6
    assert [case.packages for case in CASES if case.packages] == [("numpy",)]


def _report(*states: CaseState) -> DoctorReport:
    return DoctorReport(
        version="1.2.3",
        settings=(Finding("key", False, "DAYTONA_API_KEY is not set"),),
        local=(Finding("isolation", False, "user namespaces\nare forbidden"),),
        cases=tuple(CaseReport(f"case {n}", state, "why") for n, state in enumerate(states)),
    )


PASS, FAIL, NOT_HERE = CaseState.PASS, CaseState.FAIL, CaseState.UNAVAILABLE


@pytest.mark.parametrize(
    ("states", "exit_code"),
    [([PASS, PASS], 0), ([PASS, NOT_HERE], 3), ([NOT_HERE, FAIL, PASS], 1)],
)
def test_exit_code_tells_wrong_from_unavailable(states: list[CaseState], exit_code: int) -> None:
    assert _report(*states).exit_code == exit_code


def test_text_has_the_total_and_says_why_a_case_did_not_pass() -> None:
    text = _report(PASS, NOT_HERE).to_text()
    assert text.splitlines()[-1] == "Total: 1/2"
    assert "  PASS         case 0\n  unavailable  case 1\n               why\n" in text
    assert "  isolation  NO user namespaces are forbidden\n" in text


def test_json_has_all_of_it() -> None:
    value = json.loads(_report(PASS, FAIL).to_json())
    assert (value["passed"], value["total"], value["schema_version"]) == (1, 2, 1)
    assert value["cases"][1] == {"title": "case 1", "state": "FAIL", "details": "why"}
    assert value["local"][0]["is_good"] is False
