"""Blocks that clash with one that they do not need: a page shows several ways to do one thing.

It errs towards the block's own mistake: only where the error says that something is there already,
and the block passes after those before it that make the names which it needs.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from typing import TypeAlias

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.site import Gift
from daytona_validate._course_run.site_steps import run_after
from daytona_validate._course_run.steps import Answer, Request
from daytona_validate._models import (
    CodeValidationResult,
    Fault,
    Missing,
    Outcome,
    Snippet,
)

_Found: TypeAlias = tuple[CodeValidationResult, int]
_IS_THERE = re.compile(
    r"\b(?:already|conflict\w{0,5}|duplicated?|redeclared?|redefin\w{1,5}|twice|file exists)\b",
    re.IGNORECASE,
)
_MOST_RUNS = 4


def after_needed(
    snippet: Snippet,
    alone: CodeValidationResult,
    replayed: CodeValidationResult,
    *,
    gifts: Sequence[Gift],
    codes: Mapping[int, str],
) -> Generator[Request, Answer, _Found | None]:
    """Run a block that clashes with one before it after only those that it needs.

    Args:
        snippet: The block.
        alone: Its result without any of them.
        replayed: Its result after all of them.
        gifts: What its site gave to it.
        codes: The blocks before it that ran, by their positions.

    Returns:
        The result, if it passed or is of no program, and after how many; None: the failure is its
        own.
    """
    language, missing = replayed.language, alone.missing
    needed, tried = list[int](), set[int]()
    if language == "sql" or replayed.fault is not Fault.SNIPPET or not _clashes(replayed):
        return None
    for _ in range(_MOST_RUNS):
        maker = None if missing is None else _maker(missing, language, codes, tried)
        if maker is None or len(needed) + 1 == len(codes):
            return None
        needed.append(maker)
        tried.add(maker)
        result = yield from run_after(snippet, gifts, [codes[each] for each in sorted(needed)])
        failed = next((each for each in result.earlier if not each.has_passed), None)
        is_none = no_program(snippet, result) is not None
        if failed is None and (is_none or result.outcome is Outcome.PASSED):
            return result, len(needed)
        if failed is None and _clashes(result):
            needed.pop()  # another one makes the same name
        else:
            missing = result.missing if failed is None else failed.missing
    return None


def _clashes(result: CodeValidationResult) -> bool:
    return result.missing is None and _IS_THERE.search(cause(result.details)) is not None


def _maker(
    missing: Missing, language: str, codes: Mapping[int, str], tried: set[int]
) -> int | None:
    """Return the last block before that makes what is missing, unless it ran already."""
    others = (each for each in sorted(codes, reverse=True) if each not in tried)
    return next((n for n in others if makes(codes[n], missing.name, language=language)), None)
