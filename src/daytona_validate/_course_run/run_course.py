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
from daytona_validate._core.intake import named_language
from daytona_validate._core.page_lines import in_page_lines
from daytona_validate._core.results import RunContext, cancelled
from daytona_validate._core.unavailable_streak import UnavailableStreak
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.page_run import PageRun, Task
from daytona_validate._course_run.surroundings import SurroundingsReader
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._runtime.cleanup import finish

_BATCH_SNIPPETS = 16
"""Snippets read at one time: enough that changing threads costs nothing, few enough to hold."""
_HELD_BACK = "the course's configuration names files, which are not sent: --allow-files sends them"
_READING_S = 30.0
"""How long the reading of a page may go on after it was called off."""
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
            wanted needs them before it. It is asked of each once more when that was told what its
            page depends on, if any is wanted before; then fewer may be, and no more.
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
        runs, why = _CourseRun(pages, is_wanted, is_settled, rules), None
        async with (
            aclosing(runs.snippets()) as source,
            validator.stream(source) as finished,
        ):
            async for result in finished:
                for snippet, found in runs.ran(result):
                    await on_result(snippet, found)
                    if is_last(found):
                        return
                if (why := runs.why_to_stop(result)) is not None:
                    break
        if why is not None:
            async with aclosing(runs.called_off(why, provider=result.provider)) as rest:
                async for snippet, found in rest:
                    await on_result(snippet, found)
            on_note(f"stopped: {why} (--stop-after-unavailable)")
        if runs.has_held_back:
            on_note(_HELD_BACK)


@dataclass(eq=False, slots=True)
class _Page:
    run: PageRun
    indices: dict[int, int]
    """Of those that are wanted, by their positions in the page."""

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
        self._streak: UnavailableStreak | None = None
        if rules.stop_after_unavailable is not None:
            self._streak = UnavailableStreak(rules.stop_after_unavailable)
        self._open_pages: dict[_Page, None] = {}
        """Those with something wanted that has no result yet."""
        self._to_run: deque[tuple[_Page, Task, Snippet]] = deque()
        self._under_way: dict[int, tuple[_Page, Task]] = {}
        self._is_read = False
        """Whether there is no page more."""
        self._has_changed = asyncio.Event()

    @property
    def has_held_back(self) -> bool:
        """Whether files that a configuration names were not allowed."""
        return self._surroundings.has_held_back

    async def snippets(self) -> AsyncGenerator[Snippet, None]:
        """Yield what is to be validated, until every page is done."""
        number = 0
        while self._to_run or self._open_pages or not self._is_read:
            if self._to_run:
                page, task, snippet = self._to_run.popleft()
                self._under_way[number] = page, task
                number += 1
                yield snippet
            elif self._is_read:
                self._has_changed.clear()
                await self._has_changed.wait()
            elif self._streak is None:
                await self._read_page()
            else:  # the rest is still to be told of: a generator that is cancelled is lost with it
                await finish(self._read_page(), grace_s=_READING_S)

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
        if page.run.is_done:
            self._open_pages.pop(page, None)
        self._has_changed.set()
        return found

    def why_to_stop(self, result: CodeValidationResult) -> str | None:
        """Return why the rest is to be called off after a result, if it is."""
        return None if self._streak is None else self._streak.add(result)

    async def called_off(
        self, why: str, *, provider: str
    ) -> AsyncGenerator[tuple[CourseSnippet, CodeValidationResult], None]:
        """Yield all that is wanted and has no result yet, each with one that says why."""
        while self._open_pages or not self._is_read:
            for page in self._open_pages:
                for position in sorted(page.run.unfinished):
                    snippet = page.run.page.snippets[position].snippet
                    language = named_language(snippet)
                    run = RunContext(snippet=snippet, language=language, provider=provider)
                    yield page.result_of(position, cancelled(why, run))
            self._open_pages.clear()
            await self._read_page()

    async def _read_page(self) -> None:
        """Read the next page, if there is one."""
        snippets = await anext(self._pages, None)
        if snippets is None:
            self._is_read = True
            return
        if not any(map(self._is_wanted, snippets)):
            return
        around = await to_thread.run_sync(self._surroundings.of, snippets)
        snippets = around.told_to(snippets)
        wanted = [n for n, each in enumerate(snippets) if self._is_wanted(each)]
        indices = dict(zip(wanted, count(self._wanted), strict=False))
        self._wanted += len(wanted)
        left = {n: at for n, at in indices.items() if not self._is_settled(at, snippets[n])}
        if left:
            page = CoursePage(snippets, self._rules, set_up=around.set_up, site=around.site)
            opened = _Page(PageRun(page, left), left)
            self._open_pages[opened] = None
            self._add(opened)

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
