"""Validates the snippets of a course, many at a time; results are handed on as they finish."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import count, islice

from anyio import to_thread

from daytona_validate._client import Validator
from daytona_validate._core.page_lines import in_page_lines
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.page_run import PageRun, Task
from daytona_validate._course_run.surroundings import SurroundingsReader
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Snippet

_BATCH_SNIPPETS = 16
"""Snippets read at one time: enough that changing threads costs nothing, few enough to hold."""
_HELD_BACK = "the course's configuration names files, which are not sent: --allow-files sends them"
_NO_RULES = RunRules()


async def run_course(
    course: Iterable[CourseSnippet],
    *,
    validator: Validator,
    on_result: Callable[[CourseSnippet, CodeValidationResult], Awaitable[object]],
    is_last: Callable[[CodeValidationResult], bool] = lambda _result: False,
    is_wanted: Callable[[CourseSnippet], bool] = lambda _course: True,
    is_settled: Callable[[int, CourseSnippet], bool] = lambda _index, _course: False,
    rules: RunRules = _NO_RULES,
    on_note: Callable[[str], object] = lambda _line: None,
) -> None:
    """Validate snippets, many at a time.

    Args:
        course: They are read in a worker thread, as the validator has room for them; no more pages
            are held than have something under way.
        validator: An open validator.
        on_result: Awaited with each snippet and its result, in the order they finish; the results'
            `index` counts the wanted ones in the order of the course.
        is_last: Whether to stop after a result; snippets under way are then cancelled.
        is_wanted: Whether a result is asked for. Of a page, the others run where one that is
            wanted needs them before it.
        is_settled: Whether a wanted one, by its index and itself, has a result already: it counts
            for the indices of others, and none is handed on.
        rules: How the blocks of a page are run.
        on_note: Told in a line, at the end, what of the course was left away.

    Raises:
        Exception: What reading the snippets, `on_result` or `is_last` raises.
    """
    async with (
        aclosing(read_ahead(iter(course))) as read,
        aclosing(pages_of(read)) as pages,
    ):
        runs = _CourseRun(pages, is_wanted, is_settled, rules)
        async with (
            aclosing(runs.snippets()) as source,
            validator.stream(source) as finished,
        ):
            async for result in finished:
                for snippet, found in runs.ran(result):
                    await on_result(snippet, found)
                    if is_last(found):
                        return
        if runs.has_held_back:
            on_note(_HELD_BACK)


@dataclass(eq=False, slots=True)
class _Page:
    run: PageRun
    indices: dict[int, int]
    """Of those that are wanted, by their positions in the page."""
    is_open: bool = True
    """Whether something wanted has no result yet."""

    def result_of(
        self, position: int, result: CodeValidationResult
    ) -> tuple[CourseSnippet, CodeValidationResult]:
        course = self.run.page.snippets[position]
        found = replace(
            result,
            index=self.indices[position],
            skill=course.snippet.skill,
            snippet_id=course.snippet.snippet_id,
            location=course.snippet.location,
        )
        if course.page is None or course.earlier_code is not None:  # its lines are not the page's
            return course, found
        error = in_page_lines(found, code=course.page_code, code_line=course.code_line)
        return course, replace(found, error=error)


class _CourseRun:
    """Queue of what is to be validated: fed by the pages read and by the results that come."""

    def __init__(
        self,
        pages: AsyncGenerator[tuple[CourseSnippet, ...], None],
        is_wanted: Callable[[CourseSnippet], bool],
        is_settled: Callable[[int, CourseSnippet], bool],
        rules: RunRules,
    ) -> None:
        self._pages = pages
        self._is_wanted = is_wanted
        self._is_settled = is_settled
        self._rules = rules
        self._surroundings = SurroundingsReader(rules)
        self._wanted = 0
        """How many were so far."""
        self._open_pages = 0
        self._to_run: deque[tuple[_Page, Task, Snippet]] = deque()
        self._under_way: dict[int, tuple[_Page, Task]] = {}
        self._has_changed = asyncio.Event()

    @property
    def has_held_back(self) -> bool:
        """Whether files that a configuration names were not allowed."""
        return self._surroundings.has_held_back

    async def snippets(self) -> AsyncGenerator[Snippet, None]:
        """Yield what is to be validated, until every page is done."""
        number = 0
        is_read = False
        while self._to_run or self._open_pages or not is_read:
            if self._to_run:
                page, task, snippet = self._to_run.popleft()
                self._under_way[number] = page, task
                number += 1
                yield snippet
            elif not is_read:
                is_read = not await self._read_page()
            else:
                self._has_changed.clear()
                await self._has_changed.wait()

    def ran(self, result: CodeValidationResult) -> list[tuple[CourseSnippet, CodeValidationResult]]:
        """Take a result; return the results of wanted snippets that are known by it."""
        page, task = self._under_way.pop(result.index)
        page.run.ran(task, result)
        self._add(page)
        found = [
            page.result_of(position, each)
            for position, each in page.run.new_results()
            if position in page.indices
        ]
        if page.is_open and page.run.is_done:
            page.is_open = False
            self._open_pages -= 1
        self._has_changed.set()
        return found

    async def _read_page(self) -> bool:
        """Read the next page, and return whether there was one."""
        snippets = await anext(self._pages, None)
        if snippets is None:
            return False
        wanted = [n for n, each in enumerate(snippets) if self._is_wanted(each)]
        indices = dict(zip(wanted, count(self._wanted), strict=False))
        self._wanted += len(wanted)
        if not wanted:
            return True
        around = await to_thread.run_sync(self._surroundings.of, snippets)
        snippets = around.told_to(snippets)
        left = {n: at for n, at in indices.items() if not self._is_settled(at, snippets[n])}
        if left:
            page = CoursePage(snippets, self._rules, set_up=around.set_up, site=around.site)
            self._open_pages += 1
            self._add(_Page(PageRun(page, left), left))
        return True

    def _add(self, page: _Page) -> None:
        self._to_run.extend((page, task, snippet) for task, snippet in page.run.to_run())


async def pages_of(
    course: AsyncGenerator[CourseSnippet, None],
) -> AsyncGenerator[tuple[CourseSnippet, ...], None]:
    """Yield the snippets of a course page by page; what is of no page comes alone."""
    page: list[CourseSnippet] = []
    async for snippet in course:
        if page and snippet.page != page[0].page:
            yield tuple(page)
            page = []
        if snippet.page is None:
            yield (snippet,)
        else:
            page.append(snippet)
    if page:
        yield tuple(page)


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
