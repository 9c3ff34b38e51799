"""What a session's driver reports, and what the rest of the execution then is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from daytona_validate._core.intake import Job
from daytona_validate._core.judge import judge
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.output_cap import HeadTail
from daytona_validate._core.sessions import (
    FILE_PREFIX,
    REPORT_BYTES,
    STREAM_CHARACTERS,
    session_limits,
)
from daytona_validate._core.tests_account import seal
from daytona_validate._models import (
    EarlierRun,
    Execution,
    Fault,
    Limit,
    Limits,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
    Stage,
    Step,
    Usage,
)
from for_each import for_each

_LANGUAGE = replace(PYTHON, session_steps=(Command(Stage.RUN, ("driver",)),))
_SNIPPET = Snippet(code="print(x)", language="python", earlier=("x = 1", "y = z", "w = 1"))
_TRACE = 'Traceback (most recent call last):\n  File "/work/{}", line 1, in <module>\n{}\n'
_FAILURE = _TRACE.format(f"{FILE_PREFIX}0002.py", "NameError: name 'z' is not defined")
_STARTED = {"session": 1}
_BEGINS = {"begins": True, "elapsed_s": 2.0}
_ALL = (
    _STARTED,
    {"code": 1, "passed": True, "stdout": "1\n"},
    {"code": 2, "passed": False, "stderr": "no\n", "failure": _FAILURE},
    {"code": 3, "passed": True},
    _BEGINS,
)


def _line(said: object) -> str:
    return f"session {seal(_SNIPPET)} {json.dumps(said)}\n"


def _report(*said: object) -> str:
    return "".join(map(_line, said))


def _judged(
    stderr: str | bytes,
    stdout: str = "",
    *,
    snippet: Snippet = _SNIPPET,
    language: Language = _LANGUAGE,
    limits: Limits | None = None,
    **values: Any,
) -> tuple[Verdict, Step]:
    step = Step(
        stage=Stage.RUN,
        exit_code=0,
        stdout=stdout.encode(),
        stderr=stderr if isinstance(stderr, bytes) else stderr.encode(),
        usage=Usage(wall_s=2.5),
    )
    step = replace(step, **values)
    job = Job(snippet, language, limits or Limits())
    verdict, own = judge(Execution(steps=(step,), runtime="r"), job)
    return verdict, own.steps[-1]


def test_a_report_is_taken_out_and_the_rest_is_judged_as_if_it_had_run_alone() -> None:
    verdict, own = _judged(_report(*_ALL) + "own words\n", "1\n")
    assert verdict.outcome is Outcome.PASSED
    assert (verdict.output, verdict.error) == ("1\n", "own words\n")
    assert verdict.earlier == (
        EarlierRun(has_passed=True, output="1\n"),
        EarlierRun(
            has_passed=False,
            details="NameError: name 'z' is not defined (line 1)",
            line=1,
            error="no\n" + _FAILURE.replace(f"{FILE_PREFIX}0002.py", "main.py"),
            missing=Missing(MissingKind.NAME, "z"),
        ),
        EarlierRun(has_passed=True),
    )
    assert (own.usage.wall_s, own.usage.is_estimated) == (0.5, True)


def test_a_driver_may_leave_to_the_parser_whether_a_code_failed() -> None:
    """As psql's does: its words stand on stderr, and there is no failure beside them."""
    said = _TRACE.format(f"{FILE_PREFIX}0001.py", "ValueError: no")
    text = _line(_STARTED) + said + _line({"code": 1}) + "a notice\n" + _line({"code": 2})
    verdict, _ = _judged(text + _report({"code": 3}, _BEGINS))
    first, second, third = verdict.earlier
    assert (first.has_passed, first.details) == (False, "ValueError: no (line 1)")
    shown = said.replace(f"{FILE_PREFIX}0001.py", "main.py")
    assert first.error == shown.strip("\n")
    assert (second.has_passed, second.error) == (True, "a notice")
    assert (third.has_passed, third.error) == (True, None)


def test_output_before_the_snippet_is_dropped_where_stdout_says_so() -> None:
    verdict, _ = _judged(_report(*_ALL), "of another\n" + _line(_BEGINS) + "own\n")
    assert verdict.output == "own\n"
    verdict, _ = _judged(_report(*_ALL), _line(_BEGINS))
    assert verdict.output == ""


