"""The result of a block that ran in a session before others, by what its driver said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from daytona_validate._core.classify import classify
from daytona_validate._core.details import unavailable_details
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.results import RunContext, judged, rejudged
from daytona_validate._core.session_report import NOT_RUN
from daytona_validate._core.sessions import REPORT_BYTES, STREAM_CHARACTERS
from daytona_validate._core.shown_output import NOTHING_SHOWN
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Execution,
    Limits,
    LostBytes,
    Outcome,
    Reason,
    Snippet,
    Stage,
    Step,
)

_PASSED = "Code executed successfully in the session of its page"
_JSON_BYTES = 12
"""At most, of a character in a report."""
_SOME_LOST = LostBytes(stdout=1)
"""At least; drivers do not count what they drop."""


def is_known(course: CourseSnippet, run: EarlierRun, *, is_all: bool) -> bool:
    """Return whether a driver's account of a block is enough to judge it.

    One that is meant to fail, has a time limit of its own, or whose output is to be compared and
    may not have been kept whole has to run as the last of its session, where all that is seen to.
    So has a session with prompts, for only what was typed in it runs before others.

    Args:
        course: The block.
        run: What its driver said of it.
        is_all: As `keeps_all` says of its session.
    """
    snippet = course.snippet
    is_plain = snippet.should_fail is None and course.marks.timeout_s is None
    is_compared = run.has_passed and course.shown != NOTHING_SHOWN
    is_typed = snippet.expected_output is not None or course.shown.session is not None
    is_enough = not is_typed and not (is_compared and _may_lack_output(run, is_all=is_all))
    return run.details != NOT_RUN and is_plain and is_enough


def keeps_all(ran: Iterable[EarlierRun]) -> bool:
    """Return whether a driver's report was certainly never full, so that it dropped no output."""
    told = sum(len(run.output) + len(run.error or "") + len(run.details) for run in ran)
    return told * _JSON_BYTES < REPORT_BYTES // 2


def _may_lack_output(run: EarlierRun, *, is_all: bool) -> bool:
    """Return whether a driver may have dropped some output, or all where its report was full."""
    return (not run.output and not is_all) or _is_cut(run)


def _is_cut(run: EarlierRun) -> bool:
    """Return whether an output is as long as drivers keep it: some count bytes, some characters."""
    return len(run.output.encode()) >= STREAM_CHARACTERS


def session_result(
    snippet: Snippet, run: EarlierRun, session: CodeValidationResult
) -> CodeValidationResult:
    """Return the result of a block that ran before another in one session.

    Args:
        snippet: The block's.
        run: What its driver said of it; it was run.
        session: The result of the last block of the session.
    """
    language = LANGUAGES[session.language]
    step = Step(
        stage=Stage.RUN,
        exit_code=0 if run.has_passed else 1,
        stdout=run.output.encode(),
        stderr=(run.error or "").encode(),
    )
    execution = Execution(
        steps=(step,), runtime=session.runtime or "", network=session.network or "blocked"
    )
    context = RunContext(
        snippet=snippet,
        language=language.name,
        provider=session.provider,
        sandbox_id=session.sandbox_id,
        sandbox_use=session.sandbox_use,
        attempts=session.attempts,
        retries=session.retries,
    )
    job = Job(snippet, language, snippet.limits or Limits())
    result = judged(classify(execution, job), execution, context)
    result = replace(result, cached=session.cached)
    if _is_cut(run):
        result = replace(result, lost_bytes=_SOME_LOST)
    is_clean = result.outcome is Outcome.PASSED and result.caveat is None
    return replace(result, details=_PASSED) if is_clean else result


def without_verdict(session: CodeValidationResult, reason: str) -> CodeValidationResult:
    """Return the result of a block that no session came to."""
    return replace(
        rejudged(
            session,
            Outcome.UNAVAILABLE,
            unavailable_details(reason),
            reason=Reason.PAGE_FAILED,
        ),
        stage=Stage.SETUP,
        output="",
        error=None,
        error_line=None,
        missing=None,
        earlier=(),
    )
