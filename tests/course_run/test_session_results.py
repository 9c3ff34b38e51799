"""What a driver says of a block that ran before others: when it is enough for a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import finished, result
from daytona_validate._core.shown_cell import ShownCell
from daytona_validate._core.shown_output import ShownLine, ShownOutput
from daytona_validate._course_run.course_page import RunRules, SessionMode
from daytona_validate._courses.block_snippet import course_snippet_of
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.markdown import read_page
from daytona_validate._models import CodeValidationResult, EarlierRun, LostBytes, Outcome, Snippet

RULES = RunRules(session=SessionMode.PAGE)
WHOLE = ShownOutput(whole="1\n", whole_line=5)
BESIDE = ShownOutput(lines=(ShownLine(1, "1", True),))
CELL = ShownOutput(cell=ShownCell(text="1\n"))


def block(code: str, shown: ShownOutput | None = None) -> CourseSnippet:
    page = read_page(f"```python\n{code}```\n", path="a.md", language_of={"python": "python"}.get)
    course = course_snippet_of(page.blocks[0], language="python")
    return course if shown is None else replace(course, shown=shown)


def outcome_of_first(
    course: CourseSnippet, printed: str, *, others: str = ""
) -> tuple[CodeValidationResult, list[Snippet]]:
    """Run a block before another; a driver says that it printed something, and it prints `1`."""

    def judge(snippet: Snippet) -> CodeValidationResult:
        runs = [EarlierRun(has_passed=True, output=printed, error=others) for _ in snippet.earlier]
        return replace(result(), output="1\n", earlier=tuple(runs))

    results, ran = finished([course, block("x\n")], judge, rules=RULES)
    return results[0], ran


def test_a_session_with_prompts_is_judged_by_its_transcript() -> None:
    found, ran = outcome_of_first(block(">>> x = 1\n>>> x\n1\n"), "")
    assert found.outcome is Outcome.PASSED
    assert ran[0].earlier == ("x = 1\nx\n\n",)
    assert ran[1].expected_output == ">>> x = 1\n>>> x\n1\n"


@pytest.mark.parametrize("shown", [WHOLE, BESIDE, CELL])
@pytest.mark.parametrize(
    ("printed", "others"),
    [("x\n" * 4096, ""), ("ä\n" * 2731, ""), ("", "x" * 180_000)],
    ids=["chars", "bytes", "none"],
)
def test_what_a_driver_did_not_keep_is_not_compared(
    shown: ShownOutput, printed: str, others: str
) -> None:
    found, ran = outcome_of_first(block("print(1)\n", shown), printed, others=others)
    assert found.outcome is Outcome.PASSED
    assert [each.code for each in ran] == ["x\n", "print(1)\n"]


@pytest.mark.parametrize(
    ("printed", "outcome"), [("1\n", "passed"), ("2\n", "wrong_output"), ("", "wrong_output")]
)
def test_what_it_kept_is(printed: str, outcome: str) -> None:
    found, ran = outcome_of_first(block("print(1)\n", WHOLE), printed)
    assert (found.outcome, len(ran)) == (outcome, 1)


def test_what_is_compared_with_nothing_runs_once_and_says_that_not_all_was_kept() -> None:
    found, ran = outcome_of_first(block("print(1)\n"), "ä" * 4096)
    assert (found.outcome, len(ran)) == (Outcome.PASSED, 1)
    assert found.lost_bytes == LostBytes(stdout=1)
    short, _ = outcome_of_first(block("print(1)\n"), "ä" * 4095)
    assert short.lost_bytes == LostBytes()
