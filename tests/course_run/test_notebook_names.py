"""Cells find what a notebook's kernel adds, and what only it can do is no fault of theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, result
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.notebook_names import needs_ipython, notebook_code
from daytona_validate._course_run.set_up import SetUp
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

NEEDS = replace(
    result(Outcome.RUNTIME_ERROR),
    details="Code execution failed: NeedsIPython: get_ipython().kernel (line 1)",
)


def cell(code: str, language: str = "python") -> CourseSnippet:
    return replace(block(code, language=language), is_cell=True)


@pytest.mark.parametrize("code", ["display (x)", "get_ipython()", "if get_ipython is None: pass"])
def test_all_cells_of_a_page_that_asks_for_it_run_after_it(code: str) -> None:
    ran: list[Snippet] = []

    def judged(snippet: Snippet) -> CodeValidationResult:
        ran.append(snippet)
        return result()

    page = [cell(code), block("plain"), cell("SELECT 1", "sql")]
    finished(page, judge=judged, set_up=SetUp(codes={"python": "set up"}))
    notebook = notebook_code(page)
    assert notebook is not None
    before = {each.code: each.earlier for each in ran}
    assert before == {code: (notebook, "set up"), "plain": ("set up",), "SELECT 1": ()}


@pytest.mark.parametrize(
    "snippet", [cell("x.displayed(1)"), block("display(1)"), cell("display(1)", "javascript")]
)
def test_other_pages_run_as_they_are(snippet: CourseSnippet) -> None:
    assert notebook_code([snippet]) is None


@pytest.mark.parametrize("has_fragments", [True, False])
def test_what_only_a_kernel_can_do_is_not_runnable(has_fragments: bool) -> None:
    rules = RunRules(has_fragments=has_fragments)
    results, _ = finished([cell("get_ipython().kernel")], judge=lambda _: NEEDS, rules=rules)
    assert results[0].outcome is Outcome.NOT_RUNNABLE
    assert results[0].details.endswith("it needs IPython: get_ipython().kernel")


def test_another_failure_is_the_cells_own() -> None:
    assert needs_ipython(cell("raise NeedsIPython"), NEEDS) is None
    assert needs_ipython(block("display(1)"), NEEDS) is None
    assert needs_ipython(cell("x"), replace(NEEDS, outcome=Outcome.PASSED)) is None
    assert needs_ipython(cell("x"), result(Outcome.RUNTIME_ERROR)) is None
