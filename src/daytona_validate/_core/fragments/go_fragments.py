"""Go blocks: how they are completed, and how the result of the completed program is read.

Each further try mends what the compiler complained of in the try before: standard packages that are
not imported, what is not used, names of earlier blocks. Functions of the author's own are never
mended, nor is anything in a block with a package clause, but that it may take from earlier blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from daytona_validate._core.fragments.completion import (
    MAX_TRIES,
    Completion,
    not_runnable,
    rejected,
)
from daytona_validate._core.fragments.go_compiler_errors import GoError, go_errors
from daytona_validate._core.fragments.go_gaps import is_mistake, made_in_two_ways
from daytona_validate._core.fragments.go_mending import mended, with_earlier
from daytona_validate._core.fragments.go_program import GoPlan, first_plan, note, program
from daytona_validate._core.fragments.go_source import GoSource, go_source
from daytona_validate._core.fragments.near_main import nearly_main
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_FAILED_TEST = re.compile(r"^ *--- FAIL: ", re.MULTILINE)
NOT_MAIN = "package command-line-arguments is not a main package"
NO_MAIN = "function main is undeclared in the main package"


@lru_cache(maxsize=512)  # a page's blocks are read again for each of the blocks below them
def _source(code: str) -> GoSource:
    return go_source(code)


def go_completion(
    snippet: Snippet, result: CodeValidationResult, earlier: Sequence[Snippet]
) -> Completion | None:
    """Return the first try after the result of a block alone; None: that result stands."""
    if result.outcome not in (Outcome.COMPILE_ERROR, Outcome.NOT_RUNNABLE):
        return None
    source = _source(snippet.code)
    plan = first_plan(source, tuple(_source(each.code) for each in earlier))
    if plan.is_fragment:
        is_tried = result.outcome is Outcome.NOT_RUNNABLE and _is_wrappable(source)
        return _completion(snippet, plan, tries=1) if is_tried else None
    errors = go_errors(result)
    taking = with_earlier(plan, errors)
    if taking is None and not plan.has_something_to_run and any(e.undefined for e in errors):
        # A library that needs others is no program, and may be no mistake: it is compiled as it
        # stands, so that there is one place where that is judged.
        taking = plan
    return None if taking is None else _completion(snippet, taking, tries=1)


def _is_wrappable(source: GoSource) -> bool:
    """Whether a block without a package clause can stand in a function, or beside one."""
    chunks = source.chunks
    if not chunks or any(each.kind == "package" for each in chunks):
        return False
    is_case = chunks[0].tokens[0].text in ("case", "default")
    has_both = bool(source.of_kind("statement")) and any(
        "main" in each.names for each in source.of_kind("func")
    )
    # With a bracket missing, what is what cannot be told: the compiler says where it stumbles.
    return not is_case and (not has_both or source.unmatched is not None)


def _completion(snippet: Snippet, plan: GoPlan, *, tries: int) -> Completion:
    files = dict(plan.taken.files) if plan.taken is not None else {}
    wrapped = replace(
        snippet,
        code=program(plan),
        files=files | dict(snippet.files),
        source=None,
        should_fail=None,
    )
    return Completion(snippet=wrapped, note=note(plan), plan=plan, tries=tries)


def go_judged(
    snippet: Snippet,
    alone: CodeValidationResult,
    tried: Completion,
    plan: GoPlan,
    result: CodeValidationResult,
) -> CodeValidationResult | Completion:
    """Return the block's result, or what is to be tried next; see the package."""
    completed = replace(result, completed=tried.note or None)
    if result.outcome is Outcome.PASSED:
        return completed if plan.has_something_to_run else _idle(snippet, completed)
    if result.outcome is Outcome.COMPILE_ERROR:
        errors = go_errors(result)
        further = mended(plan, errors) if tried.tries < MAX_TRIES else None
        if further is not None:
            return _completion(snippet, further, tries=tried.tries + 1)
        return _refused(plan, alone, completed, errors)
    if result.outcome is Outcome.RUNTIME_ERROR and plan.taken is not None:
        return _failed_after_others(plan, completed)
    return completed


def _idle(snippet: Snippet, result: CodeValidationResult) -> CodeValidationResult:
    """Judge a completed program that compiles and runs nothing of the block."""
    near = nearly_main(snippet.code, "go")
    if near is None:
        return not_runnable(result, "it compiles; it has nothing to run")
    return rejected(result, f"{NO_MAIN}; is func {near} it?", None, note=result.completed or "")


def _failed_after_others(plan: GoPlan, result: CodeValidationResult) -> CodeValidationResult:
    """Judge a program that failed and has parts of earlier blocks, as they were there."""
    if plan.taken is not None and plan.taken.statements:
        return not_runnable(result, "it compiles; it goes on from statements of earlier blocks")
    if plan.tests and _FAILED_TEST.search(result.output):
        return not_runnable(result, "it compiles; its tests fail with the page's earlier blocks")
    return result


def _refused(
    plan: GoPlan,
    alone: CodeValidationResult,
    result: CodeValidationResult,
    errors: Sequence[GoError],
) -> CodeValidationResult:
    """Judge a completed program that does not compile."""
    if not errors:
        return _without_place(alone, result)
    own = [each for each in errors if each.is_own]
    undefined = [each.undefined for each in own if each.undefined is not None]
    wrong = [each for each in own if each.undefined is None]
    if not own:
        return _wrong_elsewhere(plan, alone, result, errors[0])
    is_part = plan.is_fragment or not plan.has_something_to_run
    is_gap = is_part and not any(is_mistake(name, plan) for name in undefined)
    if undefined and is_gap:
        reason = f"it needs {undefined[0]}, which no earlier block of the page has"
        return not_runnable(result, reason)
    name = made_in_two_ways(plan, wrong) if is_gap else None
    if name is not None:
        return not_runnable(result, f"it makes {name} in two ways")
    first = (wrong or own)[0]
    return rejected(result, first.message, first.line, note=result.completed or "")


def _without_place(
    alone: CodeValidationResult, result: CodeValidationResult
) -> CodeValidationResult:
    """Judge what the go command says of a program as a whole."""
    said = result.error or ""
    if NOT_MAIN in said:
        return not_runnable(result, "it compiles; it is a library package")
    if NO_MAIN in said:
        return not_runnable(result, "it compiles; it has no func main")
    return alone


def _wrong_elsewhere(
    plan: GoPlan, alone: CodeValidationResult, result: CodeValidationResult, error: GoError
) -> CodeValidationResult:
    """Judge an error that is in no line of the block."""
    if plan.source.unmatched is not None:
        line = plan.source.line(plan.source.unmatched)
        bracket = plan.source.code[plan.source.unmatched]
        return rejected(result, f"'{bracket}' has no partner", line, note=result.completed or "")
    if plan.taken is not None and plan.is_fragment:
        return not_runnable(
            result, f"it needs {plan.taken.names[0]} of an earlier block: {error.message}"
        )
    return alone
