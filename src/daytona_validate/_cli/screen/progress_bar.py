"""The live bar, drawn by rich."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from daytona_validate._cli.screen.progress import Display, ProgressCounts

BAR_INTERVAL_S = 0.1


class _Verdicts(ProgressColumn):
    """How many failed so far, in colour where there is any."""

    def __init__(self, counts: ProgressCounts) -> None:
        super().__init__()
        self._counts = counts

    def render(self, task: Task) -> Text:  # noqa: ARG002 - rich's signature
        text = Text()
        if self._counts.failed:
            text.append(f"{self._counts.failed} failed ", style="red")
        if self._counts.unavailable:
            text.append(f"{self._counts.unavailable} unavailable", style="yellow")
        return text


class Bar(Display):
    """A bar that is redrawn by `tick` alone: it has no thread and no timer of its own.

    stdout is left as it is. rich would otherwise send what is printed there to stderr.
    """

    interval_s = BAR_INTERVAL_S

    def __init__(self, counts: ProgressCounts, stream: TextIO) -> None:
        self._counts = counts
        # Said outright, because rich believes FORCE_COLOR and TTY_COMPATIBLE first.
        console = Console(file=stream, force_terminal=True, force_interactive=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Verdicts(counts),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("checking", total=None)
        self._is_shown = False

    def tick(self, elapsed_s: float) -> None:  # noqa: ARG002 - rich keeps the time itself
        """Redraw the bar, and start it at the first call."""
        if not self._is_shown:
            self._progress.start()
            self._is_shown = True
        self._progress.update(
            self._task,
            completed=self._counts.done,
            total=self._counts.total,
            description=self._description(),
            refresh=True,
        )

    def _description(self) -> str:
        """Return what is done, short enough for a line: of what is prepared, the first."""
        if not self.waits:
            return "checking"
        more = f" and {len(self.waits) - 1} more" if len(self.waits) > 1 else ""
        return f"preparing {self.waits[0]}{more}"

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Take the bar off the terminal, so that a line can be written in its place."""
        self.close()
        yield

    def close(self) -> None:
        """Take the bar off; the next tick draws it again."""
        if self._is_shown:
            self._progress.stop()
            self._is_shown = False
