"""A slip of the pen beside an error that a page announces: the slip is what its author must see."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.compiler_errors import other_errors
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.code_text import comment_of
from daytona_validate._core.slips import says_slip
from daytona_validate._models import CodeValidationResult, Snippet


def without_others(result: CodeValidationResult) -> CodeValidationResult:
    """Return a failure as if the compiler had told no other error: whether that is announced."""
    return replace(result, error=None)


def as_slip(snippet: Snippet, result: CodeValidationResult) -> CodeValidationResult:
    """Return a failure that names its slip, where the error it names is announced.

    Args:
        snippet: The block.
        result: Whose own error its page announces, and which hides another that it does not.
    """
    others = [(line, message) for line, message in other_errors(result) if says_slip(message)]
    unspoken = (
        (line, message)
        for line, message in others
        if line is not None and comment_of(snippet.code, snippet.language, line) is None
    )
    line, message = next(unspoken, others[0] if others else (None, None))
    if message is None:
        return result
    place = "" if line is None else f" (line {line})"
    return replace(
        result, details=failure_details(f"{message}{place}"), error_line=line, missing=None
    )
