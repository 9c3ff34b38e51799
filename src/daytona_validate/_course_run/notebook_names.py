"""What a notebook's kernel adds to its cells: `display`, and as much of `get_ipython` as is safe.

Only pages whose cells say one of these words get it, or whose stored outputs are compared: their
cells show the value of their last expression, too. All others run as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from daytona_validate._core.told_error import said
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._sandbox_files import contents

LANGUAGE = "python"
_NAMED = re.compile(r"\bget_ipython\b|\bdisplay\s*\(")
_NEEDS = re.compile(r"\bNeedsIPython: (.{1,100})$")


def notebook_code(snippets: Iterable[CourseSnippet]) -> str | None:
    """Return the code that runs before a page's cells in Python; None: none of them asks for it."""
    cells = [each for each in snippets if each.is_cell and each.snippet.language == LANGUAGE]
    asked = {
        "cell_names.py": any(_NAMED.search(each.snippet.code) for each in cells),
        "cell_values.py": any(each.shown.cell and each.shown.cell.shows_values for each in cells),
    }
    return "\n\n".join(_code(name) for name, is_asked in asked.items() if is_asked) or None


def needs_ipython(course: CourseSnippet, result: CodeValidationResult) -> str | None:
    """Return why a cell that failed runs in a notebook only; None: that is not why it failed."""
    is_cell = course.is_cell and result.outcome is Outcome.RUNTIME_ERROR
    found = _NEEDS.search(said(result)) if is_cell else None
    is_own = found is None or "NeedsIPython" in course.snippet.code
    return None if found is None or is_own else f"it needs IPython: {found[1]}"


@cache
def _code(name: str) -> str:
    return contents("notebook")[name].decode()
