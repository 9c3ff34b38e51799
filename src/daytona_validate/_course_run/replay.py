"""When a block is run again after the blocks before it, and which of its results then counts.

A replay never changes the verdict of a block that passes alone: none is run. It errs towards the
block's own first failure: only where the blocks before it took it further does another one count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from daytona_validate._core.printable import ONE_LINE_CHARACTERS, one_line
from daytona_validate._models import (
    CodeValidationResult,
    Fault,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
)

_BY_NAME = frozenset({MissingKind.NAME, MissingKind.TYPE, MissingKind.FILE, MissingKind.BROWSER})
"""What is made by code that has its name in it; a page may define `document` as well."""
_REPLAYED = _BY_NAME | {MissingKind.TABLE}
MOST_REPLAYED = 200
"""Blocks that run before one: what an author expects a reader to have in mind is far less."""
_ANY_NAME = re.compile(r"import\s*\*|\bexec\b|\bglobals\b")
_WORD = re.compile(r"\w+")


def lacks_what_others_make(result: CodeValidationResult) -> bool:
    """Return whether a block failed for want of what code before it may make."""
    missing = result.missing
    is_failed = result.outcome is not Outcome.PASSED
    return is_failed and missing is not None and missing.kind in _REPLAYED


def could_help(missing: Missing, codes: Iterable[str]) -> bool:
    """Return whether some code may make what is missing, as far as its words tell."""
    if missing.kind not in _BY_NAME:
        return any(True for _ in codes)
    words = tuple(re.compile(rf"\b{re.escape(word)}\b") for word in _WORD.findall(missing.name))
    return any(all(word.search(code) for word in words) or _ANY_NAME.search(code) for code in codes)


def after(snippet: Snippet, codes: Sequence[str]) -> Snippet:
    """Return a snippet that runs after other code in one session."""
    return replace(snippet, earlier=tuple(codes))


def blocks(count: int) -> str:
    """Return how many blocks came before, for people."""
    return "the block before it" if count == 1 else f"the {count} blocks before it"


def better(
    alone: CodeValidationResult, further: CodeValidationResult, *, note: str
) -> CodeValidationResult:
    """Return the result that counts of a block that failed alone and was run again with more.

    Args:
        alone: Without it.
        further: With it.
        note: What came before the block or stood beside it, for people.
    """
    with_it = replace(further, completed=note)
    is_failed = further.fault is Fault.SNIPPET or further.outcome is Outcome.MISSING_DEPENDENCY
    if not is_failed:  # it passed, or nobody knows whether it does
        return with_it
    is_further = further.missing != alone.missing and _is_in_block(further)
    return with_it if is_further else with_hint(alone, f", also with {note}")


def _is_in_block(further: CodeValidationResult) -> bool:
    """Return whether a failure is of the block itself; an exit code has no line of its own."""
    ran = further.earlier
    return further.error_line is not None or (bool(ran) and all(each.has_passed for each in ran))


def with_hint(result: CodeValidationResult, hint: str) -> CodeValidationResult:
    """Return a result with a hint at the end of its line of details."""
    details = one_line(result.details, ONE_LINE_CHARACTERS - len(hint)) + hint
    return replace(result, details=details)
