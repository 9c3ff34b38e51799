"""What fails a run: all failures, or those that no option and no baseline excuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._cli.gate_options import NO_FAIL_ON
from daytona_validate._core.outcomes import OUTCOME_TABLE
from daytona_validate._errors import SandboxUnavailable
from daytona_validate.testing import Answer, FakeProvider, ran

Invoke = Callable[..., Result]

FAILED = ran(stderr="NameError: name 'x' is not defined\n", exit_code=1)
ANSWERS: dict[str, Answer] = {
    "p\n": ran("fine\n"),
    "f\n": FAILED,
    "g\n": FAILED,
    "u\n": SandboxUnavailable("no sandbox today"),
}
RECORD = ["--baseline", "known.json", "--update-baseline"]
JUDGE = ["--baseline", "known.json"]


@pytest.fixture
def check(invoke: Invoke, in_folder: Path) -> Callable[..., Result]:
    """Check a page of some one-letter programs."""

    def call(codes: str, *options: str) -> Result:
        blocks = [f"# Heading\n\n```python\n{code}\n```\n" for code in codes]
        (in_folder / "lesson.md").write_text("".join(blocks))
        fake = FakeProvider(ANSWERS)
        return invoke("check", "lesson.md", "--session", "none", *options, provider=fake)

    return call


def test_each_outcome_that_fails_a_run_can_be_excused() -> None:
    failing = {row.outcome.value for row in OUTCOME_TABLE if row.strict_exit_code}
    assert set(NO_FAIL_ON) == failing


@pytest.mark.parametrize(
    ("codes", "outcome", "exit_code"),
    [
        ("pf", "runtime_error", 0),
        ("pf", "timeout", 1),
        ("pfu", "runtime_error", 3),
        ("pu", "unavailable", 0),
        ("", "runtime_error", 5),
    ],
)
def test_an_outcome_that_is_excused_fails_no_run(
    check: Callable[..., Result], codes: str, outcome: str, exit_code: int
) -> None:
    assert check(codes, "--no-fail-on", outcome).exit_code == exit_code


def test_recorded_failures_are_known_wherever_they_stand(check: Callable[..., Result]) -> None:
    recorded = check("fp", *RECORD)
    assert recorded.exit_code == 0, recorded.output
    assert "1 failure recorded in known.json" in recorded.stderr
    (entry,) = json.loads(Path("known.json").read_text())["failures"]
    assert (entry["outcome"], entry["count"], entry["place"]) == (
        "runtime_error",
        1,
        "lesson.md:3",
    )
    again = check("ppf", *JUDGE)
    assert again.exit_code == 0
    assert "baseline: 1 known, 0 new, 0 fixed, 0 not met in this run" in again.stderr


def test_a_new_failure_fails_and_is_named(check: Callable[..., Result]) -> None:
    check("f", *RECORD)
    new = check("fg", *JUDGE)
    assert new.exit_code == 1
    assert "new: lesson.md:8 runtime_error" in new.stderr
    assert "1 known, 1 new" in new.stderr


def test_many_new_failures_are_named_in_part(check: Callable[..., Result]) -> None:
    check("f", *RECORD)
    new = check("f" + "g" * 23, *JUDGE)
    assert new.stderr.count("new: lesson.md") == 20
    assert "new: … 3 more" in new.stderr


def test_what_is_fixed_or_gone_is_said_and_taken_out_when_asked(
    check: Callable[..., Result],
) -> None:
    check("fg", *RECORD)
    gone = check("p", *JUDGE)
    assert "0 known, 0 new, 0 fixed, 2 not met in this run; --update" in gone.stderr
    check("p", *RECORD)
    assert json.loads(Path("known.json").read_text())["failures"] == []


def test_of_a_part_nothing_is_said_of_what_it_left_out(check: Callable[..., Result]) -> None:
    """It may well be there, and no part is ever recorded."""
    check("fg", *RECORD)
    part = check("fg", *JUDGE, "--language", "sql")
    assert "baseline: 0 known, 0 new, 0 fixed\n" in part.stderr


def test_a_known_failure_does_not_end_a_run_at_the_first(check: Callable[..., Result]) -> None:
    check("f", *RECORD)
    assert "1 known, 1 new" in check("fg", "--fail-fast", "-j", "1", *JUDGE).stderr


def test_what_was_not_judged_is_never_recorded(check: Callable[..., Result]) -> None:
    assert check("pu", *RECORD).exit_code == 3
    assert json.loads(Path("known.json").read_text())["failures"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--update-baseline"], "name the file with --baseline"),
        ([*RECORD, "--language", "python"], "records the whole course"),
        ([*RECORD, "--fail-fast"], "records the whole course"),
        (JUDGE, "known.json is not there"),
        (["--baseline", "lesson.md"], "lesson.md cannot be read"),
        (["--baseline", "no/known.json", "--update-baseline"], "cannot write no/known.json"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    check: Callable[..., Result], options: list[str], words: str
) -> None:
    refused = check("p", *options)
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_rows_of_json_have_the_fingerprint_of_their_content(check: Callable[..., Result]) -> None:
    first, second = (
        json.loads(line)["fingerprint"]
        for line in check("ff", "--output-format", "jsonl").stdout.splitlines()[:2]
    )
    assert first == second
