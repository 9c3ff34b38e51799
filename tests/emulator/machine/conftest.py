"""Machines on this host, over the cache that all tests share."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from daytona_validate._emulator.machines.machine import Machine
from daytona_validate._emulator.machines.machines import Machines

_numbers = itertools.count()


@pytest.fixture(scope="session")
def machines(jail_cache_dir: Path) -> Iterator[Machines]:
    made = asyncio.run(Machines.start(jail_cache_dir))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture
async def machine(machines: Machines) -> AsyncIterator[Machine]:
    """A machine without a language, with a disk of 8 MiB."""
    made = await machines.make(f"test-{next(_numbers)}", memory_mib=256, disk_mib=8)
    yield made
    await made.remove()
