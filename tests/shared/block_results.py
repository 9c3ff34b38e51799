"""Blocks of pages, and results as a validator has them, for what is judged from those alone."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.details import cause, failure_details, fragment_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._models import CodeValidationResult, Outcome, Snippet, Stage

GO_FRAGMENT = "no package clause"


def block(
    code: str,
    language: str = "go",
    *,
    not_runnable: str | None = None,
    should_fail: str | None = None,
) -> Snippet:
    """Return a block of a page."""
    return Snippet(
        code=code,
        language=language,
        is_block=True,
        not_runnable=not_runnable,
        should_fail=should_fail,
    )


def result(
    outcome: Outcome,
    error: str | None = None,
    *,
    details: str = "",
    language: str = "go",
    output: str = "",
    line: int | None = None,
) -> CodeValidationResult:
    """Return a result with some text of a compiler or runtime."""
    row = outcome_row(outcome)
    return CodeValidationResult(
        skill="",
        status=row.status,
        output=output,
        error=error,
        execution_time=0.1,
        details=details,
        outcome=outcome,
        fault=row.fault,
        stage=Stage.COMPILE if outcome is Outcome.COMPILE_ERROR else Stage.RUN,
        language=language,
        provider="local",
        error_line=line,
    )


def compile_error(
    error: str, language: str = "go", line: int | None = None
) -> CodeValidationResult:
    """Return the result of a program that its compiler refused."""
    details = failure_details("it said so")
    return result(Outcome.COMPILE_ERROR, error, details=details, language=language, line=line)


def refused_script(code: str, *errors: str, language: str, line: int = 1) -> str | None:
    """Return what a block is that its compiler refused with some errors; None: a program."""
    told = "\n".join(f"index.ts({line},1): error {each}" for each in errors)
    failed = replace(
        compile_error(told, language, line),
        details=failure_details(f"{errors[0]} (line {line})"),
    )
    return no_program(block(code, language), failed)


def go_fragment() -> CodeValidationResult:
    """Return the result of Go that has no package clause."""
    return result(Outcome.NOT_RUNNABLE, details=fragment_details(GO_FRAGMENT))


def reason(found: object) -> str:
    """Return why something is not runnable."""
    assert isinstance(found, CodeValidationResult)
    assert found.outcome is Outcome.NOT_RUNNABLE
    assert found.fault.value == "none"
    return cause(found.details)
