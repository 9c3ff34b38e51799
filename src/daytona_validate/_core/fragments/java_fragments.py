"""Java blocks: how they are completed, and how the result of the completed program is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from daytona_validate._core.fragments.code_text import code_line
from daytona_validate._core.fragments.completion import (
    MAX_TRIES,
    Completion,
    not_runnable,
    rejected,
)
from daytona_validate._core.fragments.java_compiler_errors import (
    JavaError,
    at_own_line,
    java_errors,
)
from daytona_validate._core.fragments.java_page import taken_from
from daytona_validate._core.fragments.java_program import JavaPlan, note, program
from daytona_validate._core.fragments.java_source import JavaSource, java_source
from daytona_validate._core.fragments.java_standard_names import IMPORTED, JAVA_LANG
from daytona_validate._core.fragments.near_main import nearly_main
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._core.languages.java import ENTRY_FILE
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

NO_MAIN = "Main method not found in class "
_ASKED = frozenset({Outcome.COMPILE_ERROR, Outcome.NOT_RUNNABLE, Outcome.MISSING_DEPENDENCY})
_NO_RETURN_TYPE = "invalid method declaration; return type required"
_CONSTRUCTOR = re.compile(r"\s*(?:(?:public|protected|private)\s+)?[A-Z]\w*\s*\(")
_MANY_TYPES = 3
_NO_ANNOTATION = re.compile(r"incompatible types: ([A-Z]\w*) cannot be converted to Annotation")
_OF_NESTED = re.compile(r"modifier (?:static|private|protected)(?:,static)? not allowed here")
_TYPE = re.compile(r"\b(?:class|interface|enum|record)\s")
_UNEXPECTED_VALUE = "incompatible types: unexpected return value"
_REASONS = {
    "method does not override or implement a method from a supertype": (
        "it overrides a method of a class that the block does not show"
    ),
    "missing method body, or declare abstract": "it lists methods without their bodies",
}
"""Errors in the members of a fragment that say what it is, and what that is."""


@lru_cache(maxsize=512)  # a page's blocks are read again for each of the blocks below them
def _source(code: str) -> JavaSource:
    return java_source(code)


def java_completion(
    snippet: Snippet, result: CodeValidationResult, earlier: Sequence[Snippet]
) -> Completion | None:
    """Return the first try after the result of a block alone; None: that result stands."""
    source = _source(snippet.code)
    is_fragment = result.outcome is Outcome.NOT_RUNNABLE
    if result.outcome not in _ASKED or not source.chunks or not (source.is_balanced or is_fragment):
        return None
    plan = JavaPlan(
        source=source,
        earlier=tuple(_source(each.code) for each in earlier),
        beside=frozenset(snippet.files),
    )
    if source.is_whole:
        plan = _whole(plan, java_errors(result))
    elif result.outcome is Outcome.MISSING_DEPENDENCY:
        return None
    else:
        plan = replace(plan, has_stars=not source.has_imports)
    is_changed = plan.taken is not None or plan.has_stars or bool(plan.hidden_publics)
    is_tried = is_changed or not source.is_whole or _lacks_names(plan, java_errors(result))
    return _completion(snippet, plan, tries=1) if is_tried else None


def _lacks_names(plan: JavaPlan, errors: Sequence[JavaError]) -> bool:
    """Whether a class that cannot run needs others: it is no program, and may be no mistake.

    It is then compiled as it stands, so that there is one place where that is judged.
    """
    return not plan.source.has_main and any(each.symbol is not None for each in errors)


def _whole(plan: JavaPlan, errors: Sequence[JavaError]) -> JavaPlan:
    """Complete a block of types: from earlier blocks and, where it cannot run, with imports."""
    wanted = _wanted(plan, errors)
    taken = taken_from(plan.earlier, wanted=wanted, block=plan.source)
    lacks_import = any(name in IMPORTED for name in wanted)
    can_import = lacks_import and not plan.source.has_main and not plan.source.has_imports
    return replace(plan, taken=taken, has_stars=can_import)


def _wanted(plan: JavaPlan, errors: Sequence[JavaError]) -> list[str]:
    """Return the names that are missing, those of imports included that only a page has."""
    wanted = [each.symbol for each in errors if each.symbol is not None and each.is_own]
    if any(each.message.startswith("package ") for each in errors):
        wanted += [each.name for each in plan.source.of_kind("import")]
    return wanted


def _completion(snippet: Snippet, plan: JavaPlan, *, tries: int) -> Completion:
    files: dict[str, str | bytes] = dict(program(plan))
    code = str(files.pop(ENTRY_FILE))
    wrapped = replace(
        snippet, code=code, files=files | dict(snippet.files), source=None, should_fail=None
    )
    return Completion(snippet=wrapped, note=note(plan), plan=plan, tries=tries)


def java_judged(
    snippet: Snippet,
    alone: CodeValidationResult,
    tried: Completion,
    plan: JavaPlan,
    result: CodeValidationResult,
) -> CodeValidationResult | Completion:
    """Return the block's result, or what is to be tried next; see the package."""
    completed = replace(result, completed=tried.note or None)
    if result.outcome is Outcome.PASSED:
        return completed if plan.has_something_to_run else _idle(snippet, completed)
    if result.outcome is Outcome.RUNTIME_ERROR:
        return _failed(plan, completed)
    if result.outcome is not Outcome.COMPILE_ERROR:
        return completed
    errors = java_errors(result, plan.own_files)
    further = _mended(plan, errors) if tried.tries < MAX_TRIES else plan
    if further != plan:
        return _completion(snippet, further, tries=tried.tries + 1)
    return _refused(plan, alone, completed, errors)


