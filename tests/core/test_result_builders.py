"""How results are made: from a verdict, from a refusal, from the want of a sandbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.intake import Refusal
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.results import (
    RunContext,
    execution_time_s,
    judged,
    refused,
    six_key_dict,
    total_usage,
    unavailable,
)
from daytona_validate._errors import SandboxLost, SandboxUnavailable, ToolchainMissing
from daytona_validate._models import (
    CodeValidationResult,
    Execution,
    Fault,
    Location,
    LostBytes,
    Outcome,
    Reason,
    Snippet,
    Stage,
    Step,
    Timings,
    Usage,
)

SNIPPET = Snippet(code="x", language="Py", skill="s", snippet_id="id", location=Location("a.md", 3))
CONTEXT = RunContext(
    snippet=SNIPPET,
    language="python",
    provider="p",
    index=7,
    sandbox_id="box",
    attempts=2,
    timings=Timings(queued_s=1.0),
)
EXECUTION = Execution(
    steps=(
        Step(stage=Stage.SETUP, exit_code=0, usage=Usage(wall_s=9.0)),
        Step(stage=Stage.COMPILE, exit_code=0, usage=Usage(wall_s=0.5)),
        Step(
            stage=Stage.RUN,
            exit_code=None,
            signal=11,
            lost_stdout_bytes=4,
            lost_stderr_bytes=5,
            usage=Usage(wall_s=0.25, cpu_s=0.1, peak_memory_bytes=100),
        ),
    ),
    runtime="Python 3.11.7",
)
WHY = "API key not configured"
VERDICT = Verdict(
    outcome=Outcome.RUNTIME_ERROR,
    fault=Fault.SNIPPET,
    stage=Stage.RUN,
    details="Code execution failed: killed by signal SEGV (11)",
    output="out",
    error="err",
)


def test_a_judged_result_says_everything_there_is_to_say() -> None:
    assert judged(VERDICT, EXECUTION, CONTEXT) == CodeValidationResult(
        skill="s",
        status="Failure",
        output="out",
        error="err",
        execution_time=0.75,
        details="Code execution failed: killed by signal SEGV (11)",
        outcome=Outcome.RUNTIME_ERROR,
        fault=Fault.SNIPPET,
        stage=Stage.RUN,
        language="python",
        provider="p",
        exit_code=None,
        signal=11,
        usage=Usage(wall_s=9.75, cpu_s=0.1, peak_memory_bytes=100, is_estimated=True),
        timings=Timings(queued_s=1.0),
        lost_bytes=LostBytes(4, 5),
        runtime="Python 3.11.7",
        sandbox_id="box",
        network="blocked",
        attempts=2,
        index=7,
        snippet_id="id",
        location=Location("a.md", 3),
    )


@pytest.mark.parametrize(
    ("error", "fault", "reason"),
    [
        (SandboxUnavailable(WHY), Fault.INFRASTRUCTURE, Reason.OTHER),
        (SandboxUnavailable(WHY, reason=Reason.NO_KEY), Fault.INFRASTRUCTURE, Reason.NO_KEY),
        (SandboxLost(WHY), Fault.INFRASTRUCTURE, Reason.SANDBOX_LOST),
        (ToolchainMissing(WHY), Fault.ENVIRONMENT, Reason.NO_TOOLCHAIN),
    ],
)
def test_without_a_sandbox_there_is_a_fallback(
    error: SandboxUnavailable, fault: Fault, reason: Reason
) -> None:
    result = unavailable(error, CONTEXT)
    assert result.reason is reason
    assert (result.outcome, result.fault, result.stage) == (
        Outcome.UNAVAILABLE,
        fault,
        Stage.SETUP,
    )
    assert six_key_dict(result) == {
        "skill": "s",
        "status": "Failure",
        "output": "",
        "error": None,
        "execution_time": 0.0,
        "details": "Code validation unavailable - API key not configured",
    }
    assert (result.index, result.snippet_id, result.location) == (7, "id", Location("a.md", 3))
    assert (result.sandbox_id, result.attempts, result.timings) == ("box", 2, Timings(queued_s=1.0))
    assert not result.is_verdict


def test_a_reason_of_many_lines_becomes_one() -> None:
    result = unavailable(SandboxUnavailable("a\n\x1b[31mb"), CONTEXT)
    assert result.details == "Code validation unavailable - a \\x1b[31mb"


@pytest.mark.parametrize(
    ("outcome", "language"),
    [(Outcome.INVALID_SNIPPET, "python"), (Outcome.UNSUPPORTED_LANGUAGE, "pyhton")],
)
def test_a_refused_snippet_is_its_authors_fault(outcome: Outcome, language: str) -> None:
    result = refused(Refusal(outcome, "why", language), replace(CONTEXT, language=language))
    assert (result.outcome, result.fault, result.details) == (outcome, Fault.SNIPPET, "why")
    assert (result.language, result.execution_time, result.error) == (language, 0.0, None)
    assert result.is_verdict


@pytest.mark.parametrize(
    ("outcome", "error", "expected"),
    [
        (Outcome.PASSED, "a warning", "a warning"),
        (Outcome.PASSED, None, None),
        (Outcome.RUNTIME_ERROR, "a traceback", "killed by signal SEGV (11)"),
        (Outcome.TIMEOUT, None, "killed by signal SEGV (11)"),
    ],
)
def test_in_six_keys_the_error_of_a_failure_is_its_cause(
    outcome: Outcome, error: str | None, expected: str | None
) -> None:
    verdict = replace(VERDICT, outcome=outcome, fault=Fault.SNIPPET, error=error)
    verdict = replace(verdict, fault=Fault.NONE) if outcome is Outcome.PASSED else verdict
    result = judged(verdict, EXECUTION, CONTEXT)
    found = six_key_dict(result)
    assert list(found) == ["skill", "status", "output", "error", "execution_time", "details"]
    assert found["error"] == expected


def test_in_six_keys_the_error_of_a_refusal_is_its_sentence() -> None:
    reason = Refusal(Outcome.INVALID_SNIPPET, "Invalid snippet: the code is empty", "python")
    result = refused(reason, CONTEXT)
    assert six_key_dict(result)["error"] == "the code is empty"


def test_in_six_keys_an_unknown_language_is_told_whole() -> None:
    reason = Refusal(Outcome.UNSUPPORTED_LANGUAGE, "Unknown language 'x'", "x")
    assert six_key_dict(refused(reason, CONTEXT))["error"] == reason.details


@pytest.mark.parametrize(
    ("usages", "expected"),
    [
        ([], Usage()),
        ([Usage(wall_s=1)], Usage(wall_s=1)),
        (
            [Usage(wall_s=1, cpu_s=1, peak_memory_bytes=5), Usage(wall_s=2, cpu_s=2)],
            Usage(wall_s=3, cpu_s=3, peak_memory_bytes=5, is_estimated=True),
        ),
        (
            [Usage(cpu_s=1, peak_memory_bytes=5), Usage(cpu_s=2, peak_memory_bytes=3)],
            Usage(cpu_s=3, peak_memory_bytes=5),
        ),
        ([Usage(cpu_s=1), Usage()], Usage(cpu_s=1, is_estimated=True)),
        ([Usage(peak_memory_bytes=1), Usage()], Usage(peak_memory_bytes=1, is_estimated=True)),
        ([Usage(is_estimated=True), Usage()], Usage(is_estimated=True)),
        ([Usage(waited_s=0.0)], Usage(waited_s=0.0)),
        ([Usage(waited_s=1.5), Usage(), Usage(waited_s=0.5)], Usage(waited_s=2.0)),
    ],
)
def test_usage_adds_up_and_its_peak_is_the_highest(usages: list[Usage], expected: Usage) -> None:
    assert total_usage(usages) == expected


def test_execution_time_is_that_of_compile_and_run() -> None:
    assert execution_time_s(EXECUTION) == 0.75
