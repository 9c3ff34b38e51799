"""The block of a page that `run` is given: it runs as `check` runs it, with what its page has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from daytona_validate._client import Validator
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.collect import STDIN, collect, file_of
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Snippet


def is_on_page(snippet: Snippet, source: str) -> bool:
    """Return whether a snippet stands on a page that can be read once more."""
    return snippet.is_block and not source.startswith(f"{STDIN}:")


async def result_on_page(
    snippet: Snippet, source: str, *, reading: CollectOptions, rules: RunRules, validator: Validator
) -> CodeValidationResult:
    """Return the result of a block, run as a part of its page.

    Args:
        snippet: The block as it is to run.
        source: What names it, such as `lesson.md:137`.
        reading: How files are read.
        rules: How the blocks of a page are run.
        validator: An open validator.
    """
    found: list[CodeValidationResult] = []

    async def take(_course: CourseSnippet, result: CodeValidationResult) -> None:
        found.append(result)

    await run_course(
        _page(snippet, source, reading),
        validator=validator,
        on_result=take,
        is_wanted=lambda course: course.snippet is snippet,
        rules=rules,
    )
    return found[0] if found else await validator.validate(snippet)


def _page(snippet: Snippet, source: str, reading: CollectOptions) -> Iterator[CourseSnippet]:
    """Yield the snippets of the page: of a session only those up to the one that is asked for."""
    for course in collect([file_of(source)], options=reading):
        is_it = course.snippet.location == snippet.location
        yield replace(course, snippet=snippet) if is_it else course
        if is_it and course.is_cell:
            return
