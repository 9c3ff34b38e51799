"""Show how far a run is, on stderr: a live bar on a terminal, else a line every few seconds.

Results only move counters; drawing happens on a clock, so its cost does not grow with the
number of snippets. A live bar in a CI log is unreadable, so neither `FORCE_COLOR` nor any
other variable turns one on where there is no terminal; only `--progress always` does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

from daytona_validate._cli.exit_codes import ExitCode, code_of_result
from daytona_validate._errors import ConfigurationError

if TYPE_CHECKING:
    from daytona_validate._models import CodeValidationResult

LINE_INTERVAL_S = 5.0
LINE_GAP_SHARE = 0.1
"""A tenth of the time passed lies between two lines, so that an hour's log has about 50."""


@dataclass(slots=True)
class ProgressCounts:
    """How many snippets are done, and how they ended."""

    total: int | None = None
    """None while the snippets are being counted."""
    done: int = 0
    failed: int = 0
    unavailable: int = 0

    def add(self, result: CodeValidationResult) -> None:
        """Count one result."""
        self.done += 1
        code = code_of_result(result)
        self.failed += code is ExitCode.FAILED
        self.unavailable += code is ExitCode.UNAVAILABLE

    def text(self) -> str:
        """Return `120/500, 3 failed, 1 unavailable`."""
        parts = [f"{self.done}" if self.total is None else f"{self.done}/{self.total}"]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.unavailable} unavailable"] if self.unavailable else []
        return ", ".join(parts)


class ProgressStyle(StrEnum):
    """The ways to show progress."""

    BAR = "bar"
    LINES = "lines"
    NONE = "none"


def progress_style(choice: str, *, is_terminal: bool, environ: Mapping[str, str]) -> ProgressStyle:
    """Return how progress is shown.

    Args:
        choice: `auto`, `always` (a bar even without a terminal) or `never`.
        is_terminal: Whether stderr is a terminal.
        environ: `CI` and `TERM` are looked at.
    """
    if choice == "never":
        return ProgressStyle.NONE
    if choice == "always":
        return ProgressStyle.BAR
    is_plain = bool(environ.get("CI")) or environ.get("TERM", "dumb") in ("", "dumb")
    return ProgressStyle.BAR if is_terminal and not is_plain else ProgressStyle.LINES


class Display:
    """Progress display that shows nothing: the null object, and the base of the others."""

    interval_s: float = 3600.0
    waits: tuple[str, ...] = ()
    """What is being prepared, once for this machine."""

    def tick(self, elapsed_s: float) -> None:
        """Show the counts as they are now."""

    def cleared(self) -> AbstractContextManager[object]:
        """Return a context in which the display is off the terminal."""
        return nullcontext()

    def close(self) -> None:
        """Take the display off the terminal; safe to call twice."""


class Lines(Display):
    """Writes a line now and then: every few seconds at first, ever more rarely in a long run."""

    interval_s = LINE_INTERVAL_S

    def __init__(self, counts: ProgressCounts, stream: TextIO) -> None:
        self._counts = counts
        self._stream = stream
        self._next_s = 0.0

    def tick(self, elapsed_s: float) -> None:
        """Write one line, if it is time for one."""
        if elapsed_s < self._next_s:
            return
        self._next_s = elapsed_s * (1 + LINE_GAP_SHARE)
        waits = f"; preparing, once for this machine: {', '.join(self.waits)}" if self.waits else ""
        self._stream.write(f"checked {self._counts.text()} in {elapsed_s:.0f} s{waits}\n")
        self._stream.flush()


@contextmanager
def ticking(display: Display) -> Iterator[None]:
    """Let a display tick by the running event loop's clock, and close it at the end."""
    import asyncio

    loop = asyncio.get_running_loop()
    started_s = loop.time()
    next_tick: asyncio.TimerHandle

    def tick() -> None:
        nonlocal next_tick
        display.tick(loop.time() - started_s)
        next_tick = loop.call_later(display.interval_s, tick)

    next_tick = loop.call_later(display.interval_s, tick)
    try:
        yield
    finally:
        next_tick.cancel()
        display.close()


@contextmanager
def counting(source: Callable[[], Iterable[object]], counts: ProgressCounts) -> Iterator[None]:
    """Count the snippets in a background thread, while the work has already begun.

    Args:
        source: Called once, returns everything that is going to be done; it is read a second
            time, because to keep it would take memory for every snippet.
        counts: Gets the total when it is known.
    """
    is_over = threading.Event()

    def count() -> None:
        total = 0
        try:
            for total, _ in enumerate(source(), start=1):  # noqa: B007 - used after the loop
                if is_over.is_set():
                    return
        except (ConfigurationError, OSError):
            return  # whoever reads them for work says what is wrong
        counts.total = total

    thread = threading.Thread(target=count, name="total", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
