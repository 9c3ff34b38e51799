"""Pages of a small language of its own, and what becomes of their blocks, without any sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import block_results
from daytona_validate._core.session_report import NOT_RUN
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.page_run import PageRun
from daytona_validate._course_run.set_up import NO_SET_UP, SetUp
from daytona_validate._course_run.site import NO_SITE, Site
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import NO_MARKS, Marks
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
    Stage,
)

Judge = Callable[[Snippet], CodeValidationResult]


def result(
    outcome: Outcome = Outcome.PASSED,
    missing: str | None = None,
    *,
    kind: MissingKind = MissingKind.NAME,
    line: int | None = 1,
    language: str = "python",
) -> CodeValidationResult:
    found = block_results.result(
        outcome,
        details=f"{outcome}: {missing}",
        language=language,
        line=None if outcome is Outcome.PASSED else line,
    )
    return replace(found, missing=None if missing is None else Missing(kind, missing))


def block(
    code: str, *, language: str = "python", page: str | None = "page.md", marks: Marks = NO_MARKS
) -> CourseSnippet:
    snippet = Snippet(code=code, language=language, is_block=page is not None)
    return CourseSnippet(snippet=snippet, page=page, code=code, marks=marks)


def names(snippet: Snippet) -> CodeValidationResult:
    """Judge code of lines such as `make x`, `use x`, `fail`, `hang` and `exit`.

    A name has to be made before it is used. What hangs takes all of its session's time; what exits
    ends its session, and passes if it is its last.
    """
    made: set[str] = set()
    earlier: list[EarlierRun] = []
    for code in snippet.earlier:
        ending = next((_ENDINGS[each] for each in code.split("\n") if each in _ENDINGS), None)
        if ending is not None:
            left = len(snippet.earlier) - len(earlier) - 1
            earlier.append(EarlierRun(has_passed=False, details=ending))
            earlier += [EarlierRun(has_passed=False, details=NOT_RUN)] * left
            late = replace(result(Outcome.NOT_RUNNABLE), stage=Stage.RUN)
            return replace(late, earlier=tuple(earlier))
        missing, line, _ = _judged(code, made)
        earlier.append(_EARLIER if line is None else _failed(missing, line))
    missing, line, outcome = _judged(snippet.code, made)
    own = result() if line is None else result(outcome, missing, line=line)
    return replace(own, earlier=tuple(earlier))


_ENDINGS = {"hang": "it met the time limit", "exit": "it ended the session (exit code 0)"}
_EARLIER = EarlierRun(has_passed=True, output="1\n")


def _failed(missing: str | None, line: int) -> EarlierRun:
    error = "ValueError: no" if missing is None else f"NameError: name '{missing}' is not defined"
    trace = (
        f'Traceback (most recent call last):\n  File "/work/main.py", line {line}, in <module>\n'
    )
    return EarlierRun(has_passed=False, details=error, error=f"{trace}{error}\n")


def _judged(code: str, made: set[str]) -> tuple[str | None, int | None, Outcome]:
    """Return what is missing, the line of the failure, if there is one, and its outcome."""
    for number, line in enumerate(code.split("\n"), 1):
        verb, _, name = line.partition(" ")
        if verb == "use" and name not in made:
            return name, number, Outcome.RUNTIME_ERROR
        if verb == "fail":
            return None, number, Outcome.RUNTIME_ERROR
        if verb == "hang":
            return None, number, Outcome.TIMEOUT
        made.add(line.removeprefix("make "))
    return None, None, Outcome.PASSED


def finished(
    blocks: list[CourseSnippet],
    judge: Judge = names,
    *,
    rules: RunRules | None = None,
    wanted: list[int] | None = None,
    set_up: SetUp = NO_SET_UP,
    site: Site = NO_SITE,
    order: Callable[[int], int] = lambda _count: 0,
) -> tuple[dict[int, CodeValidationResult], list[Snippet]]:
    """Run a page; return the results by position, and what was run in order.

    `order` says which of those that can be run is next, by how many there are.
    """
    page = CoursePage(
        blocks,
        rules or RunRules(),
        set_up=set_up,
        session_languages=frozenset({"python", "sql"}),
        site=site,
    )
    run = PageRun(page, range(len(blocks)) if wanted is None else wanted)
    results: dict[int, CodeValidationResult] = {}
    ran: list[Snippet] = []
    to_run = list(run.to_run())
    while to_run:
        task, snippet = to_run.pop(order(len(to_run)))
        ran.append(snippet)
        run.ran(task, judge(snippet))
        results |= run.new_results()
        to_run += run.to_run()
    assert run.is_done
    return results, ran