def _idle(snippet: Snippet, result: CodeValidationResult) -> CodeValidationResult:
    """Judge a completed program that compiles and runs nothing of the block."""
    near = nearly_main(snippet.code, "java")
    if near is None:
        return not_runnable(result, "it compiles; it has nothing to run")
    return rejected(
        result, f"there is no method main; is {near} it?", None, note=result.completed or ""
    )


def _failed(plan: JavaPlan, result: CodeValidationResult) -> CodeValidationResult:
    if not plan.source.has_main and NO_MAIN in result.details:
        return not_runnable(result, "it compiles; it has no main")
    if plan.taken is not None and plan.taken.statements:
        return not_runnable(result, "it compiles; it goes on from statements of earlier blocks")
    return at_own_line(result, plan.own_files)


def _mended(plan: JavaPlan, errors: Sequence[JavaError]) -> JavaPlan:
    """Return a plan that answers what can be answered of the compiler's complaints."""
    changed = plan
    is_value = any(each.message == _UNEXPECTED_VALUE and each.is_own for each in errors)
    if plan.has_statements and is_value:
        changed = replace(changed, is_returning=True)
    if plan.taken is None:
        wanted = _wanted(plan, errors)
        taken = taken_from(plan.earlier, wanted=wanted, block=plan.source)
        changed = replace(changed, taken=taken)
    return changed


def _refused(
    plan: JavaPlan,
    alone: CodeValidationResult,
    result: CodeValidationResult,
    errors: Sequence[JavaError],
) -> CodeValidationResult:
    """Judge a completed program that does not compile."""
    own = [each for each in errors if each.is_own]
    if not own:
        return _wrong_elsewhere(plan, alone, result, errors)
    missing = [each for each in own if each.symbol is not None]
    if missing and _is_gap(plan, missing):
        reason = f"it needs {missing[0].symbol}, which no earlier block of the page has"
        return not_runnable(result, reason)
    wrong = next((each for each in own if each.symbol is None), own[0])
    part = _whole_part(plan, own) if plan.source.is_whole else _part(plan, own, wrong)
    if part is not None:
        return not_runnable(result, part)
    return rejected(result, wrong.text, wrong.line, note=result.completed or "")


def _whole_part(plan: JavaPlan, own: Sequence[JavaError]) -> str | None:
    """Return what a block of types is a part of, by all that is wrong with it."""
    return "a nested class, without its class" if _is_nested(plan, own) else None


def _part(plan: JavaPlan, own: Sequence[JavaError], wrong: JavaError) -> str | None:
    """Return what statements or members are a part of, by what is wrong with them."""
    annotation = _annotation(plan, own)
    if annotation is not None:
        return f"it needs {annotation}, which no earlier block of the page has"
    if plan.source.ends_in_condition:
        return "it ends after a condition"
    if _is_constructor(plan, wrong):
        return "a constructor, without its class"
    return _REASONS.get(wrong.message)


def _annotation(plan: JavaPlan, own: Sequence[JavaError]) -> str | None:
    """Return an annotation that is taken for a class of the packages put around, if no more is."""
    found = [_NO_ANNOTATION.fullmatch(each.message) for each in own if each.symbol is None]
    missing = [each for each in own if each.symbol is not None]
    is_alone = plan.has_stars and None not in found and (not missing or _is_gap(plan, missing))
    return next((each[1] for each in found if each and is_alone), None)


def _is_nested(plan: JavaPlan, own: Sequence[JavaError]) -> bool:
    """Whether all that is wrong with types are modifiers that only those in others have."""
    lines = plan.source.code.split("\n")
    return all(
        _OF_NESTED.fullmatch(each.message) and _TYPE.search(code_line(lines, each.line))
        for each in own
    )


def _is_constructor(plan: JavaPlan, error: JavaError) -> bool:
    """Whether a method without a type of its own has the name that classes have."""
    line = code_line(plan.source.code.split("\n"), error.line)
    return error.message == _NO_RETURN_TYPE and _CONSTRUCTOR.match(line) is not None


def _is_gap(plan: JavaPlan, missing: Sequence[JavaError]) -> bool:
    """Whether missing names are the page's to give, and no mistake of the block's."""
    source = plan.source
    if source.is_whole and source.has_main and not _shows_no_imports(plan, missing):
        return False
    forgotten = IMPORTED if source.has_imports else frozenset[str]()
    words = [each.words for each in source.chunks]
    names = [each.name for other in plan.earlier for each in other.chunks]
    known = JAVA_LANG.union(IMPORTED, *words, names)
    return not any(
        each.symbol in forgotten
        or (each.is_of_value or each.owner in JAVA_LANG | IMPORTED)
        or (each.is_type and each.symbol.islower())
        or is_misspelt(each.symbol, known)
        for each in missing
        if each.symbol is not None
    )


def _shows_no_imports(plan: JavaPlan, missing: Sequence[JavaError]) -> bool:
    """Whether a program leaves out all of its imports: nobody misspells so many types."""
    types = {each.symbol for each in missing if each.is_type} - IMPORTED
    return not plan.source.has_imports and len(types) >= _MANY_TYPES


def _wrong_elsewhere(
    plan: JavaPlan,
    alone: CodeValidationResult,
    result: CodeValidationResult,
    errors: Sequence[JavaError],
) -> CodeValidationResult:
    """Judge an error that is in no line of the block."""
    if plan.taken is None or not errors or (plan.source.is_whole and plan.source.has_main):
        return alone
    name, message = plan.taken.names[0], errors[0].text
    return not_runnable(result, f"it needs {name} of an earlier block: {message}")
