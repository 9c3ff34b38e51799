"""A completion: the program that a fragment is tried as."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daytona_validate._core.details import failure_details, fragment_details
from daytona_validate._core.fragments.go_program import GoPlan
from daytona_validate._core.fragments.java_program import JavaPlan
from daytona_validate._core.fragments.script_plan import ScriptPlan
from daytona_validate._core.results import rejudged
from daytona_validate._models import CodeValidationResult, Outcome, Snippet, Stage

MAX_TRIES = 4
"""Completions of one block; each is another run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Wrapped code: a program made of a fragment."""

    snippet: Snippet
    """What to run instead."""
    note: str
    """What was put around, such as `package main, func main, import of fmt`."""
    plan: GoPlan | JavaPlan | ScriptPlan
    """From what it was made; its language's own matter."""
    tries: int = 1
    """Which one it is, from 1."""


def not_runnable(result: CodeValidationResult, reason: str) -> CodeValidationResult:
    """Return a result that says why its code is no program, in place of another.

    Args:
        result: Of the code, in whatever form it was tried.
        reason: As in `it compiles; it has no main`.
    """
    return _with_outcome(result, Outcome.NOT_RUNNABLE, fragment_details(reason), None)


def rejected(
    result: CodeValidationResult, message: str, line: int | None, *, note: str
) -> CodeValidationResult:
    """Return a result that blames a line of the block, by what a compiler said of it."""
    place = "" if line is None else f" (line {line})"
    changed = _with_outcome(result, Outcome.COMPILE_ERROR, failure_details(message + place), line)
    return replace(changed, completed=note, missing=result.missing)


def _with_outcome(
    result: CodeValidationResult, outcome: Outcome, details: str, line: int | None
) -> CodeValidationResult:
    changed = rejudged(result, outcome, details)
    return replace(changed, stage=Stage.COMPILE, caveat=None, error_line=line, missing=None)