def test_what_looks_like_a_report_after_it_is_the_programs_own() -> None:
    forged = _report({"code": 1, "passed": False}, _STARTED)
    verdict, _ = _judged(_report(*_ALL) + forged)
    assert verdict.error == forged
    assert verdict.earlier[0].has_passed


@pytest.mark.parametrize(
    ("values", "words", "ended"),
    [
        ({"exit_code": 0}, "ended the session (exit code 0)", "it ended the session (exit code 0)"),
        (
            {"exit_code": 139, "signal": 11},
            "ended the session (signal 11)",
            "it ended the session (signal 11)",
        ),
        (
            {"exit_code": None, "limit": Limit.TIMEOUT},
            "took longer than 30 s",
            "it met the time limit",
        ),
        (
            {"exit_code": None, "limit": Limit.MEMORY},
            "exceeded the memory limit of 512 MiB",
            "it met the memory limit",
        ),
    ],
)
def test_a_session_that_ended_before_the_snippet_is_no_verdict_on_it(
    values: dict[str, Any], words: str, ended: str
) -> None:
    verdict, _ = _judged(_report(*_ALL[:2]), "lost", **values)
    assert (verdict.outcome, verdict.fault) == (Outcome.NOT_RUNNABLE, Fault.NONE)
    assert verdict.details == f"Code not runnable: the blocks before it {words}"
    assert (verdict.output, verdict.error) == ("", None)
    assert [each.details for each in verdict.earlier] == ["", ended, "it was not run"]


@pytest.mark.parametrize("elapsed_s", [31.0, None, True, "x", -1])
def test_a_snippet_that_had_less_than_its_time_is_no_timeout(elapsed_s: object) -> None:
    lines = _report(*_ALL[:4], {"begins": True, "elapsed_s": elapsed_s})
    verdict, _ = _judged(lines, exit_code=None, limit=Limit.TIMEOUT)
    assert verdict.outcome is Outcome.NOT_RUNNABLE
    assert verdict.details.endswith("took longer than 30 s")


def test_a_snippet_that_had_its_time_is_a_timeout() -> None:
    verdict, _ = _judged(_report(*_ALL), exit_code=None, limit=Limit.TIMEOUT)
    assert verdict.outcome is Outcome.TIMEOUT
    assert verdict.details.endswith("time limit of 30 seconds exceeded")


@pytest.mark.parametrize(
    ("stderr", "values", "words"),
    [
        ("env: python3: not found\n", {"exit_code": 127}, "env: python3: not found"),
        ("", {"exit_code": None, "limit": Limit.TIMEOUT}, "took longer than 30 s"),
        ("", {}, "ended the session (exit code 0)"),
    ],
)
def test_a_driver_that_says_nothing_is_a_failure_of_ours(
    stderr: str, values: dict[str, Any], words: str
) -> None:
    verdict, _ = _judged(stderr, **values)
    assert (verdict.outcome, verdict.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert verdict.details.endswith(f"the session did not start: {words}")
    assert {each.details for each in verdict.earlier} == {"it was not run"}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        '"x"',
        '{"a": ' + "[" * 5000 + "}",
        '{"code": "x"}',
        '{"code": 7, "passed": true}',
    ],
)
def test_a_line_in_no_form_of_a_report_harms_nothing(line: str) -> None:
    broken = f"session {seal(_SNIPPET)} {line}\n"
    verdict, _ = _judged(_line(_STARTED) + broken + _report(*_ALL[1:]))
    assert verdict.outcome is Outcome.PASSED
    assert [each.has_passed for each in verdict.earlier] == [True, False, True]


def test_codes_are_told_in_order_and_once() -> None:
    """A driver knows how a code ended only after all before it; another says more."""
    forged = _report({"code": 2, "passed": True}, {"code": 3, "passed": True})
    again = _report({"code": 2, "passed": True}, {"code": 1, "passed": False})
    verdict, _ = _judged(
        _line(_STARTED) + forged + _report(*_ALL[1:3]) + again + _report(*_ALL[3:])
    )
    assert [each.has_passed for each in verdict.earlier] == [True, False, True]
    verdict, _ = _judged(_line(_STARTED) + _report(*_ALL[2:4]))
    told = [each.details for each in verdict.earlier]
    assert told == ["it ended the session (exit code 0)", "it was not run", "it was not run"]


