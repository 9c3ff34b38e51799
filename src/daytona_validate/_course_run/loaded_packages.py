"""Packages that a block names in a string, for a library to load: its error tells what it lacks.

A program could make such an error up, so it counts for pages alone, and only where the block has
the name itself.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause, failure_details
from daytona_validate._core.fragments.code_text import READ_CHARACTERS
from daytona_validate._core.languages.javascript_errors import package_of
from daytona_validate._core.missing_dependency import install_advice
from daytona_validate._core.results import rejudged
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.usual_names import SCRIPTS
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome

_STRING = re.compile(r"['\"`]([^'\"`\n]{1,200})['\"`]")


def as_lacking_package(
    page: CoursePage, position: int, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result; `missing_dependency` if a library did not find what it names.

    Args:
        page: Its page.
        position: Its place there.
        result: Its last, settled one.
    """
    missing, snippet = result.missing, page.snippets[position].snippet
    is_asked = result.outcome is Outcome.RUNTIME_ERROR and snippet.is_block
    if not is_asked or missing is None or page.languages[position] not in SCRIPTS:
        return result
    package = package_of(missing.name) if missing.kind is MissingKind.MODULE else None
    if package is None or missing.name not in _STRING.findall(snippet.code[:READ_CHARACTERS]):
        return result
    details = failure_details(cause(result.details), install_advice(result.language, package))
    return rejudged(result, Outcome.MISSING_DEPENDENCY, details)
