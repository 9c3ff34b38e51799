"""A program that has to reach its end passes only by the line that its driver writes then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daytona_validate._core.intake import Job
from daytona_validate._core.judge import judge
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.reached_end import FILE, with_secret
from daytona_validate._core.session_end import with_ends
from daytona_validate._core.source_text import work_files
from daytona_validate._core.tests_account import seal
from daytona_validate._models import Execution, Fault, Limit, Limits, Outcome, Snippet, Stage, Step
from growth import assert_linear

from .intakes import refused, taken

_SECRET = "5ec2e7" * 5
_LINE = f"reached {_SECRET}\n"
_SNIPPET = Snippet(code="work()", language="python", must_reach_end=True)


def _verdict(stderr: str = "", *, snippet: Snippet = _SNIPPET, **step: Any) -> Verdict:
    values: dict[str, Any] = {"stage": Stage.RUN, "exit_code": 0, "stderr": stderr.encode()}
    ran = Step(**values | step)
    job = Job(with_secret(snippet, _SECRET), LANGUAGES[snippet.language], Limits())
    return judge(Execution(steps=(ran,), runtime="r"), job)[0]


def test_program_that_reached_its_end_has_passed_and_nothing_of_ours_is_told() -> None:
    verdict = _verdict(f"its own\nand more{_LINE}", stdout=b"out\n")
    assert (verdict.outcome, verdict.output, verdict.error) == (
        Outcome.PASSED,
        "out\n",
        "its own\nand more",
    )
    assert _verdict(_LINE).error is None


@pytest.mark.parametrize(
    "stderr",
    ["", "reached\n", f"reached {_SECRET[:-1]}\n", f"reached  {_SECRET}\n", f"reached {_SECRET}"],
)
def test_exit_code_0_without_the_line_is_a_runtime_error(stderr: str) -> None:
    verdict = _verdict(stderr)
    assert (verdict.outcome, verdict.fault) == (Outcome.RUNTIME_ERROR, Fault.SNIPPET)
    assert verdict.details == "Code execution failed: it ended before its last statement had"


def test_early_end_is_told_before_a_wrong_output() -> None:
    wrong = replace(_SNIPPET, expected_output="42")
    assert _verdict("", snippet=wrong).outcome is Outcome.RUNTIME_ERROR
    assert _verdict(_LINE, snippet=wrong).outcome is Outcome.WRONG_OUTPUT
    assert _verdict(_LINE, snippet=wrong, stdout=b"42\n").outcome is Outcome.PASSED


def test_line_that_may_be_in_what_was_lost_gives_no_verdict() -> None:
    verdict = _verdict("", lost_stderr_bytes=1)
    assert (verdict.outcome, verdict.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert _verdict(_LINE, lost_stderr_bytes=1).outcome is Outcome.PASSED


def test_run_without_a_secret_gives_no_verdict() -> None:
    for snippet in (_SNIPPET, with_secret(_SNIPPET, "")):
        step = Step(stage=Stage.RUN, exit_code=0, stderr=b"reached \n")
        job = Job(snippet, LANGUAGES["python"], Limits())
        verdict, _ = judge(Execution(steps=(step,), runtime="r"), job)
        assert verdict.outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ({"exit_code": 1}, Outcome.RUNTIME_ERROR),
        ({"exit_code": 139, "signal": 11}, Outcome.RUNTIME_ERROR),
        ({"exit_code": None, "limit": Limit.TIMEOUT}, Outcome.TIMEOUT),
        ({"exit_code": None, "limit": Limit.MEMORY}, Outcome.MEMORY_LIMIT),
        ({"exit_code": 1, "stage": Stage.SETUP}, Outcome.UNAVAILABLE),
    ],
)
def test_every_other_failure_stays_what_it_was(step: dict[str, Any], outcome: Outcome) -> None:
    with_it, without = _verdict(_LINE, **step), _verdict("", **step)
    assert with_it.outcome is without.outcome is outcome
    assert _SECRET not in with_it.details + (with_it.error or "")


def test_line_of_ours_that_a_script_shows_is_in_no_stream() -> None:
    added = f"\\if :ON_ERROR_STOP \\\\ \\warn reached  {_SECRET} \\\\ \\endif\n"
    verdict = _verdict(f"a\n{added}{_LINE}b\n", stdout=f"c\n{added}".encode())
    assert (verdict.output, verdict.error) == ("c\n", "a\nb\n")


def test_program_after_earlier_code_has_to_reach_its_end_too() -> None:
    snippet = replace(_SNIPPET, earlier=("x = 1",))
    begins = '{"session": 1}', '{"code": 1, "passed": true}', '{"begins": true, "elapsed_s": 0}'
    report = "".join(f"session {seal(snippet)} {line}\n" for line in begins)
    assert _verdict(report + _LINE, snippet=snippet).outcome is Outcome.PASSED
    assert _verdict(report, snippet=snippet).outcome is Outcome.RUNTIME_ERROR
    unbegun = report.rpartition("session")[0]
    assert _verdict(unbegun + _LINE, snippet=snippet).outcome is Outcome.NOT_RUNNABLE


@pytest.mark.parametrize("fields", [{"check_only": True}, {"should_fail": ""}])
def test_where_its_end_does_not_count_it_runs_as_ever(fields: dict[str, Any]) -> None:
    snippet = replace(_SNIPPET, **fields)
    language = LANGUAGES["python"]
    assert with_secret(snippet, _SECRET) is snippet
    without = replace(snippet, must_reach_end=False)
    for until in (Stage.RUN, Stage.CHECK):
        assert language.commands(snippet, until=until) == language.commands(without, until=until)


def test_a_program_that_should_fail_and_ends_early_did_not_fail() -> None:
    verdict = _verdict("", snippet=replace(_SNIPPET, should_fail=""))
    assert verdict.outcome is Outcome.WRONG_OUTPUT


def test_secret_stands_beside_the_code_and_in_no_command() -> None:
    job = taken(_SNIPPET, secret=_SECRET)
    assert isinstance(job, Job)
    assert work_files(job.snippet, job.language)[FILE] == _SECRET.encode()
    assert job.language.commands(job.snippet, until=Stage.RUN) == job.language.end_steps
    assert _SECRET not in repr(job.language.end_steps)
    plain = taken(replace(_SNIPPET, must_reach_end=False), secret=_SECRET)
    assert isinstance(plain, Job)
    assert FILE not in plain.snippet.files


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_can_tell(language: str) -> None:
    assert isinstance(taken(replace(_SNIPPET, language=language)), Job)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"run_tests": True}, "must_reach_end and run_tests exclude each other"),
        ({"until_listening": True}, "must_reach_end and until_listening exclude each other"),
        ({"files": {FILE: ""}}, "the file name '.reach-end' is kept"),
        ({"files": {FILE: ""}, "must_reach_end": False}, "the file name '.reach-end' is kept"),
        ({"language": "go", "code": "func TestMain(m *testing.M) {}"}, "a TestMain of its own"),
        ({"must_reach_end": "yes"}, "must_reach_end must be bool, not str"),
    ],
)
def test_what_cannot_be_told_is_refused(fields: dict[str, Any], words: str) -> None:
    refusal = refused(replace(_SNIPPET, **fields))
    assert refusal.outcome is Outcome.INVALID_SNIPPET
    assert words in refusal.details


def test_language_that_cannot_tell_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    bash = replace(LANGUAGES["python"], name="bash", title="Bash", end_steps=())
    monkeypatch.setitem(LANGUAGES, "python", bash)
    assert "whether Bash reaches its end cannot be told" in refused(_SNIPPET).details


def test_fake_programs_that_end_well_have_reached_their_end() -> None:
    snippet = with_secret(_SNIPPET, _SECRET)
    for code, has_line in ((0, True), (1, False)):
        step = Step(stage=Stage.RUN, exit_code=code, stderr=b"a\n")
        execution = with_ends(Execution(steps=(step,), runtime="r"), snippet)
        assert execution.steps[-1].stderr.endswith(_LINE.encode()) is has_line
        assert with_ends(Execution(steps=(step,), runtime="r"), _SNIPPET).steps == (step,)


def test_hostile_output_is_read_in_linear_time() -> None:
    assert_linear(_verdict, f"reached {_SECRET}")
