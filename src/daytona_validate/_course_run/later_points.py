"""Python blocks for a later point of a program: `# After the flow.run(shared) call:`.

What such a block needs is made by that call, and no block of the page has it. So the line of the
error must look into what the call is given, for what is nearly nothing else on the page, or the
block must lack a name.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import (
    READ_CHARACTERS,
    bare_lines,
    bare_start,
    code_line,
)
from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES, OWN_NAMES
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.page_words import words_of_page
from daytona_validate._models import CodeValidationResult, Outcome

_AFTER = re.compile(
    r"\s*#\s*(?:[Oo]nce|[Aa]fter|[Ff]ollowing)(?: the| calling| running)?"
    r" `?([\w.]+)\(([^()\n]*)\)`?"
    r"(?: (?:call|is called|has run|ran|runs|returns|has finished))?\s*:?\s*(?:\n|$)"
)
_LACKS = re.compile(
    r"(?:KeyError: '(\w{1,80})'|AttributeError: '\w{1,80}' object has no attribute '(\w{1,80})'"
    r"|NameError: name '(\w{1,80})' is not defined)(?: \(line \d{1,9}\))?$|IndexError: "
)
"""Not what Python takes for another name itself: `Did you mean`."""
_QUOTED = re.compile(r"['\"](\w{1,80})['\"]")
_WORD = re.compile(r"[^\W\d]\w*")


def at_later_point(
    page: CoursePage, position: int, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result; `not_runnable` if it stands after a call that its page leaves out.

    Args:
        page: Its page.
        position: Its place there.
        result: Its last, settled one.
    """
    course, language = page.snippets[position], page.languages[position]
    is_asked = result.outcome is Outcome.RUNTIME_ERROR and course.snippet.is_block
    if not is_asked or language != "python" or not page.rules.has_fragments:
        return result
    said = _AFTER.match(page.code(position))
    lacks = _LACKS.match(cause(result.details))
    if said is None or lacks is None:
        return result
    codes = [page.code(n) for n, each in enumerate(page.languages) if each == language]
    is_called = any(f"{said[1]}(" in bare_start(each, language) for each in codes)
    if is_called or not _is_made_there(said, lacks, codes, _failing_line(page, position, result)):
        return result
    return not_runnable(result, f"it stands after a call of {said[1]}, which no block has")


def _failing_line(page: CoursePage, position: int, result: CodeValidationResult) -> str:
    lines = bare_lines(page.code(position), page.languages[position])
    return code_line(lines, result.error_line)


def _is_made_there(said: re.Match[str], lacks: re.Match[str], codes: list[str], line: str) -> bool:
    """Return whether a call that a comment names would make what its block lacks.

    Args:
        said: The comment.
        lacks: The error.
        codes: Of the page.
        line: Of the block, where it failed.
    """
    *called, last = said[1].split(".")
    words = words_of_page(codes, "python")
    name = lacks[1] or lacks[2] or lacks[3] or ""
    if words is None or is_misspelt(last, words) or is_misspelt(name, words | _strings(codes)):
        return False
    if lacks[3]:
        return name not in OWN_NAMES["python"] | FORGOTTEN_NAMES["python"]
    given = {*called, *_WORD.findall(said[2])}
    return not given.isdisjoint(_WORD.findall(line))


def _strings(codes: list[str]) -> frozenset[str]:
    """Return the words in quotes: what keys may be."""
    return frozenset(word for code in codes for word in _QUOTED.findall(code[:READ_CHARACTERS]))
