"""The one place where results are made.

Three ways lead here: a program ran and was judged, a snippet was refused, or there was no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from daytona_validate._core.details import cancelled_details, cause, unavailable_details
from daytona_validate._core.field_types import repeatable
from daytona_validate._core.intake import Refusal
from daytona_validate._core.outcomes import Verdict, outcome_row
from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._models import (
    CodeValidationResult,
    Execution,
    Fault,
    LostBytes,
    Network,
    Outcome,
    Reason,
    Snippet,
    Stage,
    Timings,
    Usage,
)

_WITHOUT_CAUSE = frozenset({Outcome.PASSED, Outcome.UNAVAILABLE, Outcome.CANCELLED})
"""Nothing failed, or it is a fallback: `error` is left as it is."""
_NO_USAGE = Usage()
_NONE = LostBytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Context of a run: what is known before it is judged, and comes back in its result."""

    snippet: Snippet
    language: str
    """The language's name in the table; what the snippet calls it if it is unknown."""
    provider: str
    index: int = 0
    """Position of the snippet in its source, from 0."""
    sandbox_id: str | None = None
    sandbox_use: int | None = None
    """Which of its sandbox's snippets it was, from 1."""
    attempts: int = 0
    """Runs started for it."""
    retries: int = 0
    """What was repeated for it beside them."""
    timings: Timings = field(default_factory=Timings)


def judged(verdict: Verdict, execution: Execution, run: RunContext) -> CodeValidationResult:
    """Return the result of a program that ran."""
    last = execution.steps[-1]
    has_lost = last.lost_stdout_bytes or last.lost_stderr_bytes
    return _result(
        run,
        verdict,
        execution_time=execution_time_s(execution),
        exit_code=last.exit_code,
        signal=last.signal,
        usage=total_usage([step.usage for step in execution.steps]),
        lost_bytes=LostBytes(last.lost_stdout_bytes, last.lost_stderr_bytes) if has_lost else _NONE,
        runtime=execution.runtime,
        network=execution.network,
    )


def refused(refusal: Refusal, run: RunContext) -> CodeValidationResult:
    """Return the result of a snippet that cannot be run as given."""
    run = replace(run, snippet=repeatable(run.snippet))
    fault = outcome_row(refusal.outcome).fault
    return _result(run, _without_run(refusal.outcome, fault, refusal.details))


def unavailable(error: SandboxUnavailable, run: RunContext) -> CodeValidationResult:
    """Return the result of a snippet that no sandbox could be had for, or whose sandbox was lost.

    A missing toolchain is the fault of who set up the host; all else is the infrastructure's.
    """
    fault = Fault.ENVIRONMENT if isinstance(error, ToolchainMissing) else Fault.INFRASTRUCTURE
    details = unavailable_details(str(error))
    return _result(run, _without_run(Outcome.UNAVAILABLE, fault, details, reason=error.reason))


def cancelled(why: str, run: RunContext) -> CodeValidationResult:
    """Return the result of a snippet that was called off before there was a verdict."""
    run = replace(run, snippet=repeatable(run.snippet))
    return _result(run, _without_run(Outcome.CANCELLED, Fault.NONE, cancelled_details(why)))


def _without_run(
    outcome: Outcome, fault: Fault, details: str, *, reason: Reason | None = None
) -> Verdict:
    return Verdict(
        outcome=outcome,
        fault=fault,
        stage=Stage.SETUP,
        details=details,
        output="",
        error=None,
        reason=reason,
    )


def _result(
    run: RunContext,
    verdict: Verdict,
    *,
    execution_time: float = 0.0,
    exit_code: int | None = None,
    signal: int | None = None,
    usage: Usage = _NO_USAGE,
    lost_bytes: LostBytes = _NONE,
    runtime: str | None = None,
    network: Network | None = None,
) -> CodeValidationResult:
    """Return a result; in one go, as a copy with other fields takes as long as all the rest."""
    return CodeValidationResult(
        skill=run.snippet.skill,
        status=outcome_row(verdict.outcome, verdict.fault).status,
        output=verdict.output,
        error=verdict.error,
        execution_time=execution_time,
        details=verdict.details,
        outcome=verdict.outcome,
        fault=verdict.fault,
        stage=verdict.stage,
        language=run.language,
        provider=run.provider,
        reason=verdict.reason,
        exit_code=exit_code,
        signal=signal,
        usage=usage,
        timings=run.timings,
        lost_bytes=lost_bytes,
        runtime=runtime,
        sandbox_id=run.sandbox_id,
        sandbox_use=run.sandbox_use,
        network=network,
        attempts=run.attempts,
        retries=run.retries,
        caveat=verdict.caveat,
        index=run.index,
        snippet_id=run.snippet.snippet_id,
        location=run.snippet.location,
        error_line=verdict.error_line,
        missing=verdict.missing,
        earlier=verdict.earlier,
    )


def rejudged(
    result: CodeValidationResult,
    outcome: Outcome,
    details: str,
    *,
    fault: Fault | None = None,
    reason: Reason | None = None,
) -> CodeValidationResult:
    """Return a result with another outcome, and all that follows from that alone.

    Args:
        result: What ran, and all that was measured of it.
        outcome: What it is to be instead.
        details: Why, in one line.
        fault: Needed for `unavailable` alone; None: that of infrastructure.
        reason: Needed for `unavailable`, and None for all others.
    """
    row = outcome_row(outcome, fault)
    return replace(
        result,
        outcome=row.outcome,
        fault=row.fault,
        status=row.status,
        details=details,
        reason=reason,
    )


def execution_time_s(execution: Execution) -> float:
    """Return wall seconds of compile and run together; setting up is not part of it."""
    wall_s = 0.0  # in a loop: `sum` of a generator took three times as long for one step
    for step in execution.steps:
        if step.stage is not Stage.SETUP:
            wall_s += step.usage.wall_s
    return wall_s


def total_usage(usages: Sequence[Usage]) -> Usage:
    """Return the usage of steps that ran one after the other: times add up, memory is the peak.

    A figure that no step has stays None; one that only some have counts as estimated, except the
    time waited for a processor, which is looked at when a step has met its limit.
    """
    if len(usages) == 1:
        return usages[0]
    cpu_s = [part.cpu_s for part in usages if part.cpu_s is not None]
    peaks_bytes = [p.peak_memory_bytes for p in usages if p.peak_memory_bytes is not None]
    waited_s = [part.waited_s for part in usages if part.waited_s is not None]
    is_partial = 0 < len(cpu_s) < len(usages) or 0 < len(peaks_bytes) < len(usages)
    return Usage(
        wall_s=sum(part.wall_s for part in usages),
        cpu_s=sum(cpu_s) if cpu_s else None,
        peak_memory_bytes=max(peaks_bytes, default=None),
        is_estimated=is_partial or any(part.is_estimated for part in usages),
        waited_s=sum(waited_s) if waited_s else None,
    )


def six_key_dict(result: CodeValidationResult) -> dict[str, object]:
    """Return exactly `skill, status, output, error, execution_time, details`.

    For a snippet that failed, `error` is its one-line cause; for one that passed, its stderr or
    None; for one that could not be validated, None.
    """
    has_cause = result.outcome not in _WITHOUT_CAUSE
    return {
        "skill": result.skill,
        "status": result.status,
        "output": result.output,
        "error": cause(result.details) if has_cause else result.error,
        "execution_time": result.execution_time,
        "details": result.details,
    }
