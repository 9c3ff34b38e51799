"""Validates the snippets of a course, many at a time; results are handed on as they finish."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from itertools import islice

from anyio import to_thread

from daytona_validate._client import Validator
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Snippet

_BATCH_SNIPPETS = 16
"""Snippets read at one time: enough that changing threads costs nothing, few enough to hold."""


async def run_course(
    course: Iterable[CourseSnippet],
    *,
    validator: Validator,
    on_result: Callable[[CourseSnippet, CodeValidationResult], Awaitable[object]],
    is_last: Callable[[CodeValidationResult], bool] = lambda _result: False,
) -> None:
    """Validate snippets, many at a time.

    Args:
        course: They are read in a worker thread, as the validator has room for them.
        validator: An open validator.
        on_result: Awaited with each snippet and its result, in the order they finish.
        is_last: Whether to stop after a result; snippets under way are then cancelled.

    Raises:
        Exception: What reading the snippets, `on_result` or `is_last` raises.
    """
    under_way: dict[int, CourseSnippet] = {}

    async def numbered(
        course: AsyncGenerator[CourseSnippet, None],
    ) -> AsyncGenerator[Snippet, None]:
        number = 0
        async for each in course:
            under_way[number] = each
            number += 1
            yield each.snippet

    async with (
        aclosing(read_ahead(iter(course))) as read,
        aclosing(numbered(read)) as source,
        validator.stream(source) as finished,
    ):
        async for result in finished:
            await on_result(under_way.pop(result.index), result)
            if is_last(result):
                break


async def read_ahead(course: Iterator[CourseSnippet]) -> AsyncGenerator[CourseSnippet, None]:
    """Yield snippets that are read in a worker thread.

    A large page takes a second to parse. In the event loop, that second would be added to the
    time that every running program is given.
    """
    while batch := await to_thread.run_sync(_next_batch, course):
        for snippet in batch:
            yield snippet


def _next_batch(course: Iterator[CourseSnippet]) -> list[CourseSnippet]:
    return list(islice(course, _BATCH_SNIPPETS))
