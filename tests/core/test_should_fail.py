"""What is left out, only checked or meant to fail, and what becomes of it."""

from __future__ import annotations

import pytest

from daytona_validate._core.details import cause
from daytona_validate._core.intake import Job
from daytona_validate._core.judge import judge
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import (
    Execution,
    Fault,
    Limit,
    Limits,
    Outcome,
    Snippet,
    Stage,
    Step,
)

from .intakes import refused, taken

_TRACE = 'Traceback (most recent call last):\n  File "/work/main.py", line 1, in f\n{}\n'
_PASSED = Step(stage=Stage.RUN, exit_code=0)


def _failed(message: str) -> Step:
    return Step(stage=Stage.RUN, exit_code=1, stderr=_TRACE.format(message).encode())


def _limited(limit: Limit) -> Step:
    return Step(stage=Stage.RUN, exit_code=None, limit=limit)


def _judged(step: Step, name: str | None) -> Verdict:
    snippet = Snippet(code="f()", language="python", should_fail=name)
    job = Job(snippet, LANGUAGES["python"], Limits())
    return judge(Execution(steps=(step,), runtime="r"), job)[0]


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (_failed("ValueError: no"), ""),
        (_failed("ValueError: no"), " ValueError "),
        (_failed("json.decoder.JSONDecodeError: Expecting value"), "JSONDecodeError"),
        (_failed("ModuleNotFoundError: No module named 'scipy'"), "ModuleNotFoundError"),
        (_failed("ModuleNotFoundError: No module named 'scipy'"), "missing_dependency"),
        (_limited(Limit.TIMEOUT), "timeout"),
        (_failed("MemoryError"), "MemoryError"),
    ],
)
def test_what_failed_as_meant_has_passed(step: Step, name: str) -> None:
    verdict, plain = _judged(step, name), _judged(step, None)
    assert (verdict.outcome, verdict.fault) == (Outcome.PASSED, Fault.NONE)
    assert verdict.details == f"Failed as expected: {cause(plain.details)}"
    assert cause(verdict.details) == cause(plain.details)
    assert (verdict.error, verdict.stage) == (plain.error, plain.stage)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (_failed("ValueError: no"), "KeyError"),
        (_failed("ValueError: no"), "Value"),
        (_failed("ModuleNotFoundError: No module named 'scipy'"), ""),
        (_limited(Limit.TIMEOUT), ""),
        (_limited(Limit.MEMORY), "ValueError"),
    ],
)
def test_what_failed_otherwise_is_that_failure(step: Step, name: str) -> None:
    verdict, plain = _judged(step, name), _judged(step, None)
    assert (verdict.outcome, verdict.fault) == (plain.outcome, plain.fault)
    meant = f" with {name}" if name else ""
    assert verdict.details == f"{plain.details}; it was meant to fail{meant}"


@pytest.mark.parametrize(("name", "words"), [("", ""), ("KeyError", " with KeyError")])
def test_what_passed_though_it_was_meant_to_fail_is_wrong(name: str, words: str) -> None:
    verdict = _judged(_PASSED, name)
    assert (verdict.outcome, verdict.fault) == (Outcome.WRONG_OUTPUT, Fault.SNIPPET)
    assert verdict.details == f"Code execution failed: it was meant to fail{words} and did not"
    assert verdict.stage is Stage.CHECK


@pytest.mark.parametrize("name", ["", "unavailable", "magic"])
def test_neither_a_failure_of_ours_nor_a_fragment_is_as_meant(name: str) -> None:
    setup = Step(stage=Stage.SETUP, exit_code=1)
    assert _judged(setup, name).outcome is Outcome.UNAVAILABLE
    code = b'  File "/work/main.py", line 1\n    %magic\n    ^\nSyntaxError: invalid syntax\n'
    snippet = Snippet(code="%magic", language="python", should_fail=name)
    step = Step(stage=Stage.RUN, exit_code=1, stderr=code)
    job = Job(snippet, LANGUAGES["python"], Limits())
    verdict, _ = judge(Execution(steps=(step,), runtime="r"), job)
    assert verdict.outcome is Outcome.NOT_RUNNABLE
    assert "meant" not in verdict.details


@pytest.mark.parametrize(
    "snippet",
    [
        Snippet(code="x", language="python", skip="no network here"),
        Snippet(code="", language="nosuch", skip="no network here", unreadable="it is not"),
    ],
)
def test_what_is_left_out_on_purpose_is_skipped(snippet: Snippet) -> None:
    refusal = refused(snippet)
    assert refusal.outcome is Outcome.SKIPPED
    assert refusal.details == "Code skipped: no network here"
    assert refusal.language == snippet.language


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_checked_without_a_run_is_not_run(language: str) -> None:
    found = taken(Snippet(code="x", language=language, check_only=True))
    if LANGUAGES[language].check:
        assert isinstance(found, Job)
    else:
        assert not isinstance(found, Job)
        assert found.outcome is Outcome.NOT_RUNNABLE
        assert found.details.endswith("cannot be checked without running it")


def test_only_sql_cannot_be_checked() -> None:
    assert [name for name, each in LANGUAGES.items() if not each.check] == ["sql"]
