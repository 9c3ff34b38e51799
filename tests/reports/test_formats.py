"""The table of formats."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daytona_validate._cli.check.check_command import FORMATS as COMMAND_FORMATS
from daytona_validate._core.summary import Tally
from daytona_validate._reports.formats import FORMATS, ReportFormat
from made_results import made_reported
from result_reports import ResultReport


def test_formats_are_found_by_name() -> None:
    assert list(FORMATS) == list(COMMAND_FORMATS)
    assert all(name == each.name for name, each in FORMATS.items())


@pytest.mark.parametrize("each", FORMATS.values(), ids=FORMATS)
def test_a_format_that_needs_no_results_makes_the_same_end_without_them(
    results: Any, each: ReportFormat
) -> None:
    found = [results.make(), results.failed()]
    summary = results.summary(found)
    report = ResultReport(each)
    is_same = report.end(found, summary) == report.end([], summary)
    assert is_same is not each.needs_results


@pytest.mark.parametrize("each", FORMATS.values(), ids=FORMATS)
def test_texts_are_empty_or_end_in_a_newline_and_can_be_encoded(
    results: Any, evil: str, each: ReportFormat
) -> None:
    found = [results.failed(evil, path=evil, skill=evil), results.unavailable(evil)]
    report = ResultReport(each)
    texts = [*(report.each(result) for result in found), report.end(found, results.summary(found))]
    for text in texts:
        text.encode()
        assert text == "" or text.endswith("\n")


def test_what_a_baseline_knows_is_no_failure_of_a_report() -> None:
    """Else it would crowd out the new ones: GitHub shows ten."""
    rows = [made_reported(fails_run=False), made_reported(line=40, fails_run=True)]
    summary = Tally().summary(1.0)
    text = "".join(FORMATS["text"].each(row) for row in rows)
    assert [line.split(" ")[0] for line in text.splitlines() if line[0] != " "] == ["lesson.md:40:"]
    ends = {name: each.end(rows, summary) for name, each in FORMATS.items()}
    assert ends["github"].count("::error") == 1
    assert "line=40" in ends["github"]
    assert ends["markdown"].count("runtime_error |") == 1
    assert (ends["junit"].count("<failure"), ends["junit"].count("<skipped")) == (1, 1)
    assert ends["html"].count("does not count") == 1
    results = json.loads(ends["sarif"])["runs"][0]["results"]
    assert [each["suppressions"] for each in results] == [[{"kind": "external"}], []]


def test_under_strict_rules_a_fragment_is_a_failure_of_a_report() -> None:
    row = made_reported(outcome="not_runnable", details="Code not runnable: x", fails_run=True)
    assert "::error" in FORMATS["github"].end([row], Tally().summary(1.0))
    assert "daytona-validate run" in FORMATS["text"].each(row)
