"""The bar on a real terminal, and what stays of it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from eventually import LONGEST_S

FAKE = Path(__file__).parents[1] / "fake_command_line.py"
PAGE = "```python\nfail\n```\n```python\nhold\n```\n"
pytestmark = pytest.mark.slow


def _run_on_terminal(folder: Path, environ: dict[str, str], *, until: str) -> tuple[str, str]:
    """Return stdout and all that the terminal got; the held snippet goes on after `until`."""
    (folder / "lesson.md").write_text(PAGE)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(FAKE), "check", "lesson.md", "-j2"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")} | environ,
    )
    os.close(theirs)
    with process:
        seen = b""
        while until.encode() not in seen:
            seen += os.read(ours, 65536)
        stdout, _ = process.communicate(b"\n", timeout=LONGEST_S)
        while chunk := _rest(ours):
            seen += chunk
    os.close(ours)
    return stdout.decode(), seen.decode()


def _rest(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux answers EIO once the other side is closed
        return b""


def test_bar_shows_counts_and_is_gone_at_the_end(tmp_path: Path) -> None:
    environ = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "24"}
    stdout, terminal = _run_on_terminal(tmp_path, environ, until="1 failed")
    assert "1/2" in terminal
    assert "\x1b" not in stdout
    assert stdout.startswith("lesson.md:1: runtime_error")
    assert "\x1b[?25h" in terminal  # the cursor is back
    assert "checking" not in terminal.rpartition("\x1b[2K")[2]


@pytest.mark.parametrize(
    "environ",
    [
        {"TERM": "dumb"},
        pytest.param({"TERM": "xterm", "CI": "true"}, marks=pytest.mark.thorough),
    ],
)
@pytest.mark.thorough
def test_no_bar_where_it_could_not_be_read(tmp_path: Path, environ: dict[str, str]) -> None:
    stdout, terminal = _run_on_terminal(tmp_path, environ, until="held")
    assert "\x1b" not in terminal + stdout


@pytest.mark.thorough
def test_bar_without_colour_under_no_color(tmp_path: Path) -> None:
    environ = {"TERM": "xterm-256color", "NO_COLOR": "1", "COLUMNS": "120"}
    _, terminal = _run_on_terminal(tmp_path, environ, until="1 failed")
    assert "1/2" in terminal
    assert "\x1b[3" not in terminal
