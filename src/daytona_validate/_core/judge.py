"""Judgement of an execution: as a session or alone, and by whether it was meant to fail."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.classify import classify
from daytona_validate._core.details import failure_details, fragment_details, unavailable_details
from daytona_validate._core.intake import Job
from daytona_validate._core.limits import limit_text
from daytona_validate._core.outcomes import Verdict, outcome_row
from daytona_validate._core.reached_end import MISSED, NOT_KNOWN, split_end
from daytona_validate._core.session_end import NOT_LEFT, split_session_end
from daytona_validate._core.session_report import Session, read_session
from daytona_validate._core.sessions import is_in_session
from daytona_validate._core.should_fail import as_meant
from daytona_validate._models import Execution, Limit, Outcome, Reason, Stage, Step

_ENDED_WELL = frozenset({Outcome.PASSED, Outcome.WRONG_OUTPUT})


def judge(execution: Execution, job: Job) -> tuple[Verdict, Execution]:
    """Return the verdict on an execution, and what of the execution is the snippet's own.

    Args:
        execution: What ran.
        job: What was to run, and under which limits.
    """
    execution, has_reached_end = split_end(execution, job.snippet)
    execution, has_left = split_session_end(execution, job.snippet)
    last = execution.steps[-1]
    is_early = not has_reached_end and last.stage is Stage.RUN and last.exit_code == 0
    if is_early:
        job = replace(job, snippet=replace(job.snippet, expected_output=None))
    verdict = None
    if last.stage is Stage.RUN and is_in_session(job.snippet, job.language):
        session = read_session(execution, job.snippet, job.language, job.limits)
        execution = session.execution
        verdict = replace(_of_session(session, job), earlier=session.earlier)
    if verdict is None:
        verdict = classify(execution, job)
    if not has_left and last.exit_code == 0 and verdict.outcome in _ENDED_WELL:
        verdict = _judged_as(
            verdict, Outcome.UNAVAILABLE, unavailable_details(NOT_LEFT), reason=Reason.SANDBOX_LOST
        )
    if is_early and verdict.outcome is Outcome.PASSED:
        verdict = _before_its_end(verdict, is_known=has_reached_end is not None)
    return as_meant(verdict, job.snippet.should_fail), execution


def _before_its_end(verdict: Verdict, *, is_known: bool) -> Verdict:
    """Judge a program that ended with code 0, and did not reach its end as far as is known."""
    outcome = Outcome.RUNTIME_ERROR if is_known else Outcome.UNAVAILABLE
    details = failure_details(MISSED) if is_known else unavailable_details(NOT_KNOWN)
    reason = None if is_known else Reason.OUTPUT_LOST
    return _judged_as(verdict, outcome, details, reason=reason)


def _judged_as(
    verdict: Verdict, outcome: Outcome, details: str, *, reason: Reason | None
) -> Verdict:
    fault = outcome_row(outcome).fault
    return replace(
        verdict, outcome=outcome, fault=fault, details=details, reason=reason, caveat=None
    )


def _of_session(session: Session, job: Job) -> Verdict:
    """Judge a session; what came before the snippet is never held against it."""
    step = session.execution.steps[-1]
    if not session.has_started:
        last_words = step.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        reason = f"the session did not start: {last_words or _ended(step, job)}"
        details = unavailable_details(reason)
        verdict = _without_verdict(Outcome.UNAVAILABLE, Stage.SETUP, details)
        return replace(verdict, reason=Reason.SETUP_FAILED)
    if not session.has_begun:
        reason = f"the blocks before it {_ended(step, job)}"
        return _without_verdict(Outcome.NOT_RUNNABLE, Stage.RUN, fragment_details(reason))
    own_s, before_s = job.limits.timeout_s, session.elapsed_s
    if step.limit is Limit.TIMEOUT and (before_s is None or before_s > own_s):
        details = fragment_details(f"the blocks before it {_ended(step, job)}")
        return _without_verdict(Outcome.NOT_RUNNABLE, Stage.RUN, details)
    return classify(session.execution, job)


def _ended(step: Step, job: Job) -> str:
    if step.limit is Limit.TIMEOUT:
        return f"took longer than {job.limits.timeout_s:g} s"
    if step.limit is not None:
        return f"exceeded the {limit_text(step.limit, step.stage, job.limits)}"
    how = f"signal {step.signal}" if step.signal is not None else f"exit code {step.exit_code}"
    return f"ended the session ({how})"


def _without_verdict(outcome: Outcome, stage: Stage, details: str) -> Verdict:
    fault = outcome_row(outcome).fault
    return Verdict(
        outcome=outcome, fault=fault, stage=stage, details=details, output="", error=None
    )
