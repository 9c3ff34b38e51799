"""Cells, and blocks whose page or option says that they are one session: one run for all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks_of_pages import block, finished, names, result
from daytona_validate._core.session_report import NOT_RUN, ended_by
from daytona_validate._course_run.course_page import CoursePage, RunRules, SessionMode
from daytona_validate._course_run.session_steps import MOST_BREAKS
from daytona_validate._course_run.sessions import sessions_of
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import Marks
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Fault,
    Location,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
)

PASSED, FAILED, SKIPPED = Outcome.PASSED, Outcome.RUNTIME_ERROR, Outcome.SKIPPED


def cell(code: str, **fields: object) -> CourseSnippet:
    course = block(code, page="lesson.ipynb")
    snippet = replace(course.snippet, **fields)  # type: ignore[arg-type]  # any of its own
    return replace(course, snippet=snippet, is_cell=True)


def outcomes(cells: list[CourseSnippet]) -> tuple[list[Outcome], list[Snippet]]:
    results, ran = finished(cells)
    return [results[number].outcome for number in range(len(cells))], ran


def test_a_notebook_is_one_run_with_a_result_for_each_cell() -> None:
    cells = [cell("make x"), cell("fail"), cell("use x\nmake y"), cell("use z"), cell("use y")]
    results, ran = finished(cells)
    assert [each.outcome for _, each in sorted(results.items())] == [
        *(PASSED, FAILED, PASSED, FAILED, PASSED)
    ]
    assert len(ran) == 1
    assert ran[0].earlier == ("make x", "fail", "use x\nmake y", "use z")
    assert (results[0].output, results[0].error_line) == ("1\n", None)
    failed = results[3]
    assert failed.details == "Code execution failed: NameError: name 'z' is not defined (line 1)"
    assert (failed.error_line, failed.missing) == (1, Missing(MissingKind.NAME, "z"))
    assert failed.fault is Fault.SNIPPET
    assert "main.py" in (failed.error or "")
    assert all(each.earlier == () and each.completed is None for each in results.values())


def test_a_cell_that_lacks_a_name_of_one_that_failed_is_skipped() -> None:
    cells = [cell("fail\nx = 1"), cell("use x"), cell("use other")]
    cells[0] = replace(cells[0], snippet=replace(cells[0].snippet, location=Location("a", 1, 0)))
    results, _ = finished(cells)
    assert results[1].outcome is SKIPPED
    assert results[1].fault is Fault.NONE
    assert results[1].details.startswith(
        "Code skipped: it needs 'x' of the block in cell 0, which did not pass; without it: Name"
    )
    assert results[2].outcome is FAILED


def test_a_cell_that_is_not_run_is_no_reason_for_the_others_to_fail() -> None:
    cells = [
        cell("make a"),
        cell("x = 1", not_runnable="a magic"),
        cell("use a"),
        cell("use x"),
        cell("use b"),
    ]

    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.not_runnable is not None:
            return result(Outcome.NOT_RUNNABLE)
        return names(snippet)

    results, ran = finished(cells, judge)
    assert [each.outcome for _, each in sorted(results.items())] == [
        *(PASSED, Outcome.NOT_RUNNABLE, PASSED, SKIPPED, FAILED)
    ]
    assert len(ran) == 2


@pytest.mark.parametrize(
    ("codes", "expected", "runs"),
    [
        # The session; the one that hangs, last in its own; and the rest without it.
        (["make x", "hang", "use x"], [PASSED, Outcome.TIMEOUT, PASSED], 3),
        # One that ends the process: the same, the rest first.
        (["make x", "exit", "use x"], [PASSED, PASSED, PASSED], 3),
        (["make x", "use x", "hang"], [PASSED, PASSED, Outcome.TIMEOUT], 1),
        (["hang", "hang", "make x"], [Outcome.TIMEOUT, Outcome.TIMEOUT, PASSED], 5),
        (["hang\nx = 1", "use x"], [Outcome.TIMEOUT, SKIPPED], 3),
    ],
    ids=["hangs", "exits", "hangs last", "two hang", "hangs and made a name"],
)
def test_a_cell_that_ends_its_session_costs_the_others_nothing(
    codes: list[str], expected: list[Outcome], runs: int
) -> None:
    found, ran = outcomes([cell(code) for code in codes])
    assert found == expected
    assert len(ran) == runs


def test_cells_that_take_long_together_have_more_time_together() -> None:
    """No cell alone takes too long: the session gets four times as long, and none is blamed."""

    def judge(snippet: Snippet) -> CodeValidationResult:
        if len(snippet.earlier) < 2 or (snippet.timeout_s or 0) > 60:
            return names(snippet)
        slow = replace(result(Outcome.NOT_RUNNABLE), earlier=tuple(late_runs(snippet)))
        return replace(slow, stage=slow.stage)

    def late_runs(snippet: Snippet) -> list[EarlierRun]:
        late = EarlierRun(has_passed=False, details="it met the time limit")
        rest = [EarlierRun(has_passed=False, details=NOT_RUN)] * (len(snippet.earlier) - 2)
        return [EarlierRun(has_passed=True), late, *rest]

    results, ran = finished([cell("make x"), cell("make y"), cell("use x"), cell("use y")], judge)
    assert [each.outcome for each in results.values()] == [PASSED] * 4
    assert [each.timeout_s for each in ran] == [None, None, None, 120.0]


def test_cells_whose_session_ends_again_and_again_are_given_up() -> None:
    found, ran = outcomes([cell("exit") for _ in range(2 * MOST_BREAKS)] + [cell("make x")])
    assert set(found) == {Outcome.UNAVAILABLE}
    assert len(ran) == MOST_BREAKS + 1


def test_a_session_without_a_verdict_leaves_all_its_cells_without_one() -> None:
    results, _ = finished([cell("make x"), cell("use x")], lambda _: result(Outcome.UNAVAILABLE))
    assert [each.outcome for each in results.values()] == [Outcome.UNAVAILABLE] * 2


def test_a_cell_that_is_meant_to_fail_is_judged_as_the_last_of_its_session() -> None:
    found, ran = finished([cell("make x"), cell("use y", should_fail="NameError"), cell("use x")])
    assert found[2].outcome is PASSED
    assert ran[1].should_fail == "NameError"
    assert ran[1].earlier == ("make x",)


def test_cells_that_no_session_takes_are_judged_alone() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        too_much = len(snippet.earlier) > 1 or "\0" in snippet.code
        return result(Outcome.INVALID_SNIPPET) if too_much else names(snippet)

    cells = [cell("a\0"), cell(""), cell("make x"), cell("make y"), cell("use x"), cell("make z")]
    results, _ = finished(cells, judge)
    assert results[0].outcome is Outcome.INVALID_SNIPPET
    assert results[4].outcome is Outcome.NOT_RUNNABLE
    assert results[5].outcome is PASSED


def positions(*blocks: CourseSnippet, mode: SessionMode | None = None) -> list[tuple[int, ...]]:
    page = CoursePage(
        blocks, RunRules(session=mode), session_languages=frozenset({"python", "sql"})
    )
    return list(sessions_of(page))


def test_which_blocks_are_one_session() -> None:
    one = replace(block("a"), section="One")
    two = replace(block("b"), section="Two")
    sql = block("c", language="sql")
    named = block("d", marks=Marks(session="s"))
    continues = block("e", marks=Marks(continues=True))
    alone = block("f", marks=Marks(stands_alone=True))
    java = block("g", language="java")
    page, section, none = SessionMode.PAGE, SessionMode.SECTION, SessionMode.NONE
    assert positions(one, two, sql) == [(0,), (1,), (2,)]
    assert positions(one, two, sql, one, alone, mode=page) == [(0, 1, 3), (2,), (4,)]
    assert positions(one, two, one, mode=section) == [(0, 2), (1,)]
    assert positions(cell("x"), cell("y"), mode=none) == [(0,), (1,)]
    assert positions(cell("x"), sql, cell("y")) == [(0, 2), (1,)]
    assert positions(named, one, named) == [(0, 2), (1,)]
    assert positions(one, two, sql, continues, continues) == [(0,), (1, 3, 4), (2,)]
    assert positions(continues, one, mode=none) == [(0,), (1,)]
    assert positions(java, java, mode=page) == [(0,), (1,)]


def test_blocks_in_one_session_say_what_came_before() -> None:
    rules = RunRules(session=SessionMode.PAGE)
    results, ran = finished([block("make x"), block("use x"), block("use x")], rules=rules)
    assert [each.completed for _, each in sorted(results.items())] == [
        *(None, "the block before it", "the 2 blocks before it")
    ]
    assert len(ran) == 1


_LINES = st.sampled_from(["make a", "use a", "b = 1", "use b", "fail", "hang", "exit"])


@given(st.lists(st.lists(_LINES, min_size=1, max_size=2), max_size=10))
def test_any_notebook_ends_with_a_result_for_each_cell(codes: list[list[str]]) -> None:
    cells = [cell("\n".join(lines)) for lines in codes]
    results, ran = finished(cells)
    assert sorted(results) == list(range(len(cells)))
    assert len(ran) <= 3 * len(cells) + 1
    for number, lines in enumerate(codes):
        if "hang" not in lines and "exit" not in lines:
            assert results[number].outcome is not Outcome.TIMEOUT


def test_a_session_that_no_code_ended() -> None:
    assert ended_by([]) is None
    assert ended_by([EarlierRun(has_passed=False, details="NameError: x")]) is None
