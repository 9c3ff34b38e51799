"""The last word on a block: what its author says of its result."""

from __future__ import annotations

from daytona_validate._core.meant_to_fail import as_meant_result, is_meant_to_fail
from daytona_validate._core.shown_output import compared_with_shown
from daytona_validate._course_run.course_page import SESSION_LANGUAGES
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult


def settled(course: CourseSnippet, result: CodeValidationResult) -> CodeValidationResult:
    """Return a block's result, once nothing more is tried with it.

    Args:
        course: The block; records and files keep their results.
        result: Of its last attempt.
    """
    if is_meant_to_fail(course.snippet, result):
        return as_meant_result(result)
    if result.completed is not None and result.language not in SESSION_LANGUAGES:
        return result  # what came before it was declared again, and perhaps not all of it done
    return compared_with_shown(result, course.shown)
