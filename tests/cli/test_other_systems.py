"""macOS and Windows, simulated: what their Python lacks is taken away from a process on Linux.

Nothing was tried on these systems themselves.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._linux_only import refusal_for

SIMULATION = Path(__file__).parents[1] / "shared" / "other_system.py"
FAKE = Path(__file__).with_name("fake_command_line.py")
PAGE = """\
```python
print(1)  #> 2
```

```python
undefined()
```
"""
PROGRAM = """\
import asyncio
from daytona_validate import DaytonaClient, Validator

async def main():
    async with Validator() as validator:
        print((await validator.validate("print(6 * 7)", language="python")).output)

asyncio.run(main())
with DaytonaClient() as client:
    print(client.validate("print(undefined)", language="python").outcome)
"""
PREPARING_S = 600
"""The first use on a machine prepares the toolchains."""
pytestmark = pytest.mark.slow
on_each = pytest.mark.parametrize(
    ("system", "name"),
    [pytest.param("darwin", "macOS", marks=pytest.mark.thorough), ("win32", "Windows")],
    ids=["macOS", "Windows"],
)


def _ran(
    folder: Path, system: str, line: Sequence[str], **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SIMULATION), system, *line],
        cwd=folder,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@on_each
def test_commands_without_a_key_name_the_ways_that_there_are(
    tmp_path: Path, system: str, name: str
) -> None:
    (tmp_path / "lesson.md").write_text(PAGE)
    ran = _ran(tmp_path, system, ["check", "lesson.md"])
    assert ran.returncode == 3
    assert ran.stderr.splitlines()[1:] == [f"error: {refusal_for(system)}"]
    assert f"this is {name}. Use Daytona's: set DAYTONA_API_KEY." in ran.stderr
    assert ("WSL" in ran.stderr) is (system == "win32")


@pytest.mark.thorough
@pytest.mark.parametrize("command", ["toolchains list", "emulator", "bench", "doctor"])
def test_every_command_that_needs_linux_is_refused_so(tmp_path: Path, command: str) -> None:
    ran = _ran(tmp_path, "win32", command.split())
    assert (ran.returncode, refusal_for("win32")[:60] in ran.stderr + ran.stdout) == (3, True)
    assert "bug of daytona-validate" not in ran.stderr


@on_each
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(PREPARING_S)
def test_a_key_makes_the_command_line_and_the_library_work(
    tmp_path: Path, system: str, name: str, daytona: ThreadedEmulator
) -> None:
    page = tmp_path / "lesson.md"
    page.write_text(PAGE)
    (tmp_path / "program.py").write_text(PROGRAM)
    settings = daytona.emulator.environment
    built = _ran(tmp_path, system, ["snapshots", "build", "python"], **settings)
    assert built.returncode == 0, built.stderr
    line = ["check", "lesson.md", "--report", "json=report.json", "--outputs", "comments"]
    ran = _ran(tmp_path, system, [*line, "--update-outputs"], **settings)
    assert ran.returncode == 1, ran.stderr
    assert "print(1)  #> 1\n" in page.read_text()
    counts = json.loads((tmp_path / "report.json").read_text())["summary"]["outcomes"]
    assert counts == {"runtime_error": 1, "wrong_output": 1}
    assert not list(tmp_path.glob("*.part"))
    ran = _ran(tmp_path, system, ["check", "lesson.md", "--last-failed", "-q"], **settings)
    assert ran.returncode == 1, ran.stderr
    assert "undefined" in ran.stdout
    ran = _ran(tmp_path, system, ["--program", "program.py"], **settings)
    assert ran.stdout.split() == ["42", "runtime_error"], ran.stderr


FOLDERS = """\
import os
from contextlib import closing
from daytona_validate._open_folder import OpenFolder

for root, folders in ((os.getcwd(), ()), (os.getcwd(), ("none",))):
    try:
        with closing(OpenFolder(root, folders)) as folder:
            folder.open("new", os.O_CREAT | os.O_WRONLY)
    except OSError as error:
        print(error.strerror)
"""


def test_nothing_is_made_behind_a_link_where_folders_cannot_be_held(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    (inside / "new").symlink_to(outside)
    (inside / "program.py").write_text(FOLDERS)
    ran = _ran(inside, "win32", ["--program", "program.py"])
    refused = ["it is a link, or behind one", "there is no such folder"]
    assert ran.stdout.splitlines() == refused, ran.stderr
    assert not outside.exists()


@pytest.mark.thorough
def test_ctrl_c_cleans_up_where_a_loop_handles_no_signals(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text("```python\nhold\n```\n")
    with subprocess.Popen(
        [sys.executable, str(SIMULATION), "win32", "--program", str(FAKE), "check", "lesson.md"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "held\n" in iter(process.stderr.readline, "")
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait() == 130
    assert "interrupted, removing sandboxes ..." in said
    assert said.endswith("0 sandboxes left\n")


LOCKS = """\
from pathlib import Path
from daytona_validate._runtime.file_lock import FileLock, exclusive_if_free

path = Path("lock")
with FileLock(path) as first, FileLock(path) as second:
    print(first.take(), second.take())
FileLock(path).close()
with exclusive_if_free(path) as is_ours, exclusive_if_free(path) as is_theirs:
    print(is_ours, is_theirs)
"""


def test_who_did_not_get_a_lock_lets_go_of_none(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(LOCKS)
    ran = _ran(tmp_path, "win32", ["--program", "program.py"])
    assert ran.stdout.splitlines() == ["True False", "True False"], ran.stderr


SIGNALS = """\
import asyncio
import signal
from daytona_validate._cli.screen.interrupt import Interrupted, run_until_interrupted

async def nothing():
    pass

async def interrupted():
    signal.raise_signal(signal.SIGINT)
    await asyncio.Event().wait()

def handlers():
    return [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]

former = handlers()
run_until_interrupted(nothing, say=print)
print(handlers() == former)
try:
    run_until_interrupted(interrupted, say=print)
except Interrupted:
    signal.raise_signal(signal.SIGINT)  # while reports are written
print(handlers()[1:] == former[1:])
"""


@pytest.mark.thorough
def test_signals_are_as_before_when_the_loop_that_could_not_handle_them_has_closed(
    tmp_path: Path,
) -> None:
    (tmp_path / "program.py").write_text(SIGNALS)
    ran = _ran(tmp_path, "win32", ["--program", "program.py"])
    said = ["True", "interrupted, removing sandboxes ...", "True"]
    assert ran.stdout.splitlines() == said, ran.stderr
