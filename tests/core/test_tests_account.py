"""Tests that were run are told by their runner, and never by what a program prints."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account_line import account_line
from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.tests_account import (
    SEAL,
    SEALED,
    CountedTests,
    seal,
)
from daytona_validate._models import Caveat, Execution, Limits, Outcome, Snippet, Stage, Step
from for_each import for_each

REPORTS = {
    "unittest": ("", ".\nRan 1 test in 0.001s\n\nOK\n"),
    "pytest": (".... [100%]\n4 passed in 0.06s\n", ""),
    "node:test": ("# pass 3\n# fail 0\n", ""),
    "another's account": ("", f"tests {'0' * 32} 3 0 0\n"),
}


@for_each("language", ["python", "javascript", "typescript", "go"])
@for_each(("stdout", "stderr"), REPORTS.values(), ids=REPORTS)
def test_what_a_program_prints_is_no_proof_that_tests_ran(
    language: str, stdout: str, stderr: str
) -> None:
    """Its output is compared with what was expected, whatever that looks like."""
    verdict = judged(
        Snippet(code="x", language=language, run_tests=True, expected_output="6"), stdout, stderr
    )
    assert verdict.outcome is Outcome.WRONG_OUTPUT
    assert stderr in (verdict.error or "")


@pytest.mark.parametrize(
    ("counted", "words", "caveat"),
    [
        (CountedTests(1), "1 test passed", None),
        (CountedTests(12), "12 tests passed", None),
        (CountedTests(2, 1), "2 tests passed, 1 skipped", None),
        (CountedTests(0, 0, 1), "0 tests passed, 1 failed as expected", None),
        (CountedTests(0, 3), "it defines tests and runs none: 3 skipped", Caveat.TESTS_NOT_RUN),
    ],
    ids=str,
)
def test_tests_that_ran_are_told_by_their_runner(
    counted: CountedTests, words: str, caveat: Caveat | None
) -> None:
    """Then the output is theirs, and not compared; the account itself is not shown."""
    snippet = Snippet(code="x", language="python", run_tests=True, expected_output="6")
    account = account_line(snippet, counted)
    for stderr in (f"OK\n{account}", f"OK{account}\n", f"{account}OK\n"):
        verdict = judged(snippet, "", stderr)
        assert verdict.details.endswith(f"in 0.00 seconds; {words}")
        assert (verdict.caveat, verdict.stage) == (caveat, Stage.RUN)
        assert (verdict.error or "").strip() == "OK"
    unasked = judged(replace(snippet, run_tests=False), "", account)
    assert unasked.outcome is Outcome.WRONG_OUTPUT
    assert account in (unasked.error or "")


def test_last_account_counts_and_none_is_shown_of_a_failure() -> None:
    snippet = Snippet(code="x", language="python", run_tests=True)
    both = "".join(account_line(snippet, CountedTests(each)) for each in (1, 2))
    assert judged(snippet, "", both).details.endswith("; 2 tests passed")
    failed = judged(snippet, "", f"no\n{both}", exit_code=1)
    assert (failed.outcome, failed.error) == (Outcome.RUNTIME_ERROR, "no\n")


def judged(snippet: Snippet, stdout: str, stderr: str, *, exit_code: int = 0) -> Verdict:
    step = Step(
        stage=Stage.RUN, exit_code=exit_code, stdout=stdout.encode(), stderr=stderr.encode()
    )
    execution = Execution(steps=(step,), runtime="")
    return classify(execution, Job(snippet, LANGUAGES[snippet.language or ""], Limits()))


def test_steps_are_those_of_the_tests_only_when_asked() -> None:
    for language in LANGUAGES.values():
        snippet = Snippet(code="x", language=language.name)
        asked = replace(snippet, run_tests=True)
        assert language.commands(snippet, until=Stage.RUN) == language.steps
        steps = language.commands(asked, until=Stage.RUN)
        assert (steps == language.steps) is not bool(language.test_steps)
        shown = [SEALED.replace(SEAL, seal(asked)) in step.argv for step in steps]
        assert any(shown) is bool(language.test_steps)
        assert not any(SEAL in each for step in steps for each in step.argv)
        assert language.commands(asked, until=Stage.CHECK) == (language.check or language.steps)


def test_code_that_no_encoding_has_is_sealed_as_well() -> None:
    """What was read from a file that is no text may have halves of surrogate pairs."""
    ours, others = (seal(Snippet(code=code, language="python")) for code in ("\udc80", "\udc81"))
    assert ours != others
