"""The runs of one session: as a rule a single one, which has the result of every block.

A block that ends its session, or takes all its time, is run last in a session of its own, which
tells what it did; the others run again without it. There are few such runs; what is then still
without a result is `unavailable`.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.session_report import ended_by, ran_out_of_time
from daytona_validate._core.sessions import MOST_EARLIER
from daytona_validate._course_run.consequences import consequence
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.replay import after, blocks
from daytona_validate._course_run.session_results import (
    is_known,
    keeps_all,
    session_result,
    without_verdict,
)
from daytona_validate._course_run.settled import last_word
from daytona_validate._course_run.steps import Answer, Request, Steps, Verdict, run
from daytona_validate._models import CodeValidationResult, Outcome, Snippet, Stage

MOST_BREAKS = 8
"""Times that blocks may end their session before all others are given up."""
LONGEST = 16
"""Times the limit of a block that all before it may take together."""
DEFAULT_TIMEOUT_S = 30.0
_NOT_TAKEN = re.compile("[\0\ud800-\udfff]")


def session_steps(page: CoursePage, positions: tuple[int, ...]) -> Steps:
    """Run the blocks of one session until each has its result.

    Args:
        page: Their page.
        positions: The blocks, in order.
    """
    session = _Session(page, positions)
    for position in positions:
        if position not in session.inside:
            result = yield from run(page.snippets[position].snippet)
            yield session.verdict(position, result)
    breaks = 0
    while (last := session.next_open()) is not None:
        result = yield from session.run_to(last)
        if result.outcome is Outcome.UNAVAILABLE:
            break
        breaks += not session.is_whole
        if breaks > MOST_BREAKS:
            result = without_verdict(result, f"{breaks} blocks of its session ended it")
            break
    for position in positions:
        if position not in session.results:
            yield session.verdict(position, result)


@dataclass(slots=True)
class _Session:
    """Progress of a session: who has a result, and who does not run before others any more."""

    page: CoursePage
    positions: tuple[int, ...]
    inside: frozenset[int] = frozenset()
    """Blocks that can run in it."""
    results: dict[int, CodeValidationResult] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    """Blocks that ended it."""
    times: int = 1
    """Times a block's limit that those before it may take together."""
    suspect: int | None = None
    """The block that was running when the time was up; whether it alone takes so long is not
    known."""
    is_whole: bool = True
    """Whether the last run came to its end."""

    def __post_init__(self) -> None:
        self.inside = frozenset(filter(self._can_run, self.positions[:MOST_EARLIER]))

    def _can_run(self, position: int) -> bool:
        snippet, code = self.page.snippets[position].snippet, self.page.code(position)
        reasons = (snippet.skip, snippet.not_runnable, snippet.unreadable)
        is_program = reasons == (None, None, None) and not snippet.check_only
        return is_program and bool(code.strip()) and not _NOT_TAKEN.search(code)

    def next_open(self) -> int | None:
        """Return which block is to run next, after all before it; None: all have results."""
        last = max(self.inside - self.results.keys(), default=None)
        found = last if self.suspect is None else self.suspect
        self.suspect = None
        return found

    def run_to(self, last: int) -> Generator[Request, Answer, CodeValidationResult]:
        """Run a block after all before it; take the results of all that it is enough for."""
        before = sorted(each for each in self.inside - self.lost if each < last)
        result = yield from run(self._snippet(last, before))
        if before and result.outcome is Outcome.INVALID_SNIPPET:
            result = yield from self._refused(last, result)
        ran = result.earlier[len(result.earlier) - len(before) :] if result.earlier else ()
        ended, is_all = ended_by(ran), keeps_all(ran)
        for number, (position, each) in enumerate(zip(before, ran, strict=False)):
            course = self.page.snippets[position]
            is_open = number != ended and position not in self.results
            if is_open and is_known(course, each, is_all=is_all):
                yield self.verdict(position, session_result(course.snippet, each, result))
        is_late = result.outcome is Outcome.NOT_RUNNABLE and result.stage is Stage.RUN
        self.is_whole = ended is None and not (ran and is_late)
        if ended is not None:
            self._leave_out(before[ended], is_for_time=ran_out_of_time(ran[ended]))
        elif not self.is_whole and self.times < LONGEST:
            self.times *= 4
        elif result.outcome is not Outcome.UNAVAILABLE:
            yield self.verdict(last, result)
        return result

    def _refused(
        self, last: int, refused: CodeValidationResult
    ) -> Generator[Request, Answer, CodeValidationResult]:
        """Return the result of a block that is not taken with all before it."""
        alone = yield from run(self.page.snippets[last].snippet)
        is_own = alone.outcome in (Outcome.INVALID_SNIPPET, Outcome.PASSED)
        return alone if is_own else not_runnable(alone, cause(refused.details))

    def _leave_out(self, ender: int, *, is_for_time: bool) -> None:
        """Decide who is left out of the next run, or whether it may take longer."""
        if not is_for_time:
            self.lost.add(ender)
        elif ender not in self.results:
            self.suspect = ender
        elif self.times < LONGEST:
            self.times *= 4
        else:
            self.lost.add(ender)

    def _snippet(self, last: int, before: list[int]) -> Snippet:
        snippet = after(self.page.snippets[last].snippet, [self.page.code(each) for each in before])
        if self.times == 1:
            return snippet
        return replace(snippet, timeout_s=(snippet.timeout_s or DEFAULT_TIMEOUT_S) * self.times)

    def verdict(self, position: int, result: CodeValidationResult) -> Verdict:
        """Give a block its result."""
        course, page = self.page.snippets[position], self.page
        if result.outcome is Outcome.TIMEOUT:
            self.lost.add(position)
        reason = page.no_program(position, result)
        if reason is not None:
            result = not_runnable(result, reason)
        above = [each for each in self.positions if each < position]
        without = [each for each in above if each in self.lost or not self._has_passed(each)]
        result = consequence(page, position, result, before=above, without=without)
        result = last_word(page, position, result)
        note = None if course.is_cell or not above else blocks(len(above))
        self.results[position] = result = replace(result, earlier=(), completed=note)
        return Verdict(position, result)

    def _has_passed(self, position: int) -> bool:
        result = self.results.get(position)
        return result is None or self.page.runs_well(position, result)
