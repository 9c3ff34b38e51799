"""What a page says around a block that failed: that it is to fail, or of another Python."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.meant_to_fail import as_meant_result
from daytona_validate._core.shown_errors import is_shown_to_fail
from daytona_validate._core.stated_versions import other_version
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._models import CodeValidationResult, Fault


def as_said(page: CoursePage, position: int, result: CodeValidationResult) -> CodeValidationResult:
    """Return a block's result; as its page says, if it failed so.

    Args:
        page: Its page.
        position: Its place there.
        result: Its last, settled one.
    """
    course = page.snippets[position]
    is_asked = result.fault is Fault.SNIPPET and course.page is not None and course.snippet.is_block
    if not is_asked or course.snippet.should_fail is not None:
        return result
    code = course.code or course.snippet.code
    if is_shown_to_fail(course.around, code, result):
        return replace(as_meant_result(result), error_line=None)
    reason = other_version(course.around, code, result, is_made=_is_made(page, position, result))
    return result if reason is None else not_runnable(result, reason)


def _is_made(page: CoursePage, position: int, result: CodeValidationResult) -> bool:
    """Return whether a block before it makes what it lacks, and has made it in vain."""
    if result.missing is None:
        return False
    name, codes = result.missing.name, map(page.code, page.before(position))
    return any(makes(each, name, language="python") for each in codes)
