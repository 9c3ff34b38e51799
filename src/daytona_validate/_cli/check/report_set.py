"""All reports of one run: the one on stdout, and those in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from daytona_validate._cli.check.report_stream import ReportStream
from daytona_validate._cli.check.report_targets import ReportTarget
from daytona_validate._cli.report_file import ReportFile
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._reports.formats import FORMATS, ReportFormat

_IN_SOURCE_ORDER = frozenset({"text"})
"""Formats that people read from top to bottom; the others come as results finish, or sorted."""


@contextmanager
def report_set(
    shown: ReportFormat,
    targets: Sequence[ReportTarget],
    screen: Screen,
    *,
    formats: Mapping[str, ReportFormat] = FORMATS,
    has_end: bool = True,
) -> Iterator[ReportSet]:
    """Hold all reports of a run; leaving the context removes the files that are not committed.

    Args:
        shown: The format of the report on stdout.
        targets: The reports in files.
        screen: Where stdout is.
        formats: Those of the files, by name.
        has_end: Whether stdout's text report ends with a summary.

    Raises:
        ConfigurationError: A file cannot be written; the caller's fault.
    """
    reports: dict[ReportFile, ReportStream] = {}
    try:
        for target in targets:
            file = ReportFile(target.path)
            reports[file] = _stream(formats[target.format_name], file.write)
        yield ReportSet(
            _stream(shown, screen.writer(shown.name)),
            reports,
            has_end=has_end or shown.name not in _IN_SOURCE_ORDER,
        )
    finally:
        for file in reports:
            file.discard()


class ReportSet:
    """Fan-out of every result to every report.

    Args:
        shown: The report on stdout.
        reports: Those in files.
        has_end: Whether stdout's report ends with a summary.
    """

    def __init__(
        self, shown: ReportStream, reports: Mapping[ReportFile, ReportStream], *, has_end: bool
    ) -> None:
        self._shown = shown
        self._reports = reports
        self._has_end = has_end

    def add(self, reported: Reported) -> None:
        """Give a result to every report."""
        self._shown.add(reported)
        for report in self._reports.values():
            report.add(reported)

    @property
    def has_unsaved(self) -> bool:
        """Whether `save` should be called: what it writes outlives this process."""
        return any(file.has_unsaved for file in self._reports)

    def save(self) -> None:
        """Write the files' buffers; it blocks, so not in the event loop."""
        for file in self._reports:
            file.save()

    def end(self, summary: Summary) -> None:
        """End every report, and let the files take their places."""
        if self._has_end:
            self._shown.end(summary)
        else:
            self._shown.flush()
        for report in self._reports.values():
            report.end(summary)
        for file in self._reports:
            file.commit()


def _stream(report_format: ReportFormat, write: Callable[[str], object]) -> ReportStream:
    keeps_order = report_format.name in _IN_SOURCE_ORDER
    return ReportStream(report_format, write, keeps_order=keeps_order)
