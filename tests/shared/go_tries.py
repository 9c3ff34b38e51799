"""Completions of Go blocks, and what follows from what the compiler says of them."""

from __future__ import annotations

from block_results import block, compile_error, go_fragment
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult


def tried(code: str, *earlier: str, alone: CodeValidationResult | None = None) -> Completion:
    """Return the first completion of a block below others."""
    above = [block(each) for each in earlier]
    found = completion(block(code), alone or go_fragment(), earlier=above)
    assert found is not None
    return found


def then(code: str, done: Completion, error: str) -> CodeValidationResult | Completion:
    """Return what follows from what the compiler says of a completion."""
    return judged(block(code), go_fragment(), done, compile_error(error))


def further(code: str, done: Completion, error: str) -> Completion:
    """Return the further try that follows."""
    found = then(code, done, error)
    assert isinstance(found, Completion)
    return found


def final(code: str, done: Completion, error: str) -> CodeValidationResult:
    """Return the result that follows."""
    found = then(code, done, error)
    assert isinstance(found, CodeValidationResult)
    return found
