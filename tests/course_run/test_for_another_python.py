"""A block for another Python than ran is not runnable, and only a block of a page."""

from __future__ import annotations

from dataclasses import replace

from blocks_of_pages import block, result
from daytona_validate._core.page_context import PageContext
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.settled import by_version
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Outcome


def judged(course: CourseSnippet, said: str, *, missing: str | None = None) -> CodeValidationResult:
    page = CoursePage([block("try: ...\nexcept OSError as e: ..."), course], RunRules())
    failed = replace(result(Outcome.RUNTIME_ERROR, missing), runtime="python 3.12.4")
    return by_version(page, 1, replace(failed, details=f"Code execution failed: {said}"))


def test_what_is_for_another_python_is_not_runnable() -> None:
    course = replace(block("print(e)"), context=PageContext(before="Output (Python 2.7)"))
    gone = "NameError: name 'xrange' is not defined (line 1)"
    assert judged(course, gone).outcome is Outcome.NOT_RUNNABLE
    assert judged(course, "RuntimeError: no (line 1)").outcome is Outcome.RUNTIME_ERROR
    lacking = "NameError: name '{}' is not defined (line 1)"
    assert judged(course, lacking.format("e"), missing="e").outcome is Outcome.NOT_RUNNABLE
    assert judged(course, lacking.format("x"), missing="x").outcome is Outcome.RUNTIME_ERROR


def test_what_is_for_a_later_python_lacks_that_python() -> None:
    later = "AttributeError: module 'copy' has no attribute 'replace' (line 1)"
    assert judged(block("copy.replace(a)"), later).outcome is Outcome.MISSING_DEPENDENCY
    nearly = later.replace("'replace'", "'replce'")
    assert judged(block("copy.replce(a)"), nearly).outcome is Outcome.RUNTIME_ERROR
    alone = block("copy.replace(a)", page=None)
    assert judged(alone, later).outcome is Outcome.RUNTIME_ERROR
