"""Blocks that call what a block before them was to make anew, and did not, as it failed itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.details import cause, skipped_details
from daytona_validate._core.fragments.code_text import bare_lines, code_line
from daytona_validate._core.results import rejudged
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.page_words import words_of
from daytona_validate._models import CodeValidationResult, Outcome

_CALLED = re.compile(r"(?<![\w$.])([^\W\d][\w$]*)\s{0,9}\(")
_RAN = frozenset({Outcome.RUNTIME_ERROR, Outcome.WRONG_OUTPUT})
_MOST_NAMES = 5
_LACKS = re.compile(
    r"has no attribute '(\w{1,80})'|unexpected keyword argument '(\w{1,80})'"
    r"|([\w$]{1,80}) is not a (?:function|constructor)"
)
"""What is called or given by a name that the block which failed must have."""


def last_maker(
    page: CoursePage, position: int, result: CodeValidationResult, before: Sequence[int]
) -> int | None:
    """Return the last block before one that makes what its failing line calls; None: none does.

    Args:
        page: Its page.
        position: Its place there.
        result: Of the block, after those before it; it does not lack a name of its own.
        before: The blocks before it.
    """
    language = page.languages[position]
    bare = bare_lines(page.code(position), language)
    lacks = "" if result.missing is None else result.missing.name
    is_of_others = lacks not in "\n".join(bare) if lacks else bool(result.earlier)
    if result.outcome not in _RAN or not is_of_others:
        return None
    line = code_line(bare, result.error_line)
    names = [*dict.fromkeys(_CALLED.findall(line))][:_MOST_NAMES]
    makers = (
        each
        for each in reversed(before)
        if any(makes(page.code(each), name, language=language) for name in names)
    )
    return next(makers, None)


def remade_in_vain(
    page: CoursePage, result: CodeValidationResult, maker: int
) -> CodeValidationResult:
    """Return a block's result, `skipped`, as what it calls is another than its page means.

    A name that the block which failed has not either is its own slip.

    Args:
        page: Its page.
        result: Of the block.
        maker: The block that was to make it, and failed.
    """
    lacks = {each for found in _LACKS.findall(cause(result.details)) for each in found if each}
    if not lacks <= words_of(page.code(maker), page.languages[maker]):
        return result
    location = page.snippets[maker].snippet.location
    place = "" if location is None else f" at line {location.line}"
    why = f"it calls what the block{place} makes, which did not pass"
    details = skipped_details(f"{why}; without it: {cause(result.details)}")
    return rejudged(result, Outcome.SKIPPED, details)
