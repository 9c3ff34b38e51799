"""The shell as a toolchain: nothing is copied, and its version is that of the jail's bash."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains import shell as shell_toolchain
from daytona_validate._toolchains.record import Found, Host
from daytona_validate._toolchains.shell import find_shell, shell_plan
from daytona_validate._toolchains.toolchains import Toolchains

HOST = Host(environment={}, executable=sys.executable, version=sys.version, library_folders=())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one in which shells are looked for."""
    monkeypatch.setattr(shell_toolchain, "SEARCH_PATH", str(tmp_path))
    return tmp_path


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


async def test_a_machine_without_sh_has_no_shell(folder: Path) -> None:
    with pytest.raises(ToolchainMissing, match="has no sh in"):
        await find_shell(HOST)


async def test_the_key_changes_when_bash_comes(folder: Path) -> None:
    (folder / "sh").symlink_to("/bin/sh")
    before = await find_shell(HOST)
    _script(folder / "bash", "exit 1")
    after = await find_shell(HOST)
    assert before.key != after.key
    assert after.source == str(folder / "bash")


async def test_without_bash_the_version_is_unknown(folder: Path) -> None:
    (folder / "sh").symlink_to("/bin/sh")
    assert (await shell_plan(HOST, await find_shell(HOST))).version == "unknown"


async def test_a_shell_that_does_not_run_is_missing(folder: Path) -> None:
    with pytest.raises(ToolchainMissing, match="does not run"):
        await shell_plan(HOST, Found("/nowhere/sh", {}))


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash", path="/usr/bin:/bin") is None, reason="needs bash")
def test_it_binds_nothing_and_has_a_version(jail_runner: JailRunner) -> None:
    shell = asyncio.run(Toolchains(jail_runner.cache, jail_runner).prepare("shell"))
    assert (shell.binds, shell.links, dict(shell.environment)) == ((), (), {})
    assert shell.version[0].isdigit()
