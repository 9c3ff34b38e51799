"""The table of formats."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._cli.check.check_command import FORMATS as COMMAND_FORMATS
from daytona_validate._reports.formats import FORMATS, ReportFormat
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
