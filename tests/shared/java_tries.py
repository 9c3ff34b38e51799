"""Completions of Java blocks, and what follows from what javac says of them."""

from __future__ import annotations

from block_results import block, compile_error, result
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome

FRAGMENT = result(
    Outcome.NOT_RUNNABLE, details="Code not runnable: statements without a class", language="java"
)


def missing(name: str, *, file: str = "Main", line: int = 1, kind: str = "class") -> str:
    """Return what javac says of a name that nothing declares."""
    return (
        f"{file}.java:{line}: error: cannot find symbol\n    {name} a;\n    ^\n"
        f"  symbol:   {kind} {name}\n  location: class Main\n1 error"
    )


def tried(code: str, *earlier: str, alone: CodeValidationResult = FRAGMENT) -> Completion:
    """Return the first completion of a block below others."""
    found = completion(
        block(code, "java"), alone, earlier=[block(each, "java") for each in earlier]
    )
    assert found is not None
    return found


def then(
    code: str, done: Completion, said: str | CodeValidationResult
) -> CodeValidationResult | Completion:
    """Return what follows from the result of a completion."""
    found = compile_error(said, "java") if isinstance(said, str) else said
    return judged(block(code, "java"), FRAGMENT, done, found)


def final(code: str, done: Completion, said: str | CodeValidationResult) -> CodeValidationResult:
    """Return the result that follows."""
    found = then(code, done, said)
    assert isinstance(found, CodeValidationResult)
    return found


def further(code: str, done: Completion, said: str) -> Completion:
    """Return the further try that follows."""
    found = then(code, done, said)
    assert isinstance(found, Completion)
    return found
