"""Blocks for another Python than ran, as their page says: they are not runnable here."""

from __future__ import annotations

from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.stated_versions import other_version
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._models import CodeValidationResult, Fault


def by_version(
    page: CoursePage, position: int, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result; `not_runnable` if its page says that it is for another Python.

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
    reason = other_version(course.context, code, result, is_made=_is_made(page, position, result))
    return result if reason is None else not_runnable(result, reason)


def _is_made(page: CoursePage, position: int, result: CodeValidationResult) -> bool:
    """Return whether a block before it makes what it lacks, and has made it in vain."""
    if result.missing is None:
        return False
    name, codes = result.missing.name, map(page.code, page.before(position))
    return any(makes(each, name, language="python") for each in codes)