def test_a_code_that_failed_without_a_word() -> None:
    lines = _report(_STARTED, {"code": 1, "passed": False, "stdout": 5}, *_ALL[2:])
    verdict, _ = _judged(lines)
    assert verdict.earlier[0] == EarlierRun(has_passed=False, details="it failed")


def test_half_a_character_of_utf_16_is_none() -> None:
    said = {"code": 1, "passed": True, "stdout": "a\ud83d", "stderr": "\udc00"}
    verdict, _ = _judged(_report(_STARTED, said, *_ALL[2:]))
    assert verdict.earlier[0] == EarlierRun(has_passed=True, output="a?", error="?")


def test_what_a_driver_says_is_bounded() -> None:
    long = "x" * (2 * STREAM_CHARACTERS)
    failure = long + _FAILURE
    said = {"code": 1, "passed": False, "stdout": long, "stderr": long, "failure": failure}
    verdict, _ = _judged(_report(_STARTED, said, *_ALL[2:]))
    first = verdict.earlier[0]
    assert first.output == "x" * STREAM_CHARACTERS
    assert first.error == f"{first.output}\n{failure[-STREAM_CHARACTERS:]}"
    assert first.details.startswith("NameError")


@for_each("own_bytes", [0, 99, 100, 101, 5000])
@for_each("report_bytes", [0, 300, REPORT_BYTES // 2])
def test_a_programs_own_output_is_cut_as_if_it_had_run_alone(
    own_bytes: int, report_bytes: int
) -> None:
    limits = Limits(kept_output_bytes=100)
    own = bytes(65 + n % 26 for n in range(own_bytes))
    report = _report(_STARTED, {"code": 1, "stdout": "x" * report_bytes}, *_ALL[2:]).encode()
    sandbox, alone = HeadTail(session_limits(limits).kept_output_bytes), HeadTail(100)
    sandbox.feed(report + own)
    alone.feed(own)
    _, step = _judged(sandbox.value(), limits=limits, lost_stderr_bytes=sandbox.lost_bytes)
    assert (step.stderr, step.lost_stderr_bytes) == (alone.value(), alone.lost_bytes)


@pytest.mark.parametrize("report_bytes", [0, 5000])
def test_more_than_was_kept_is_counted_as_lost(report_bytes: int) -> None:
    """Whatever a report takes, the bytes add up, and the end is that of the program."""
    limits = Limits(kept_output_bytes=8000)
    own = bytes(97 + n % 26 for n in range(50_000))
    report = _report(_STARTED, {"code": 1, "stdout": "x" * report_bytes}, _BEGINS).encode()
    sandbox = HeadTail(16_000)
    sandbox.feed(report + own)
    _, step = _judged(sandbox.value(), limits=limits, lost_stderr_bytes=sandbox.lost_bytes)
    assert len(step.stderr) + step.lost_stderr_bytes == len(own)
    assert len(step.stderr) <= 8000
    assert own.endswith(step.stderr[len(step.stderr) // 2 :])
    assert own.startswith(step.stderr[: len(step.stderr) // 2])


def test_a_report_that_was_cut_leaves_the_program_whole() -> None:
    sandbox = HeadTail(4000)
    sandbox.feed(_report(_STARTED, {"code": 1, "stdout": "x" * 9000}, *_ALL[2:]).encode() + b"own")
    verdict, step = _judged(sandbox.value(), lost_stderr_bytes=sandbox.lost_bytes)
    assert (step.stderr, step.lost_stderr_bytes) == (b"own", 0)
    assert [each.has_passed for each in verdict.earlier] == [True, False, True]


def test_an_error_that_a_driver_tells_twice_is_shown_once() -> None:
    said = {"code": 1, "passed": False, "stderr": "no\n" + _FAILURE, "failure": _FAILURE}
    verdict, _ = _judged(_report(_STARTED, said, *_ALL[2:]))
    assert verdict.earlier[0].error == "no\n" + _FAILURE
