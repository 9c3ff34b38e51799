"""What the blocks of a page ask for, one request at a time, until each has its result.

The steps are generators without any I/O: they yield a request and are sent the answer. So the order
of attempts can be read from top to bottom, and tested without a sandbox.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.listening import NO_END, has_crashed, is_listening, to_listening
from daytona_validate._courses.session_transcript import read_transcript
from daytona_validate._models import CodeValidationResult, Snippet


@dataclass(frozen=True, slots=True)
class Run:
    """Request for a run: a snippet to validate; the answer is its result."""

    snippet: Snippet


@dataclass(frozen=True, slots=True)
class ResultsOf:
    """Request for the results of other blocks; the answer comes once all of them have theirs."""

    positions: tuple[int, ...]
    """Of the page's snippets, from 0; only of those before the one that asks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of one block of the page, for good."""

    position: int
    result: CodeValidationResult


Request: TypeAlias = Run | ResultsOf | Verdict
Answer: TypeAlias = CodeValidationResult | Mapping[int, CodeValidationResult] | None
Steps: TypeAlias = Generator[Request, Answer, None]
"""Coroutine without I/O, as in a sans-I/O protocol."""


def run(snippet: Snippet) -> Generator[Request, Answer, CodeValidationResult]:
    """Have a snippet validated; `yield from` it. One that serves is no program that ends."""
    result = yield from _ran(snippet)
    serves = None if has_crashed(result) else to_listening(snippet, result)
    if serves is not None and is_listening((yield from _ran(serves))):
        return not_runnable(result, NO_END)
    return read_transcript(snippet, result)


def _ran(snippet: Snippet) -> Generator[Request, Answer, CodeValidationResult]:
    answer = yield Run(snippet)
    assert isinstance(answer, CodeValidationResult)  # noqa: S101 - `PageRun` answers so
    return answer


def results_of(
    positions: tuple[int, ...],
) -> Generator[Request, Answer, Mapping[int, CodeValidationResult]]:
    """Wait for the results of other blocks; `yield from` it."""
    answer = yield ResultsOf(positions)
    assert isinstance(answer, Mapping)  # noqa: S101 - `PageRun` answers so
    return answer
