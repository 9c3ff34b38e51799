"""The shell as a toolchain: nothing is copied, and its version is that of the jail's bash."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.record import FoundToolchain, Host
from daytona_validate._toolchains.shell import find_shell, shell_plan
from daytona_validate._toolchains.toolchains import Toolchains

HOST = Host(environment={}, executable=sys.executable, version=sys.version, library_folders=())


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


async def test_a_machine_without_sh_has_no_shell(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match="has no sh in"):
        await find_shell(HOST, search_path=str(tmp_path))


async def test_the_key_changes_when_bash_comes(tmp_path: Path) -> None:
    (tmp_path / "sh").symlink_to("/bin/sh")
    before = await find_shell(HOST, search_path=str(tmp_path))
    _script(tmp_path / "bash", "exit 1")
    after = await find_shell(HOST, search_path=str(tmp_path))
    assert before.key != after.key
    assert after.source == str(tmp_path / "bash")


async def test_without_bash_the_version_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "sh").symlink_to("/bin/sh")
    found = await find_shell(HOST, search_path=str(tmp_path))
    assert (await shell_plan(HOST, found, search_path=str(tmp_path))).version == "unknown"


async def test_a_shell_that_does_not_run_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match="does not run"):
        await shell_plan(HOST, FoundToolchain("/nowhere/sh", {}), search_path=str(tmp_path))


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash", path="/usr/bin:/bin") is None, reason="needs bash")
def test_it_binds_nothing_and_has_a_version(jail_runner: JailRunner) -> None:
    shell = asyncio.run(Toolchains(jail_runner.cache, jail_runner).prepare("shell"))
    assert (shell.binds, shell.links, dict(shell.environment)) == ((), (), {})
    assert shell.version[0].isdigit()
