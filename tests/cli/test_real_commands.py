"""The commands as a user calls them, with real sandboxes of this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._toolchains.record import Toolchain
from eventually import LONGEST_S, wait_until

PREPARING_S = 600
"""The first use on a machine prepares the toolchains; Go's takes minutes on a busy one."""

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(PREPARING_S)]

PAGE = """\
```python
import sys
print(sys.version.split()[0])
```

```js
console.log(6 * 7)
```

```python
print(undefined_name)
```
"""


def _daytona_validate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "daytona_validate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PREPARING_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_page_is_checked_and_its_failure_can_be_repeated_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text(PAGE)
    ran = _daytona_validate(tmp_path, "check", "lesson.md")
    assert ran.returncode == 1, ran.stderr
    assert "lesson.md:11: runtime_error: NameError: name 'undefined_name'" in ran.stdout
    assert "provider: local (no DAYTONA_API_KEY is set)\n" in ran.stderr
    [command] = [line for line in ran.stdout.splitlines() if " run lesson.md:" in line]
    repeated = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert repeated.returncode == 1
    assert "NameError" in repeated.stderr


@pytest.mark.thorough
def test_only_what_passes_exits_with_0(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text(PAGE)
    ran = _daytona_validate(
        tmp_path, "check", "lesson.md", "--language", "js", "--output-format", "json"
    )
    assert ran.returncode == 0, ran.stderr
    [result] = json.loads(ran.stdout)["results"]
    assert (result["output"], result["provider"]) == ("42\n", "local")


@pytest.mark.thorough
def test_run_shows_the_programs_output(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text(PAGE)
    ran = _daytona_validate(tmp_path, "run", "lesson.md:6", "--provider", "local")
    assert (ran.returncode, ran.stdout) == (0, "42\n"), ran.stderr


@pytest.mark.thorough
def test_languages_and_toolchains_name_the_version_of_the_sandbox(tmp_path: Path) -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    assert f"python {version}" in _daytona_validate(tmp_path, "toolchains", "install", "py").stdout
    listed = json.loads(
        _daytona_validate(tmp_path, "toolchains", "list", "--output-format", "json").stdout
    )
    assert version in {each["version"] for each in listed["toolchains"]}
    known = json.loads(_daytona_validate(tmp_path, "languages", "--output-format", "json").stdout)
    python = next(each for each in known["languages"] if each["name"] == "python")
    assert python["local"]["version"] == version


@pytest.mark.thorough
def test_a_copy_of_what_this_machine_no_longer_has_is_pruned(
    tmp_path: Path,
    jail_cache_dir: Path,
    open_folder: Path,
    python_toolchain: Toolchain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(open_folder))
    kept, outdated = (
        open_folder / python_toolchain.identity,
        open_folder / "python-0123456789abcdef",
    )
    for each in (kept, outdated):
        shutil.copytree(jail_cache_dir / python_toolchain.identity, each, symlinks=True)
    pruned = _daytona_validate(tmp_path, "toolchains", "prune")
    assert pruned.returncode == 0, pruned.stderr
    assert f"removed {outdated} (" in pruned.stdout
    assert "MiB): what it was copied from has changed\n" in pruned.stdout
    assert pruned.stderr.startswith("copies removed: 1, ")
    assert not outdated.exists()
    assert kept.is_dir()


@pytest.mark.thorough
@pytest.mark.network
def test_doctor_passes_its_six_cases(tmp_path: Path) -> None:
    ran = _daytona_validate(tmp_path, "doctor")
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.endswith("Total: 6/6\n")


@pytest.mark.thorough
def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text("```python\nwhile True: pass\n```\n" * 2)
    process = subprocess.Popen(
        [sys.executable, "-m", "daytona_validate", "check", "lesson.md", "-j2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        started = _jailed_below(process.pid, count=2)
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells the whole group
        _, stderr = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert not started & _processes().keys()


def _jailed_below(ancestor: int, *, count: int) -> set[tuple[int, str]]:
    """Wait until so many snippets run below a process; return all processes below it."""
    found: set[tuple[int, str]] = set()

    def run_so_many() -> bool:
        processes = _processes()
        below = {ancestor}
        while (
            grown := {pid for (pid, _), (parent, _) in processes.items() if parent in below} - below
        ):
            below |= grown
        found.clear()
        found.update(key for key in processes if key[0] in below - {ancestor})
        return sum("main.py" in processes[key][1] for key in found) >= count

    wait_until(run_so_many)
    return found


def _processes() -> dict[tuple[int, str], tuple[int, str]]:
    """Return id and start time of every process, to its parent and command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        found[int(folder.name), fields[19]] = (int(fields[1]), command)
    return found
