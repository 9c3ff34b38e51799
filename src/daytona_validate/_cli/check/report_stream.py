"""One report as a stream: results go in as they finish, text comes out in its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._reports.formats import ReportFormat


class ReportStream:
    """Formatter of a stream of results, with a reorder buffer if the format keeps their order.

    Args:
        report_format: The format; only one that needs all results at its end makes this keep them.
        write: Takes each piece of text, none of them empty.
        keeps_order: Whether texts are held back until those of all earlier snippets are out.
    """

    def __init__(
        self, report_format: ReportFormat, write: Callable[[str], object], *, keeps_order: bool
    ) -> None:
        self._format = report_format
        self._write = write
        self._order = SourceOrder() if keeps_order else None
        self._results: list[Reported] = []

    def add(self, reported: Reported) -> None:
        """Take one result."""
        if self._format.needs_results:
            self._results.append(reported)
        text = self._format.each(reported)
        if self._order is not None:
            for ready in self._order.add(reported.result.index, text):
                self._write(ready)
        elif text:
            self._write(text)

    def flush(self) -> None:
        """Write all texts that are held back, for the missing ones before them will never come."""
        for text in self._order.rest() if self._order is not None else ():
            self._write(text)

    def end(self, summary: Summary) -> None:
        """Write all texts that are held back, then the end of the report."""
        self.flush()
        if text := self._format.end(sorted(self._results, key=_index), summary):
            self._write(text)


def _index(reported: Reported) -> int:
    return reported.result.index


class SourceOrder:
    """Reorder buffer: holds back each text until all texts before it are out.

    What it holds grows with the number of snippets that overtook the slowest one, not with
    the number of snippets. Most of them passed and have an empty text.
    """

    def __init__(self) -> None:
        self._held: dict[int, str] = {}
        self._next = 0

    def add(self, index: int, text: str) -> Iterator[str]:
        """Take the text of one index, and yield the texts that are next in order, if not empty.

        Args:
            index: Position in the source, from 0, each given once.
            text: The text; "" if a result has none.
        """
        self._held[index] = text
        while self._next in self._held:
            ready = self._held.pop(self._next)
            self._next += 1
            if ready:
                yield ready

    def rest(self) -> Iterator[str]:
        """Yield the texts still held, in order, for a run that was cut short."""
        for index in sorted(self._held):
            if text := self._held[index]:
                yield text
        self._held.clear()
