"""Whatever state stdin, stdout and stderr are in: clear words, and the exit code of the verdict."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from io import BufferedReader
from pathlib import Path

import pytest

from daytona_validate._cli.screen.streams import Descriptor
from eventually import wait_until

FAKE = Path(__file__).parents[1] / "fake_command_line.py"
NO_ROOM = "error: stdout cannot be written: No space left on device\n"
slow = pytest.mark.slow
pytestmark = pytest.mark.thorough


def _shell(folder: Path, command: str, redirected: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does; `dv` in it stands for the program."""
    words = f'dv() {{ "{sys.executable}" "{FAKE}" "$@"; }}; {command} {redirected}'
    return subprocess.run(
        ["bash", "-c", words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    (tmp_path / "good.py").write_text("print(1)\n")
    (tmp_path / "bad.py").write_text("fail\n")
    return tmp_path


@slow
@pytest.mark.parametrize(
    "command", ["check", "check --progress always", "check --output-format json", "run"]
)
@pytest.mark.parametrize("redirected", [">&-", "2>&- <&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_the_verdict_decides_where_a_stream_is_closed_or_nothing_can_be_said(
    programs: Path, command: str, redirected: str
) -> None:
    ran = _shell(programs, f"dv {command} bad.py && exit 9; dv {command} good.py", redirected)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
    assert "bug" not in ran.stdout + ran.stderr


@slow
@pytest.mark.parametrize(
    "command",
    [
        "dv --help",
        "dv --version",
        "dv check --help",
        "dv languages --help",
        "dv check bad.py --progress never",
        "dv check good.py -q --output-format json",
        "dv check good.py -q --list",
        "dv run -q good.py",
    ],
)
def test_a_stdout_that_takes_nothing_is_said_in_a_line_or_not_at_all(
    programs: Path, command: str
) -> None:
    full = _shell(programs, command, ">/dev/full")
    assert full.stderr.replace("0 sandboxes left\n", "") == NO_ROOM
    assert full.returncode == 3
    unread = _shell(programs, "set -o pipefail; " + command, "| (exec <&-)")
    assert unread.stderr.replace("0 sandboxes left\n", "") == ""
    assert unread.returncode in {141, 0}  # the pipe may take it before its reader goes


@slow
def test_an_error_that_cannot_be_said_keeps_its_exit_code(programs: Path) -> None:
    for arguments in ("check --nonsense", "check missing.py", "nonsense", "check"):
        for redirected in ("2>&-", "2>/dev/full"):
            ran = _shell(programs, f"dv {arguments}", redirected)
            assert (ran.returncode, ran.stdout) == (2, "")


@slow
@pytest.mark.parametrize(
    ("redirected", "why"),
    [
        ("<&-", "is closed, there is nothing to read"),
        ("0>/dev/null", "cannot be read: Bad file descriptor"),
    ],
)
@pytest.mark.parametrize(
    "command",
    ["check -", "run - --language py", "run -- -:1", "run good.py --stdin -", "check --list -"],
)
def test_a_stdin_that_cannot_be_read_is_a_mistake_in_the_call(
    programs: Path, command: str, redirected: str, why: str
) -> None:
    ran = _shell(programs, f"dv {command}", redirected)
    assert ran.stderr.replace("0 sandboxes left\n", "") == f"error: -: stdin {why}\n"
    assert (ran.returncode, ran.stdout) == (2, "")


@slow
def test_nothing_that_is_opened_later_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """A socket with number 1 would be sent every report."""
    program = (
        "from daytona_validate._cli.screen.streams import prepare_streams\n"
        "import os, socket\n"
        "prepare_streams()\n"
        "print('lost')\n"
        "assert all(os.get_inheritable(number) for number in range(3))\n"
        "raise SystemExit(10 + min(socket.socket().fileno(), os.open('.', os.O_RDONLY)))\n"
    )
    for redirected in (">&-", "2>&-", "<&-", "<&- >&-", "<&- >&- 2>&-"):
        ran = _shell(tmp_path, f'"{sys.executable}" -W ignore -c "{program}"', redirected)
        assert ran.returncode >= 13, ran.stderr


@slow
def test_a_pipe_that_does_not_block_gets_the_whole_report(programs: Path) -> None:
    """Node leaves such pipes to the programs that it starts."""
    (programs / "lesson.md").write_text("```python\nprint(1)\n```\n" * 400)
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    options = ["check", "lesson.md", "--output-format", "json", "--progress", "never"]
    with subprocess.Popen(
        [sys.executable, str(FAKE), *options],
        cwd=programs,
        stdin=subprocess.DEVNULL,
        stdout=write_end,
        stderr=subprocess.DEVNULL,
    ) as process:
        _wait_until_full(write_end, process)
        os.close(write_end)
        with open(read_end, "rb") as stream:  # noqa: PTH123 - a descriptor
            report = stream.read()
    assert process.returncode == 0
    assert len(json.loads(report)["results"]) == 400


def _wait_until_full(pipe: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has ended, or sleeps over a pipe that takes no more."""

    def has_ended_or_sleeps() -> bool:
        if process.poll() is not None:
            return True
        state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "S" and not select.select([], [pipe], [], 0)[1]

    wait_until(has_ended_or_sleeps)


class _Watched(Descriptor):
    """Says that it has found nothing, before it waits."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "r")
        self.waits = threading.Event()

    def _wait(self, event: int) -> None:
        self.waits.set()
        super()._wait(event)


def test_a_stdin_that_does_not_block_is_waited_for() -> None:
    """Half of a program is another program."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    watched = _Watched(read_end)

    def write() -> None:
        os.write(write_end, b"print(1)\n")
        watched.waits.wait(60)
        os.write(write_end, b"print(2)\n")
        os.close(write_end)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert BufferedReader(watched).read(1000) == b"print(1)\nprint(2)\n"
    finally:
        writer.join()
        os.close(read_end)


@slow
def test_without_a_working_folder_all_else_goes_on(programs: Path) -> None:
    """A shell stands in a folder that another one has removed."""
    gone = f"mkdir gone; cd gone; rmdir ../gone; TMPDIR={programs}/none"
    for arguments, code, words in (
        (f"check {programs}/good.py", 0, "1 passed"),
        (f"run {programs}/bad.py", 1, "NameError"),
        (f"check {programs}/bad.py --report json={programs}/o.json", 1, "runtime_error"),
        ("check - <<< hello", 5, "nothing ran"),
        (
            "check .",
            2,
            "error: . cannot be found: the working folder is gone, `cd` to one that exists\n",
        ),
        ("run good.py", 2, "error: good.py cannot be found: the working folder is gone"),
        (f"check {programs}/good.py --report json=o.json", 2, "error: --report: cannot write"),
    ):
        ran = _shell(programs, f"{gone} dv {arguments}", "")
        assert words in ran.stdout + ran.stderr
        assert ran.returncode == code
    assert (programs / "o.json").exists()
