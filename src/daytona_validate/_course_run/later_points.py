"""Python blocks for a later point of a program: `# After the flow.run(shared) call:`.

What such a block needs is made by that call, and no block of the page has it.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._models import CodeValidationResult, Outcome

_AFTER = re.compile(
    r"\s*#\s*(?:[Oo]nce|[Aa]fter|[Ff]ollowing)(?: the| calling| running)? `?([\w.]+)\([^()\n]*\)`?"
    r"(?: (?:call|is called|has run|ran|runs|returns|has finished))?\s*:?\s*(?:\n|$)"
)
_LACKS = re.compile(r"(?:KeyError|IndexError|NameError|AttributeError)\b")


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
    if said is None or not _LACKS.match(cause(result.details)):
        return result
    codes = (page.code(n) for n, each in enumerate(page.languages) if each == language)
    if any(f"{said[1]}(" in bare_start(each, language) for each in codes):
        return result
    return not_runnable(result, f"it stands after a call of {said[1]}, which no block has")
