"""Failures that only follow from another: code that lacks what a block before it would have made.

The other block is told about by its own result. It errs towards the block's own failure: only what
plainly is defined there, by its name, counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from daytona_validate._core.details import cause, skipped_details
from daytona_validate._core.fragments.code_text import READ_CHARACTERS
from daytona_validate._core.results import rejudged
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.files_of_a_page import makes_file
from daytona_validate._models import CodeValidationResult, Location, MissingKind, Outcome

_DEFINED = frozenset({MissingKind.NAME, MissingKind.TYPE, MissingKind.TABLE})
_TARGETS = re.compile(r"[\s\w,*$]*")
"""What may stand before `=` where it defines names."""
_SCRIPTS = re.compile(
    r"\b(?:let|const|var)\b[^=;\n]*|\bfunction\b[\s*]*[\w$]+|\bimport\b[^'\"\n]*"
    r"|\b(?:class|interface|type|enum|namespace)\s+[\w$]+"
)
_DEFINITIONS = {
    "python": re.compile(
        r"\b(?:def|class|as|global)\s+\w+|\bfor\b[\w\s,*()]{0,100}?\bin\b"
        r"|\bimport\b[ \t]*(?:\([^()]{0,5000}\)|(?:[\w \t,.*]|\\\n){0,5000})"
    ),
    "javascript": _SCRIPTS,
    "typescript": _SCRIPTS,
    "sql": re.compile(
        r"\binsert\s+into\b|\bcreate\s+(?:(?!on\s)\w+\s+){1,6}\"?[\w.\"]+"
        r"|\b(?:add|rename|into|prepare|declare)\b[\w\s.\"]*",
        re.IGNORECASE,
    ),
}


def makes(code: str, name: str, *, language: str) -> bool:
    """Return whether code plainly defines a name, if it runs to its end.

    Args:
        code: The code; of a long one only the beginning is looked at.
        name: The name, as an error names it; SQL's in any letter case.
        language: The table's name of their language.
    """
    definition, code = _DEFINITIONS.get(language), code[:READ_CHARACTERS]
    is_sql = language == "sql"
    has_name = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])", re.IGNORECASE if is_sql else 0)
    if definition is None or not has_name.search(code):
        return False
    defined = (_without_types(found[0]) for found in definition.finditer(code))
    if any(has_name.search(each) for each in defined):
        return True
    return not is_sql and any(has_name.search(each) for each in _assigned(code))


def _without_types(declared: str) -> str:
    """Return `let p: P, q` as `let p, q`; what stands in brackets is a pattern's."""
    depth, is_type, kept = 0, False, list[str]()
    for each in declared:
        depth += (each in "([{<") - (each in ")]}>")
        if depth == 0 and each in ":,":
            is_type = each == ":"
        if not is_type:
            kept.append(each)
    return "".join(kept)


def _assigned(code: str) -> Iterator[str]:
    for line in code.split("\n"):
        target, is_assigned, value = line.partition("=")
        target = target.partition(":")[0]
        if is_assigned and value[:1] != "=" and _TARGETS.fullmatch(target):
            yield target


def consequence(
    page: CoursePage,
    position: int,
    result: CodeValidationResult,
    *,
    before: Sequence[int],
    without: Sequence[int],
) -> CodeValidationResult:
    """Return the result of a block; `skipped` if it only lacks what another would have made.

    It lacks nothing of the others if one that did run makes the same name: then it is its own.

    Args:
        page: Its page.
        position: Its place there.
        result: Of the block, after those before it.
        before: The blocks before it.
        without: Those of them that failed or did not run.
    """
    maker = _maker(page, position, result, without)
    ran = sorted({*before} - {*without})
    is_made = _maker(page, position, result, ran) is not None
    if maker is None or is_made or result.missing is None:
        return result
    place = _place(page.snippets[maker].snippet.location)
    why = f"it needs {result.missing.name!r} of the block{place}, which did not pass"
    details = skipped_details(f"{why}; without it: {cause(result.details)}")
    return rejudged(result, Outcome.SKIPPED, details)


def could_be_consequence(
    page: CoursePage, position: int, result: CodeValidationResult, before: Sequence[int]
) -> bool:
    """Return whether a result can only follow from one of the blocks before it."""
    return _maker(page, position, result, before) is not None


def _maker(
    page: CoursePage, position: int, result: CodeValidationResult, among: Sequence[int]
) -> int | None:
    missing, language = result.missing, page.languages[position]
    if result.outcome is Outcome.PASSED or missing is None:
        return None
    if missing.kind is MissingKind.FILE and language == "python":
        return next((each for each in among if makes_file(page.code(each), missing.name)), None)
    if missing.kind not in _DEFINED:
        return None
    makers = (each for each in among if makes(page.code(each), missing.name, language=language))
    return next(makers, None)


def _place(location: Location | None) -> str:
    if location is None:
        return ""
    return f" at line {location.line}" if location.cell is None else f" in cell {location.cell}"
