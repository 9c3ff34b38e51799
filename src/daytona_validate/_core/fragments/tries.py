"""What is tried after a block was run alone, and how a try is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daytona_validate._core.fragments.completion import MAX_TRIES, Completion, not_runnable
from daytona_validate._core.fragments.go_fragments import go_completion, go_judged
from daytona_validate._core.fragments.go_program import GoPlan
from daytona_validate._core.fragments.java_fragments import java_completion, java_judged
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.fragments.script_completions import script_completion, script_judged
from daytona_validate._core.fragments.script_plan import ScriptPlan
from daytona_validate._core.languages.table import find_language
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_COMPLETIONS = {
    "go": go_completion,
    "java": java_completion,
    "javascript": script_completion,
    "typescript": script_completion,
}
_NO_VERDICT = frozenset({Outcome.UNAVAILABLE, Outcome.CANCELLED, Outcome.SKIPPED})


def completion(
    snippet: Snippet, result: CodeValidationResult, *, earlier: Sequence[Snippet] = ()
) -> Completion | None:
    """Return the program that a block is tried as after it was run alone; None: that result stands.

    Args:
        snippet: A block of a page; for anything else there is no completion.
        result: Of the block alone.
        earlier: The page's blocks above it, in the order of the page; those in other languages
            and those known to be no programs are passed over.
    """
    is_open = snippet.not_runnable is None and result.outcome not in _NO_VERDICT
    complete = _COMPLETIONS.get(result.language)
    if complete is None or not snippet.is_block or not is_open:
        return None
    return complete(snippet, result, [each for each in earlier if _is_in(each, result.language)])


def judged(
    snippet: Snippet,
    alone: CodeValidationResult,
    tried: Completion,
    result: CodeValidationResult,
) -> CodeValidationResult | Completion:
    """Return a block's result by that of a completion, or what is to be tried next.

    Args:
        snippet: The block.
        alone: Its result alone.
        tried: The completion.
        result: Of the completion's snippet.

    Returns:
        A result that blames the block for nothing but its own lines, or one more completion; at
        most `MAX_TRIES` follow one another.
    """
    if result.outcome in _NO_VERDICT:
        return result
    if tried.snippet.should_fail is not None:
        return replace(result, completed=tried.note)
    found: CodeValidationResult | Completion
    if isinstance(tried.plan, ScriptPlan):
        found = script_judged(snippet, alone, tried, result)
    elif isinstance(tried.plan, GoPlan):
        found = go_judged(snippet, alone, tried, tried.plan, result)
    else:
        found = java_judged(snippet, alone, tried, tried.plan, result)
    return found if isinstance(found, Completion) else _final(snippet, tried, found)


def _final(
    snippet: Snippet, tried: Completion, result: CodeValidationResult
) -> CodeValidationResult | Completion:
    """Return a block's result once there is nothing more to mend."""
    reason = no_program(snippet, result)
    if reason is not None:
        return not_runnable(result, reason)
    if snippet.should_fail is None or result.completed is None or not _is_judged(result):
        return result
    # Whether it failed as meant is judged where all programs are: it is run once more.
    meant = replace(tried.snippet, should_fail=snippet.should_fail)
    return replace(tried, snippet=meant, tries=MAX_TRIES + 1)


def _is_judged(result: CodeValidationResult) -> bool:
    return result.is_verdict and result.outcome is not Outcome.NOT_RUNNABLE


def _is_in(snippet: Snippet, language: str) -> bool:
    named = find_language(snippet.language)
    is_usable = snippet.not_runnable is None and snippet.unreadable is None
    return is_usable and named is not None and named.name == language
