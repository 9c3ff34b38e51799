"""Show how far a run is, on stderr: a live bar on a terminal, else a line every few seconds.

Results only move counters; drawing happens on a clock, so its cost does not grow with the
number of snippets. A live bar in a CI log is unreadable, so neither `FORCE_COLOR` nor any
other variable turns one on where there is no terminal; only `--progress always` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TextIO

from daytona_validate._cli.screen.progress_counts import Counts

LINE_INTERVAL_S = 5.0
LINE_GAP_SHARE = 0.1
"""A tenth of the time passed lies between two lines, so that an hour's log has about 50."""


class Kind(StrEnum):
    """The ways to show progress."""

    BAR = "bar"
    LINES = "lines"
    NONE = "none"


def kind_of_progress(choice: str, *, is_terminal: bool, environ: Mapping[str, str]) -> Kind:
    """Return how progress is shown.

    Args:
        choice: `auto`, `always` (a bar even without a terminal) or `never`.
        is_terminal: Whether stderr is a terminal.
        environ: `CI` and `TERM` are looked at.
    """
    if choice == "never":
        return Kind.NONE
    if choice == "always":
        return Kind.BAR
    is_plain = bool(environ.get("CI")) or environ.get("TERM", "dumb") in ("", "dumb")
    return Kind.BAR if is_terminal and not is_plain else Kind.LINES


class Display(Protocol):
    """One way of showing the counts."""

    interval_s: float

    def tick(self, elapsed_s: float) -> None:
        """Show the counts as they are now."""
        ...

    def cleared(self) -> AbstractContextManager[object]:
        """Return a context in which nothing of it stands on the terminal."""
        ...

    def close(self) -> None:
        """Take it off the terminal for good; safe to call twice."""
        ...


@dataclass(slots=True)
class Silence:
    """Shows nothing."""

    interval_s: float = 3600.0

    def tick(self, elapsed_s: float) -> None:
        """Show nothing."""

    def cleared(self) -> AbstractContextManager[object]:
        """Return a context that does nothing."""
        return nullcontext()

    def close(self) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Lines:
    """Writes a line now and then: every few seconds at first, ever more rarely in a long run."""

    counts: Counts
    stream: TextIO
    interval_s: float = LINE_INTERVAL_S
    _next_s: float = field(default=0.0, init=False)

    def tick(self, elapsed_s: float) -> None:
        """Write one line, if it is time for one."""
        if elapsed_s < self._next_s:
            return
        self._next_s = elapsed_s * (1 + LINE_GAP_SHARE)
        self.stream.write(f"checked {self.counts.text()} in {elapsed_s:.0f} s\n")
        self.stream.flush()

    def cleared(self) -> AbstractContextManager[object]:
        """Return a context that does nothing: lines do not get in the way."""
        return nullcontext()

    def close(self) -> None:
        """Do nothing."""


def display(kind: Kind, counts: Counts, stream: TextIO) -> Display:
    """Return the display of a kind, writing to `stream`."""
    if kind is Kind.NONE:
        return Silence()
    if kind is Kind.LINES:
        return Lines(counts, stream)
    from daytona_validate._cli.screen.progress_bar import Bar  # noqa: PLC0415 - rich costs 90 ms

    return Bar(counts, stream)
