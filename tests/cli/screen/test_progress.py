from __future__ import annotations

import asyncio
import io

import pytest

from daytona_validate._cli.screen.progress import (
    Display,
    Lines,
    ProgressCounts,
    ProgressStyle,
    progress_style,
    ticking,
)
from daytona_validate._cli.screen.progress_bar import Bar
from daytona_validate._cli.screen.screen import Screen

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("choice", "is_terminal", "environ", "style"),
    [
        ("auto", True, XTERM, ProgressStyle.BAR),
        ("auto", True, XTERM | {"NO_COLOR": "1"}, ProgressStyle.BAR),
        ("auto", True, XTERM | {"CI": "true"}, ProgressStyle.LINES),
        ("auto", True, {"TERM": "dumb"}, ProgressStyle.LINES),
        ("auto", True, {}, ProgressStyle.LINES),
        ("auto", False, XTERM, ProgressStyle.LINES),
        ("auto", False, XTERM | {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}, ProgressStyle.LINES),
        ("always", False, {}, ProgressStyle.BAR),
        ("never", True, XTERM, ProgressStyle.NONE),
    ],
)
def test_a_live_bar_needs_a_terminal_that_can_show_it(
    choice: str, is_terminal: bool, environ: dict[str, str], style: ProgressStyle
) -> None:
    assert progress_style(choice, is_terminal=is_terminal, environ=environ) is style


def test_lines_say_how_far_it_is() -> None:
    counts, stream = ProgressCounts(), io.StringIO()
    lines = Lines(counts, stream)
    counts.done = 10
    lines.tick(5.0)
    counts.done, counts.total, counts.failed = 12, 40, 1
    lines.tick(10.0)
    assert stream.getvalue() == "checked 10 in 5 s\nchecked 12/40, 1 failed in 10 s\n"


def test_lines_say_what_is_waited_for() -> None:
    stream = io.StringIO()
    lines = Lines(ProgressCounts(done=4, total=13), stream)
    lines.waits = ("Go's standard library 12/58", "Node")
    lines.tick(5.0)
    lines.waits = ()
    lines.tick(10.0)
    assert stream.getvalue() == (
        "checked 4/13 in 5 s; preparing, once for this machine: Go's standard library 12/58, Node\n"
        "checked 4/13 in 10 s\n"
    )


@pytest.mark.parametrize(
    ("waits", "said"),
    [
        ((), "checking"),
        (("Go's standard library 12/58",), "preparing Go's standard library 12/58"),
        (("Go 1/2", "Node", "npm"), "preparing Go 1/2 and 2 more"),
    ],
)
def test_the_bar_says_what_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, waits: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    stream, screen = io.StringIO(), Screen()
    screen.display = bar = Bar(ProgressCounts(total=4), stream)
    screen.waiting(waits)
    bar.tick(1.0)
    bar.close()
    assert f"{said} " in stream.getvalue()


def test_lines_become_rarer_in_a_long_run() -> None:
    stream = io.StringIO()
    lines = Lines(ProgressCounts(), stream)
    for seconds in range(5, 3600, 5):
        lines.tick(float(seconds))
    assert 40 <= len(stream.getvalue().splitlines()) <= 60


def test_bar_draws_counts_and_leaves_a_clean_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")  # on a dumb one rich draws nothing at all
    counts, stream = ProgressCounts(total=40, done=12, failed=3, unavailable=2), io.StringIO()
    bar = Bar(counts, stream)
    bar.tick(1.0)
    drawn = stream.getvalue()
    assert "12/40" in drawn
    assert "3 failed" in drawn
    assert "2 unavailable" in drawn
    bar.close()
    bar.close()
    assert stream.getvalue().endswith("\x1b[2K")  # the line it stood on is erased


def test_bar_has_no_colour_under_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    bar = Bar(ProgressCounts(total=4, done=2, failed=1), stream)
    bar.tick(1.0)
    bar.close()
    assert "\x1b[3" not in stream.getvalue()


class Ticks(Display):
    interval_s = 0.0

    def __init__(self) -> None:
        self.seen: asyncio.Queue[str] = asyncio.Queue()

    def tick(self, elapsed_s: float) -> None:
        self.seen.put_nowait("tick")

    def close(self) -> None:
        self.seen.put_nowait("close")


async def test_the_display_ticks_until_its_context_ends_and_is_closed() -> None:
    ticks = Ticks()
    with ticking(ticks):
        assert [await ticks.seen.get() for _ in range(3)] == ["tick"] * 3
    while (last := ticks.seen.get_nowait()) == "tick":
        pass
    for _ in range(3):
        await asyncio.sleep(0)
    assert (last, ticks.seen.empty()) == ("close", True)
