"""Which attempts a page's blocks have, in which order, and which result counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.outcomes import outcome_row
from daytona_validate._course_run.course_page import CoursePage, RunRules, SessionMode
from daytona_validate._course_run.page_run import PageRun
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import NO_MARKS, Marks
from daytona_validate._models import (
    CodeValidationResult,
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
    row = outcome_row(outcome)
    return CodeValidationResult(
        skill="",
        status=row.status,
        output="",
        error=None,
        execution_time=0.0,
        details=f"{outcome}: {missing}",
        outcome=outcome,
        fault=row.fault,
        stage=Stage.RUN,
        language=language,
        provider="fake",
        error_line=None if outcome is Outcome.PASSED else line,
        missing=None if missing is None else Missing(kind, missing),
    )


def block(
    code: str, *, language: str = "python", page: str | None = "page.md", marks: Marks = NO_MARKS
) -> CourseSnippet:
    snippet = Snippet(code=code, language=language, is_block=page is not None)
    return CourseSnippet(snippet=snippet, page=page, code=code, marks=marks)


def names(snippet: Snippet) -> CodeValidationResult:
    """Judge code of lines `make x` and `use x`, and `fail`: each name must be made before."""
    made = {line.removeprefix("make ") for code in snippet.earlier for line in code.split("\n")}
    for number, line in enumerate(snippet.code.split("\n"), 1):
        verb, _, name = line.partition(" ")
        if verb == "use" and name not in made:
            return result(Outcome.RUNTIME_ERROR, name, line=number)
        if verb == "fail":
            return result(Outcome.RUNTIME_ERROR, line=number)
        made.add(name)
    return result()


def finished(
    blocks: list[CourseSnippet],
    judge: Judge = names,
    *,
    rules: RunRules | None = None,
    wanted: list[int] | None = None,
    order: Callable[[int], int] = lambda _count: 0,
) -> tuple[dict[int, CodeValidationResult], list[Snippet]]:
    """Run a page; return the results by position, and what was run in order.

    `order` says which of those that can be run is next, by how many there are.
    """
    page = CoursePage(blocks, rules or RunRules(), session_languages=frozenset({"python", "sql"}))
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


def test_a_block_that_passes_alone_is_run_once_and_alone() -> None:
    results, ran = finished([block("make x"), block("make y")])
    assert [each.outcome for each in results.values()] == [Outcome.PASSED] * 2
    assert [each.earlier for each in ran] == [(), ()]
    assert results[1].completed is None


def test_a_block_that_lacks_a_name_runs_again_after_those_before_it_that_ran() -> None:
    blocks = [block("make x"), block("fail"), block("use x"), block("make z"), block("use x")]
    results, ran = finished(blocks)
    assert [results[n].outcome for n in (1, 2, 4)] == [
        Outcome.RUNTIME_ERROR,
        Outcome.PASSED,
        Outcome.PASSED,
    ]
    assert [each.earlier for each in ran if each.earlier] == [
        ("make x",),
        ("make x", "use x", "make z"),
    ]
    assert results[2].completed == "the block before it"
    assert results[4].completed == "the 3 blocks before it"


@pytest.mark.parametrize(
    ("before", "code", "details", "line"),
    [
        ("make y", "use x", "runtime_error: x", 1),
        ("make y\nuse y", "use y\nuse x", "runtime_error: x", 2),
        ("make y # x", "use x", "runtime_error: x, also with the block before it", 1),
        ("make x\nuse x", "use x\nfail", "runtime_error: None", 2),
    ],
    ids=["nothing made it", "got further", "same again", "another error"],
)
def test_the_replay_counts_if_it_got_further(
    before: str, code: str, details: str, line: int
) -> None:
    results, _ = finished([block(before), block(code)])
    assert (results[1].details, results[1].error_line) == (details, line)


def test_a_replay_without_a_verdict_leaves_the_block_without_one() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        return result(Outcome.UNAVAILABLE) if snippet.earlier else names(snippet)

    results, _ = finished([block("make x"), block("use x")], judge)
    assert results[1].outcome is Outcome.UNAVAILABLE


def test_an_error_outside_of_the_block_is_not_its_own() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.earlier:
            return result(Outcome.RUNTIME_ERROR, "other", line=None)
        return names(snippet)

    results, _ = finished([block("make x"), block("use x")], judge)
    assert results[1].details == "runtime_error: x, also with the block before it"


@pytest.mark.parametrize(
    "blocks",
    [
        [block("make x", page=None), block("use x", page=None)],
        [block("make x"), block("use x", marks=Marks(stands_alone=True))],
        [block("make x", language="sql"), block("use x")],
        [block("make x", marks=Marks(session="other")), block("use x")],
        [block("make x", language="java"), block("use x", language="java")],
    ],
    ids=["no page", "stands alone", "another language", "another session", "no sessions"],
)
def test_these_blocks_are_never_run_after_others(blocks: list[CourseSnippet]) -> None:
    results, ran = finished(blocks)
    assert results[1].outcome is Outcome.RUNTIME_ERROR
    assert not any(each.earlier for each in ran)


def test_without_sessions_each_block_stands_alone() -> None:
    rules = RunRules(session=SessionMode.NONE)
    results, ran = finished([block("make x"), block("use x")], rules=rules)
    assert results[1].outcome is Outcome.RUNTIME_ERROR
    assert len(ran) == 2


def test_a_block_that_was_meant_to_fail_runs_before_no_other() -> None:
    failing = block("make x")
    failing = replace(failing, snippet=replace(failing.snippet, should_fail=""))
    results, ran = finished([failing, block("use x")])
    assert results[1].outcome is Outcome.RUNTIME_ERROR
    assert len(ran) == 2


def test_what_is_not_wanted_runs_only_where_it_is_needed() -> None:
    blocks = [block("make x"), block("make y"), block("use x"), block("fail")]
    results, ran = finished(blocks, wanted=[2])
    assert results[2].completed == "the 2 blocks before it"
    assert [each.code for each in ran] == ["use x", "make x", "make y", "use x"]
    _, ran = finished(blocks, wanted=[1])
    assert [each.code for each in ran] == ["make y"]


def test_a_file_of_the_page_stands_beside_a_block_that_imports_it() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        verb, _, module = snippet.code.partition("\n")[0].partition(" ")
        if verb == "import" and f"{module}.py" not in snippet.files:
            return result(Outcome.MISSING_DEPENDENCY, module, kind=MissingKind.MODULE)
        return names(snippet)

    file = block("make cart", marks=Marks(file="cart.py"))
    results, ran = finished([file, block("make x"), block("import cart\nuse x")], judge)
    assert results[2].outcome is Outcome.PASSED
    assert results[2].completed == "the page's cart.py, the 2 blocks before it"
    assert ran[-1].files == {"cart.py": "make cart"}
    assert ran[-1].earlier == ("make cart", "make x")
    other, _ = finished([file, block("import shop")], judge)
    assert other[1].outcome is Outcome.MISSING_DEPENDENCY


_LINES = st.sampled_from(["make a", "make b", "use a", "use b", "fail", "use c"])


@given(st.lists(st.lists(_LINES, min_size=1, max_size=3), max_size=8), st.randoms())
def test_no_replay_changes_the_verdict_of_a_block_that_passes_alone(
    pages: list[list[str]], chance: object
) -> None:
    """In whatever order the runs end; and whatever passes was run after blocks that passed."""
    codes = ["\n".join(lines) for lines in pages]
    blocks = [block(code) for code in codes]
    results, ran = finished(blocks, order=chance.randrange)  # type: ignore[attr-defined]  # Random
    in_order, _ = finished(blocks)
    assert results == in_order
    passed = {code for n, code in enumerate(codes) if results[n].outcome is Outcome.PASSED}
    for number, each in enumerate(blocks):
        if names(each.snippet).outcome is Outcome.PASSED:
            assert results[number] == result()
        elif results[number].outcome is Outcome.PASSED:
            assert results[number].completed is not None
    assert all(set(snippet.earlier) <= passed for snippet in ran)
