"""JavaScript and TypeScript that are no programs, completed to some: their own parser judges them.

An object that stands alone reads as a block of statements, and `await` needs an async function in a
program with `require`. What has another mistake has it there, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import is_balanced, outermost
from daytona_validate._core.fragments.code_text import READ_CHARACTERS, bare_text
from daytona_validate._core.fragments.completion import Completion, not_runnable
from daytona_validate._core.fragments.declared_signatures import (
    declared_signatures,
    signature_judged,
)
from daytona_validate._core.fragments.known_names import OWN_NAMES
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._core.fragments.script_plan import ScriptPlan
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome, Snippet

_OBJECT = re.compile(r"\s*\{\s*\}\s*")
_REFUSED_OBJECT = re.compile(r"SyntaxError: Unexpected token '[:,{]'|TS(?:1\d{3}|2695|7028): ")
_AWAITS_BESIDE_REQUIRE = re.compile(
    r"(?:ReferenceError: )?Cannot determine intended module format because both .{1,80}"
    r" and top-level await are present"
)
_AWAITS = re.compile(
    r"SyntaxError: await is only valid in async functions and the top level bodies"
)
_RETURNS = re.compile(r"^return\b", re.MULTILINE)
_OF_MODULES = re.compile(r"^[ \t]*(?:import|export)\b(?![ \t]*[(.])", re.MULTILINE)
_ENDS = (
    '.then(() => process.off("beforeExit", never)); process.once("beforeExit", never);'
    " function never() { process.exit(13); }"
)
"""Node ends a module with code 13 that awaits what never comes, and a function with code 0."""
_WORD = re.compile(r"[^\W\d][\w$]*")


def script_completion(
    snippet: Snippet, result: CodeValidationResult, _earlier: Sequence[Snippet]
) -> Completion | None:
    """Return the program that a script's fragment is tried as; None: its result alone stands."""
    if len(snippet.code) > READ_CHARACTERS:
        return None
    for plan, complete in _PLANS.items():
        code = complete(snippet.code, result)
        if code is not None:
            wrapped = replace(snippet, code=code, source=None, should_fail=None)
            return Completion(snippet=wrapped, note=plan.value, plan=plan)
    return None


def _declared(code: str, result: CodeValidationResult) -> str | None:
    is_asked = result.language == "typescript" and result.outcome is Outcome.COMPILE_ERROR
    return declared_signatures(code) if is_asked else None


def _value(code: str, result: CodeValidationResult) -> str | None:
    """Return code in brackets that is one object."""
    is_refused = _REFUSED_OBJECT.match(cause(result.details)) is not None
    if result.outcome is not Outcome.COMPILE_ERROR or not is_refused:
        return None
    bare = bare_text(code, result.language)
    is_one = is_balanced(bare) and _OBJECT.fullmatch(outermost(bare)) is not None
    return f"({code}\n)" if is_one else None


def _async_body(code: str, result: CodeValidationResult) -> str | None:
    """Return code in an async function that awaits beside `require`, or returns at its end."""
    said, bare = cause(result.details), bare_text(code, result.language)
    is_body = _AWAITS.match(said) is not None and _RETURNS.search(outermost(bare)) is not None
    if not is_body and _AWAITS_BESIDE_REQUIRE.match(said) is None:
        return None
    is_module = _OF_MODULES.search(bare) is not None
    return None if is_module else f"(async () => {{ {code}\n}})(){_ENDS}"


_PLANS: dict[ScriptPlan, Callable[[str, CodeValidationResult], str | None]] = {
    ScriptPlan.DECLARED: _declared,
    ScriptPlan.VALUE: _value,
    ScriptPlan.ASYNC_BODY: _async_body,
}
"""The first that completes the code counts."""


def script_judged(
    snippet: Snippet, alone: CodeValidationResult, tried: Completion, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result by that of its completion."""
    assert isinstance(tried.plan, ScriptPlan)  # noqa: S101 - as `tries.judged` asks
    return _JUDGES[tried.plan](snippet, alone, tried, result)


def _judged_signature(
    _snippet: Snippet, alone: CodeValidationResult, tried: Completion, result: CodeValidationResult
) -> CodeValidationResult:
    return signature_judged(alone, tried, result)


def _judged_value(
    snippet: Snippet, alone: CodeValidationResult, _tried: Completion, result: CodeValidationResult
) -> CodeValidationResult:
    """Return that a block is an object, if that parses and none of its names is misspelt."""
    name = _unknown_name(result)
    words = OWN_NAMES[alone.language].union(_WORD.findall(bare_text(snippet.code, alone.language)))
    is_open = name is not None and not is_misspelt(name, words)
    is_one = result.outcome is Outcome.PASSED or is_open
    return not_runnable(result, "an object that stands alone") if is_one else alone


def _unknown_name(result: CodeValidationResult) -> str | None:
    missing = result.missing
    has_run = result.outcome is Outcome.RUNTIME_ERROR
    return missing.name if has_run and missing and missing.kind is MissingKind.NAME else None


def _judged_body(
    _snippet: Snippet, alone: CodeValidationResult, tried: Completion, result: CodeValidationResult
) -> CodeValidationResult:
    """Return how a block ended in the function; what is refused there keeps its own result."""
    is_refused = result.outcome is Outcome.COMPILE_ERROR
    return alone if is_refused else replace(result, completed=tried.note)


_Judge: TypeAlias = Callable[
    [Snippet, CodeValidationResult, Completion, CodeValidationResult], CodeValidationResult
]
_JUDGES: dict[ScriptPlan, _Judge] = {
    ScriptPlan.DECLARED: _judged_signature,
    ScriptPlan.VALUE: _judged_value,
    ScriptPlan.ASYNC_BODY: _judged_body,
}
