"""Starting and ending an emulator: who may reach it, and what is left afterwards."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

import httpx
import pytest

from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import threaded
from daytona_validate._errors import ConfigurationError


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
async def test_an_address_that_others_reach_needs_a_key(started: Any, host: str) -> None:
    with pytest.raises(ConfigurationError, match="--api-key"):
        async with started(host=host):
            """Never reached."""


async def test_with_a_key_it_listens_anywhere(started: Any) -> None:
    async with started(host="0.0.0.0", api_key="dtn_ours") as house:
        port = house.emulator.origin.rpartition(":")[2]
        house.client.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        sandbox = await house.create()
        # Clients are told of the address by which they came.
        assert sandbox["toolboxProxyUrl"] == f"http://127.0.0.1:{port}/toolbox"


async def test_each_has_a_key_of_its_own(started: Any) -> None:
    async with started() as one, started() as two:
        assert one.emulator.api_key != two.emulator.api_key
        assert one.emulator.origin != two.emulator.origin
        environment = one.emulator.environment
        assert environment["DAYTONA_BASE_URL"] == f"{one.emulator.origin}/api"


async def test_a_taken_port_is_said(started: Any) -> None:
    async with started() as house:
        port = int(house.emulator.origin.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with started(port=port):
                """Never reached."""


async def test_leaving_ends_requests_commands_and_machines(started: Any) -> None:
    before = asyncio.all_tasks()
    async with started() as house:
        sandbox = await house.create()
        running = asyncio.create_task(house.execute(sandbox, "hold"))
        await house.emulator.until(lambda counts: counts.executing == 1)
        house.machines.may_make.clear()
        creating = asyncio.create_task(house.create())
        await house.emulator.until(lambda counts: counts.created == 2)
        emulated, machines = house.emulator, house.machines
    for each in (running, creating):
        with pytest.raises(httpx.HTTPError):
            await each
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}
    assert machines.alive == 0
    assert emulated.counts.open_connections == 0
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            await client.get(emulated.base_url)


async def test_what_a_test_raises_inside_comes_out_as_it_is(started: Any) -> None:
    async def fails() -> None:
        async with started() as house:
            await house.create()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()


async def test_leaving_it_cancelled_ends_it_all_the_same(started: Any) -> None:
    inside = asyncio.Event()
    seen: list[Any] = []

    async def hold() -> None:
        async with started() as house:
            await house.create()
            seen.append(house)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen[0].machines.alive == 0


class NoMachines:
    """For emulators that are asked for nothing."""

    async def make(self, machine_id: str, **_wanted: Any) -> Any:
        raise NotImplementedError(machine_id)

    async def aclose(self) -> None:
        """Nothing is open."""


def test_in_a_thread_it_serves_tests_without_a_loop() -> None:
    before = set(threading.enumerate())  # another test may have one for the whole session
    with threaded(lambda: emulator(machines=NoMachines())) as running:
        answer = httpx.get(f"{running.emulator.base_url}/config", trust_env=False, verify=False)
        assert answer.status_code == 200
        counts = running.until(lambda now: now.requests.get("config") == 1, longest_s=60)
        assert counts.created == 0
        with pytest.raises(TimeoutError):
            running.until(lambda now: now.created > 0, longest_s=0.01)
    assert set(threading.enumerate()) <= before


def test_an_interrupt_ends_a_wait_and_the_thread() -> None:
    def interrupt(_now: Counts) -> bool:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return False

    before = set(threading.enumerate())
    with (
        pytest.raises(KeyboardInterrupt),
        threaded(lambda: emulator(machines=NoMachines())) as running,
    ):
        running.until(interrupt, longest_s=60)
    assert set(threading.enumerate()) <= before


def test_what_keeps_it_from_starting_comes_out_of_the_thread() -> None:
    running = threaded(lambda: emulator(host="0.0.0.0", machines=NoMachines()))
    with pytest.raises(ConfigurationError, match="--api-key"), running:
        """Never reached."""
