"""Annotations of GitHub's workflows."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported

FAILED = "Code execution failed: "


def report(*rows: Reported, **options: Any) -> list[str]:
    return FORMATS["github"].end(rows, Tally().summary(1.0, **options)).splitlines()


def test_a_failure_is_an_error_at_its_line() -> None:
    details = f"{FAILED}KeyError: 'a,b' 100% (line 2)"
    row = made_reported(details=details, code="a\nb\n", code_line=13, error_line=2)
    assert report(row, made_reported(outcome="passed"), made_reported(outcome="not_runnable")) == [
        "::error file=lesson.md,line=14,title=runtime_error::runtime_error: KeyError: 'a,b' 100%25"
    ]


def test_what_could_not_be_judged_is_a_warning() -> None:
    row = made_reported(outcome="unavailable", details="Code validation unavailable - gone")
    assert report(row) == ["::warning file=lesson.md,line=12,title=unavailable::unavailable: gone"]


def test_without_a_file_its_name_is_in_the_message() -> None:
    assert report(made_reported(path=None, snippet_id="loops")) == [
        "::error title=runtime_error::loops: runtime_error: KeyError: 1"
    ]


def test_more_than_github_shows_are_lines_and_a_notice() -> None:
    rows = [made_reported(line=n) for n in range(1, 13)]
    rows += [made_reported(outcome="unavailable", line=n) for n in range(20, 31)]
    lines = report(*rows)
    assert [line.split(" ")[0] for line in lines[:20]] == ["::error"] * 10 + ["::warning"] * 10
    assert lines[20:] == [
        "::notice::3 more did not pass: the log of this step has them",
        "- lesson.md:11: runtime_error: KeyError: 1",
        "- lesson.md:12: runtime_error: KeyError: 1",
        "- lesson.md:30: unavailable: KeyError: 1",
    ]


def test_the_log_is_bounded() -> None:
    lines = report(*[made_reported()] * 2000)
    assert len(lines) == 10 + 1 + 1000 + 1
    assert lines[-1] == "- … 990 more"


def test_an_interrupted_run_says_so() -> None:
    assert report(is_whole=False) == ["::warning::interrupted, these are not all snippets"]


@pytest.mark.parametrize("number", [0, 11])
def test_no_program_gives_commands(evil: str, number: int) -> None:
    """Neither in an annotation nor in a line of the log, as new or as old ones are written."""
    text = f"x\n::stop-commands::{evil}\r##[add-path]/tmp,line=3::set-env%0A"
    rows = [made_reported()] * number
    rows.append(made_reported(path=f"{text}.md", details=FAILED + text))
    line = report(*rows)[-1]
    line.encode()
    assert line.isprintable()
    if number:
        assert line.startswith("- x ::stop-commands")
        assert "##[" not in line
    else:
        command, _, message = line.removeprefix("::").partition("::")
        assert command.count(":") == 0
        assert [each.split("=")[0] for each in command.split(",")] == [
            "error file",
            "line",
            "title",
        ]
        assert message.count("%") == message.count("%25")
