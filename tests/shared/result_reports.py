"""A report format over bare results, for tests that are not about their code."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._models import CodeValidationResult
from daytona_validate._reports.formats import FORMATS, ReportFormat


class ResultReport:
    """A format that takes results, each without its code."""

    def __init__(self, report_format: ReportFormat | str) -> None:
        self._format = FORMATS[report_format] if isinstance(report_format, str) else report_format

    def each(self, result: CodeValidationResult) -> str:
        return self._format.each(Reported(result=result))

    def end(self, results: Sequence[CodeValidationResult], summary: Summary) -> str:
        return self._format.end([Reported(result=each) for each in results], summary)
