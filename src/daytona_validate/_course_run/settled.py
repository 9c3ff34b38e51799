"""The last word on a block: what its author and its page say of its result."""

from __future__ import annotations

import re

from daytona_validate._core.announced_errors import is_announced
from daytona_validate._core.details import skipped_details
from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.hidden_slips import as_slip, without_others
from daytona_validate._core.labelled_parts import labelled_part
from daytona_validate._core.meant_to_fail import as_meant_result, is_meant_to_fail
from daytona_validate._core.newer_python import for_newer_python
from daytona_validate._core.results import rejudged
from daytona_validate._core.shown_output import compared_with_shown
from daytona_validate._core.stated_versions import other_version
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import SESSION_LANGUAGES, CoursePage
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.later_points import at_later_point
from daytona_validate._course_run.loaded_packages import as_lacking_package
from daytona_validate._course_run.misspelt_modules import as_misspelt_module
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Fault, Outcome

_VERSION = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,2}", re.ASCII)


def last_word(
    page: CoursePage, position: int, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result, once nothing more is tried with it.

    Args:
        page: Its page.
        position: Its place there.
        result: Of its last attempt.
    """
    said = settled(page.snippets[position], result)
    lacking = as_lacking_package(page, position, by_version(page, position, said))
    gap = as_gap(page, position, lacking)
    return as_misspelt_module(page, position, at_later_point(page, position, gap))


def settled(course: CourseSnippet, result: CodeValidationResult) -> CodeValidationResult:
    """Return a block's result by what its author says of it.

    Args:
        course: The block; records and files keep their results.
        result: Of its last attempt.
    """
    if _is_meant(course, result):
        return as_meant_result(result)
    if _is_meant(course, without_others(result)):
        return as_slip(course.snippet, result)
    if _is_only_checked(course, result):
        return not_runnable(result, "it compiles; for twoslash, which does not run it")
    older = _older_runtime(course, result)
    if older is not None:
        details = skipped_details(f"it requires {course.marks.requires}, and {older} ran")
        return rejudged(result, Outcome.SKIPPED, details)
    if result.completed is not None and result.language not in SESSION_LANGUAGES:
        return result  # what came before it was declared again, and perhaps not all of it done
    return compared_with_shown(result, course.shown)


def _is_meant(course: CourseSnippet, result: CodeValidationResult) -> bool:
    """Return whether a block failed as its author or its page says that it does."""
    return is_meant_to_fail(course.snippet, result) or _is_announced(course, result)


def _is_announced(course: CourseSnippet, result: CodeValidationResult) -> bool:
    """Return whether a page says or shows how its block fails, where no mark says so."""
    if course.page is None or not course.snippet.is_block or course.snippet.should_fail is not None:
        return False
    return is_announced(course.context, course.page_code, result)


def _is_only_checked(course: CourseSnippet, result: CodeValidationResult) -> bool:
    """Return whether a block compiled and failed, and its page only shows what it compiles to."""
    return result.outcome is Outcome.RUNTIME_ERROR and "twoslash" in course.marks.words


def _older_runtime(course: CourseSnippet, result: CodeValidationResult) -> str | None:
    """Return the runtime that a block failed in, if its page asks for a later version."""
    asked, (_, _, version) = course.marks.requires, (result.runtime or "").partition(" ")
    ran = _VERSION.match(version)
    if asked is None or ran is None or result.fault is not Fault.SNIPPET:
        return None
    is_older = _numbers(ran[0]) < _numbers(asked)
    return result.runtime if is_older else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def by_version(
    page: CoursePage, position: int, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result, by the version of Python that its page or itself is for.

    Args:
        page: Its page.
        position: Its place there.
        result: Of its last attempt, settled.
    """
    course = page.snippets[position]
    is_asked = result.fault is Fault.SNIPPET and course.page is not None and course.snippet.is_block
    if not is_asked or course.snippet.should_fail is not None:
        return result
    is_made = _is_made(page, position, result)
    reason = other_version(course.context, course.page_code, result, is_made=is_made)
    reason = reason or labelled_part(course.page_code, result)
    if reason is not None:
        return not_runnable(result, reason)
    return for_newer_python(page.code(position), result)


def _is_made(page: CoursePage, position: int, result: CodeValidationResult) -> bool:
    """Return whether a block before it makes what it lacks, and has made it in vain."""
    if result.missing is None:
        return False
    name, codes = result.missing.name, map(page.code, page.before(position))
    return any(makes(each, name, language="python") for each in codes)
