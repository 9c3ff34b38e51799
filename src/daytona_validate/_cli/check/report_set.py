"""All reports of one run: the one on stdout, and those in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from daytona_validate._cli.check.report_files import ReportFile, ReportTarget
from daytona_validate._cli.check.report_stream import ReportStream
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.summary import Summary
from daytona_validate._models import CodeValidationResult
from daytona_validate._reports.formats import FORMATS, ReportFormat

_IN_SOURCE_ORDER = frozenset({"text"})
"""Formats that people read from top to bottom; the others come as results finish, or sorted."""


class ReportSet:
    """Fan-out of every result to every report; leaving the context removes uncommitted files.

    Args:
        shown: The format of the report on stdout.
        targets: The reports in files.
        screen: Where stdout is.
        formats: The formats by name.
        has_end: Whether stdout's text report ends with a summary.

    Raises:
        ConfigurationError: A file cannot be written; the caller's fault.
    """

    def __init__(
        self,
        shown: str,
        targets: Sequence[ReportTarget],
        screen: Screen,
        *,
        formats: Mapping[str, ReportFormat] = FORMATS,
        has_end: bool = True,
    ) -> None:
        self._has_end = has_end or shown not in _IN_SOURCE_ORDER
        self._files: list[ReportFile] = []
        self._shown = _stream(formats[shown], screen.writer(shown))
        self._reports: list[ReportStream] = []
        try:
            for target in targets:
                self._files.append(ReportFile(target.path))
                self._reports.append(_stream(formats[target.format_name], self._files[-1].write))
        except BaseException:
            self._discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._discard()

    def add(self, result: CodeValidationResult) -> None:
        """Give a result to every report."""
        self._shown.add(result)
        for report in self._reports:
            report.add(result)

    @property
    def is_full(self) -> bool:
        """Whether the buffer of a file has so much that `save` should be called."""
        return any(file.is_full for file in self._files)

    def save(self) -> None:
        """Write the files' buffers to disk; it blocks, so not in the event loop."""
        for file in self._files:
            file.save()

    def end(self, summary: Summary, *, is_whole: bool) -> None:
        """End every report.

        Args:
            summary: The summary of all results.
            is_whole: Whether the run came to its end; else no file takes its place.
        """
        if self._has_end:
            self._shown.end(summary)
        else:
            self._shown.flush()
        if not is_whole:
            return
        for report in self._reports:
            report.end(summary)
        for file in self._files:
            file.commit()

    def _discard(self) -> None:
        for file in self._files:
            file.discard()


def _stream(report_format: ReportFormat, write: Callable[[str], object]) -> ReportStream:
    keeps_order = report_format.name in _IN_SOURCE_ORDER
    return ReportStream(report_format, write, keeps_order=keeps_order)
