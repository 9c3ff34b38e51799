"""Each toolchain, prepared from nothing: all other tests may find what an earlier session left."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.toolchains import RECORDS, Toolchains

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", RECORDS)
async def test_a_toolchain_is_prepared_from_nothing(
    jail_runner: JailRunner, fresh_cache_dir: Path, name: str
) -> None:
    toolchains = Toolchains(fresh_cache_dir, jail_runner)
    try:
        prepared = await toolchains.prepare(name)
    except ToolchainMissing as missing:
        if name != "java" or shutil.which("javac") is not None:
            raise
        pytest.skip(str(missing))
    listed = await asyncio.to_thread(toolchains.installed)
    (own,) = [each for each in listed if each.path.name == prepared.identity]
    assert own.name == name
    assert prepared.version.startswith(own.version)
    assert own.path.parent == fresh_cache_dir
