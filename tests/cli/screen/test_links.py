"""When places are links that a terminal opens, and what a hostile name comes to in one."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from daytona_validate._cli.screen.links import link_base

FAKE = Path(__file__).parents[1] / "fake_command_line.py"
LINK = re.compile(r"\x1b\]8;;([^\x1b]*)\x1b\\([^\x1b]*)\x1b\]8;;\x1b\\")
XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"VTE_VERSION": "7006"}, True),
        ({"VTE_VERSION": "4999"}, False),
        ({"VTE_VERSION": "new"}, False),
        ({"TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"WT_SESSION": "x"}, True),
        ({}, False),
        ({"FORCE_HYPERLINK": "1"}, True),
        ({"FORCE_HYPERLINK": "0", "VTE_VERSION": "7006"}, False),
        ({"NO_COLOR": "1", "VTE_VERSION": "7006"}, False),
        ({"NO_COLOR": "1", "FORCE_HYPERLINK": "1"}, False),
        ({"TERM": "dumb", "VTE_VERSION": "7006"}, False),
        ({"TERM": "tmux-256color", "VTE_VERSION": "7006"}, False),
        ({"CI": "true", "VTE_VERSION": "7006"}, False),
    ],
)
def test_only_a_terminal_that_says_so_has_links(environ: dict[str, str], *, expected: bool) -> None:
    base = link_base("/a b", is_terminal=True, environ=XTERM | environ, host="h.local")
    assert base == ("file://h.local/a%20b/" if expected else None)
    assert link_base("/a", is_terminal=False, environ=XTERM | environ, host="h") is None


def test_what_is_shown_in_an_editor_and_in_no_folder() -> None:
    inside = XTERM | {"TERM_PROGRAM": "vscode"}
    assert link_base("/", is_terminal=True, environ=inside, host="h") == "file:///"
    assert link_base(None, is_terminal=True, environ=inside, host="h") is None


def _shown(folder: Path, environ: dict[str, str], *paths: str) -> str:
    """Return what a terminal gets of a check."""
    ours, theirs = pty.openpty()
    own = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR", "TERM_PROGRAM")}
    with subprocess.Popen(
        [sys.executable, str(FAKE), "check", "--quiet", *paths],
        cwd=folder,
        env=own | XTERM | environ,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ):
        os.close(theirs)
        seen = b""
        while chunk := _rest(ours):
            seen += chunk
    os.close(ours)
    return seen.decode()


def _rest(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux answers EIO once the other side is closed
        return b""


@pytest.mark.slow
def test_a_place_on_a_terminal_opens_the_file_at_its_line(tmp_path: Path) -> None:
    hostile = "a\x1b]8;;http:x\x07 #?%;é.md"
    (tmp_path / "lesson.md").write_text("Words.\n\n```python\nfail\n```\n")
    (tmp_path / hostile).write_text("```python\nfail\n```\n")
    shown = _shown(tmp_path, {"FORCE_HYPERLINK": "1"}, "lesson.md", hostile)
    assert "\x1b" not in LINK.sub("", re.sub(r"\x1b\[[\d;]*m", "", shown))
    links = dict(each[::-1] for each in LINK.findall(re.sub(r"\x1b\[[\d;]*m", "", shown)))
    plain, strange = urlsplit(links["lesson.md:3"]), [*links.values()][-1]
    assert (plain.scheme, plain.fragment) == ("file", "3")
    assert unquote(plain.path) == str(tmp_path / "lesson.md")
    assert strange.isascii()
    assert unquote(urlsplit(strange).path) == str(tmp_path / hostile)


@pytest.mark.slow
@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({}, marks=pytest.mark.thorough),
        {"NO_COLOR": "1", "FORCE_HYPERLINK": "1"},
    ],
)
@pytest.mark.thorough
def test_no_link_on_another_terminal(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "lesson.md").write_text("```python\nfail\n```\n")
    shown = _shown(tmp_path, environ, "lesson.md")
    assert "lesson.md:1" in shown
    assert "\x1b]" not in shown
