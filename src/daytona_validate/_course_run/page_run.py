"""One page on its way: what is to be run of it next, and what has its result.

It does no I/O itself: whoever drives it runs what it asks for, in any order and many at a time.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from daytona_validate._course_run.block_steps import block_steps
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.session_steps import session_steps
from daytona_validate._course_run.sessions import sessions_of
from daytona_validate._course_run.steps import Answer, ResultsOf, Run, Steps, Verdict
from daytona_validate._models import CodeValidationResult, Snippet


@dataclass(eq=False, slots=True, kw_only=True)
class Task:
    """Task: the steps of one block, or of some in one session."""

    positions: tuple[int, ...]
    steps: Steps
    is_started: bool = False
    asked_for: tuple[int, ...] = ()
    """The blocks whose results it waits for."""
    left: int = 0
    """How many of them have none yet."""


class PageRun:
    """Scheduler of one page: answers the requests of its blocks' steps.

    Args:
        page: The page.
        wanted: The positions whose results are asked for; the other blocks run only if one of these
            needs them.
    """

    def __init__(self, page: CoursePage, wanted: Iterable[int]) -> None:
        self.page = page
        self._unfinished = set(wanted)
        self._tasks = {position: task for task in _tasks(page) for position in task.positions}
        self._results: dict[int, CodeValidationResult] = {}
        self._waiting: defaultdict[int, list[Task]] = defaultdict(list)
        self._due: deque[tuple[Task, Answer]] = deque()
        self._to_run: deque[tuple[Task, Snippet]] = deque()
        self._new: deque[int] = deque()
        self._start(sorted(self._unfinished))
        self._go_on()

    @property
    def is_done(self) -> bool:
        """Whether all that is wanted has its result."""
        return not self._unfinished

    @property
    def unfinished(self) -> frozenset[int]:
        """The positions that are wanted and have no result yet."""
        return frozenset(self._unfinished)

    def to_run(self) -> Iterator[tuple[Task, Snippet]]:
        """Take what can be run now: each with the task that its result belongs to."""
        while self._to_run:
            yield self._to_run.popleft()

    def new_results(self) -> Iterator[tuple[int, CodeValidationResult]]:
        """Take the results that are there since this was asked last, with their positions."""
        while self._new:
            position = self._new.popleft()
            yield position, self._results[position]

    def ran(self, task: Task, result: CodeValidationResult) -> None:
        """Hand over the result of what was to be run."""
        self._due.append((task, self.page.without_set_up(task.positions[0], result)))
        self._go_on()

    def _start(self, positions: Iterable[int]) -> None:
        for task in (self._tasks[position] for position in positions):
            if not task.is_started:
                task.is_started = True
                self._due.append((task, None))

    def _go_on(self) -> None:
        while self._due:
            task, answer = self._due.popleft()
            try:
                request = task.steps.send(answer)
            except StopIteration:
                continue
            if isinstance(request, Run):
                snippet = self.page.with_set_up(task.positions[0], request.snippet)
                self._to_run.append((task, snippet))
            elif isinstance(request, ResultsOf):
                self._wait(task, request.positions)
            else:
                self._finish(request)
                self._due.append((task, None))

    def _wait(self, task: Task, positions: tuple[int, ...]) -> None:
        self._start(positions)
        task.asked_for = positions
        missing = [each for each in positions if each not in self._results]
        task.left = len(missing)
        for each in missing:
            self._waiting[each].append(task)
        if not missing:
            self._due.append((task, self._answer(task)))

    def _finish(self, verdict: Verdict) -> None:
        self._results[verdict.position] = verdict.result
        self._unfinished.discard(verdict.position)
        self._new.append(verdict.position)
        for task in self._waiting.pop(verdict.position, ()):
            task.left -= 1
            if task.left == 0:
                self._due.append((task, self._answer(task)))

    def _answer(self, task: Task) -> Mapping[int, CodeValidationResult]:
        return {position: self._results[position] for position in task.asked_for}


def _tasks(page: CoursePage) -> Iterator[Task]:
    for positions in sessions_of(page):
        is_session = len(positions) > 1
        steps = session_steps(page, positions) if is_session else block_steps(page, positions[0])
        yield Task(positions=positions, steps=steps)
