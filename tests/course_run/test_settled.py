"""What an author says of a block's result counts last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.hidden_slips import as_slip
from daytona_validate._core.page_context import PageContext
from daytona_validate._core.shown_output import ShownLine, ShownOutput
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.page_run import PageRun
from daytona_validate._course_run.settled import settled
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.info_string import parse_info
from daytona_validate._courses.read_marks import marks_of
from daytona_validate._courses.repl_session import as_program
from daytona_validate._models import (
    CodeValidationResult,
    Fault,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
)
from made_results import made_reported

FAILED = made_reported(
    path=None, details="Code execution failed: TypeError: no (line 1)", error_line=1
).result
WRONG = replace(FAILED, outcome=Outcome.WRONG_OUTPUT, error_line=None)


def only_result(snippet: Snippet, ran: CodeValidationResult) -> CodeValidationResult:
    course = CourseSnippet(snippet=snippet, page="a.md", code=snippet.code)
    page = PageRun(CoursePage([course], RunRules()), [0])
    for task, _ in page.to_run():
        page.ran(task, ran)
    ((_, result),) = page.new_results()
    return result


def test_an_error_on_purpose_is_a_pass() -> None:
    block = Snippet(code="f()  # TypeError", language="python", is_block=True)
    assert only_result(block, FAILED).outcome is Outcome.PASSED
    assert only_result(replace(block, code="f()"), FAILED) == FAILED


def test_an_error_that_the_page_announces_is_a_pass() -> None:
    block = Snippet(code="f()", language="python", is_block=True)
    said = PageContext(before="The following raises a TypeError:")
    course = CourseSnippet(snippet=block, page="a.md", context=said)
    passed = settled(course, FAILED)
    assert (passed.outcome, passed.error_line) == (Outcome.PASSED, None)
    assert passed.details.startswith("Failed as expected: TypeError: no")
    alone, marked = replace(block, is_block=False), replace(block, should_fail="ValueError")
    for other in (
        replace(course, page=None),
        replace(course, snippet=alone),
        replace(course, snippet=marked),
    ):
        assert settled(other, FAILED).outcome is FAILED.outcome


def test_a_block_of_twoslash_is_only_checked() -> None:
    block = Snippet(code="a.b()", language="typescript", is_block=True)
    marks = marks_of(parse_info("ts twoslash"), code="a.b()")
    course = CourseSnippet(snippet=block, page="a.md", marks=marks)
    failed = replace(FAILED, outcome=Outcome.RUNTIME_ERROR)
    assert settled(course, failed).details == (
        "Code not runnable: it compiles; for twoslash, which does not run it"
    )
    refused = replace(FAILED, outcome=Outcome.COMPILE_ERROR)
    assert settled(course, refused) == refused


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("line 2 of the output is '3', expected '2'", 2),
        ("the output ends before line 7, expected '2'", 7),
        ("the output has 3 bytes", None),
    ],
)
def test_the_output_of_a_session_is_wrong_in_a_line_of_the_block(
    said: str, line: int | None
) -> None:
    session = Snippet(code=">>> 1 + 1\n2\n", language="python", is_block=True)
    wrong = replace(WRONG, details=f"Code execution failed: {said}")
    assert only_result(as_program(session), wrong).error_line == line
    assert only_result(session, wrong).error_line is None


def test_a_session_runs_before_others_as_it_was_typed() -> None:
    session = as_program(Snippet(code=">>> x = 1\n", language="python", is_block=True))
    courses = [
        CourseSnippet(snippet=session, page="a.md", code=">>> x = 1\n", earlier_code="x = 1\n"),
        CourseSnippet(snippet=Snippet(code="x", language="python", is_block=True), page="a.md"),
    ]
    languages = frozenset({"python"})
    page = PageRun(CoursePage(courses, RunRules(), session_languages=languages), [0, 1])
    lacking = replace(FAILED, missing=Missing(MissingKind.NAME, "x"), error_line=1)
    earlier: list[tuple[str, ...]] = []
    for task, snippet in page.to_run():
        earlier.append(snippet.earlier)
        page.ran(task, lacking if snippet.code == "x" else WRONG)
    assert earlier == [(), (), ("x = 1\n",)]


@pytest.mark.parametrize(
    ("completed", "language", "outcome"),
    [
        (None, "java", Outcome.WRONG_OUTPUT),
        ("the block before it", "python", Outcome.WRONG_OUTPUT),
        ("a class around it", "java", Outcome.PASSED),
    ],
)
def test_what_a_completed_program_prints_may_lack_what_came_before(
    completed: str | None, language: str, outcome: Outcome
) -> None:
    passed = replace(FAILED, outcome=Outcome.PASSED, output="0\n", language=language)
    snippet = Snippet(code="f(1)", language=language, is_block=True)
    shown = ShownOutput(lines=(ShownLine(1, "1", True),))
    course = CourseSnippet(snippet=snippet, page="a.md", shown=shown)
    assert settled(course, replace(passed, completed=completed)).outcome is outcome


@pytest.mark.parametrize(
    ("requires", "runtime", "is_older"),
    [
        ("3.13", "python 3.11.7", True),
        (">= 3.13", "python 3.9.1", True),
        ("3.11", "python 3.11.7", False),
        ("3.9", "python 3.11.7", False),
        ("rust", "python 3.11.7", False),
        ("3.13", "python", False),
        ("3.13", None, False),
    ],
)
def test_an_older_runtime_than_its_page_asks_for_judges_nothing(
    requires: str, runtime: str | None, *, is_older: bool
) -> None:
    marks = marks_of(parse_info(f'python {{requires="{requires}"}}'))
    course = CourseSnippet(snippet=Snippet(code="f()", language="python"), page="a", marks=marks)
    found = settled(course, replace(FAILED, runtime=runtime))
    details = f"Code skipped: it requires 3.13, and {runtime} ran"
    assert found.details == (details if is_older else FAILED.details)
    assert (found.outcome is Outcome.SKIPPED) == is_older
    passed = replace(FAILED, outcome=Outcome.PASSED, fault=Fault.NONE, runtime=runtime)
    assert settled(course, passed).outcome is Outcome.PASSED


SLIP = "TS2304: Cannot find name 'pirce'."
TYPES = "TS2322: Type 'string' is not assignable to type 'number'."


def typescript(*errors: tuple[int, str]) -> CodeValidationResult:
    told = "".join(f"index.ts({line},1): error {message}\n" for line, message in errors)
    line, message = errors[0]
    return replace(
        made_reported(outcome=Outcome.COMPILE_ERROR, path=None).result,
        language="typescript",
        details=f"Code execution failed: {message} (line {line})",
        error_line=line,
        error=told,
    )


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("let a: number = 'b'  // error\npirce", ""),
        ("let a: number = 'b'\npirce", "The following does not compile:"),
        ("let a: number = 'b'\npirce", "The following throws a TS2322:"),
    ],
)
def test_a_slip_beside_an_error_that_is_announced_is_the_one_that_is_told(
    code: str, before: str
) -> None:
    block = Snippet(code=code, language="typescript", is_block=True)
    course = CourseSnippet(snippet=block, page="a.md", context=PageContext(before=before))
    both = settled(course, typescript((1, TYPES), (2, SLIP)))
    assert both.outcome is Outcome.COMPILE_ERROR
    assert both.details == f"Code execution failed: {SLIP} (line 2)"
    assert both.error_line == 2
    assert settled(course, typescript((1, TYPES))).outcome is Outcome.PASSED
    unsaid = replace(course, snippet=replace(block, code="a\nb"), context=PageContext())
    failed = typescript((1, TYPES), (2, SLIP))
    assert settled(unsaid, failed) == failed


def test_a_slip_that_has_a_comment_is_told_if_there_is_no_other() -> None:
    block = Snippet(code="let a: number = 'b'\npirce  // c", language="typescript", is_block=True)
    said = PageContext(before="The following does not compile:")
    course = CourseSnippet(snippet=block, page="a.md", context=said)
    assert settled(course, typescript((1, TYPES), (2, SLIP))).error_line == 2
    other = replace(course, snippet=replace(block, code=f"{block.code}\npirce"))
    assert settled(other, typescript((1, TYPES), (2, SLIP), (3, SLIP))).error_line == 3
    assert as_slip(block, typescript((1, TYPES))) == typescript((1, TYPES))
