"""Look-ups of names that hang: they take nothing from what else a program does."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from daytona_validate._toolchains.package_index.name_lookups import MOST_AT_ONCE, NameLookups
from eventually import eventually


class Silent:
    """A resolver whose servers do not answer until they are told to."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.asked = list[str]()

    def look(self, host: str, _port: int, **_how: Any) -> list[Any]:
        """Wait, and find an address twice."""
        self.asked.append(host)
        self.answers.wait()
        return [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 1))] * 2


@pytest.fixture
def silent() -> Iterator[Silent]:
    """Return it, and have it answer in the end."""
    servers = Silent()
    yield servers
    servers.answers.set()


async def test_what_hangs_keeps_no_thread_of_the_loops(silent: Silent) -> None:
    """Those start sandboxes, and look at them."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    lookups = NameLookups(silent.look)
    hanging = [asyncio.create_task(lookups.addresses(f"{each}", 1)) for each in range(3)]
    await eventually(lambda: len(silent.asked) == 3)
    assert await asyncio.to_thread(lambda: "goes on") == "goes on"
    silent.answers.set()
    assert await asyncio.gather(*hanging) == [["192.0.2.1"]] * 3


async def test_so_many_at_a_time_also_once_nobody_waits(silent: Silent) -> None:
    lookups = NameLookups(silent.look)
    hanging = [asyncio.create_task(lookups.addresses(f"{each}", 1)) for each in range(9)]
    await eventually(lambda: len(silent.asked) == MOST_AT_ONCE)
    for each in hanging:
        each.cancel()
    await asyncio.wait(hanging)
    later = asyncio.create_task(lookups.addresses("later", 1))
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(silent.asked) == MOST_AT_ONCE
    silent.answers.set()
    assert await later == ["192.0.2.1"]


async def test_a_name_that_is_none_is_an_error() -> None:
    with pytest.raises(socket.gaierror):
        await NameLookups().addresses("no name.invalid", 1)
