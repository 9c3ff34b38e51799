"""The asynchronous half of Daytona's own SDK, unmodified, as a client of the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any

import pytest

from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.serve import emulator

sdk = pytest.importorskip("daytona")
models = pytest.importorskip("daytona_toolbox_api_client_async")

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def emulated(jail_machines: EmulatedMachines) -> AsyncIterator[Emulator]:
    is_strict = find_spec("daytona_api_client_async") is not None
    async with emulator(machines=jail_machines, is_strict=is_strict) as running:
        yield running
        async with asyncio.timeout(60):
            await running.until(lambda counts: counts.alive == 0)
        assert running.violations == []


@pytest.fixture
async def daytona(emulated: Emulator) -> AsyncIterator[Any]:
    config = sdk.DaytonaConfig(api_key=emulated.api_key, api_url=emulated.base_url)
    async with sdk.AsyncDaytona(config) as client:
        yield client


@pytest.fixture
async def sandbox(daytona: Any) -> AsyncIterator[Any]:
    made = await daytona.create()
    yield made
    await daytona.delete(made)


async def test_commands_code_and_files(sandbox: Any) -> None:
    assert sandbox.state == "started"
    ran = await sandbox.process.exec("echo out; echo err >&2; exit 3")
    assert (ran.exit_code, ran.result) == (3, "out\nerr\n")
    assert (await sandbox.process.code_run("print(6 * 7)")).result == "42\n"
    await sandbox.fs.upload_file(b"\x00\xff", "data/a.bin")
    assert await sandbox.fs.download_file("data/a.bin") == b"\x00\xff"
    await sandbox.fs.upload_file_stream(b"streamed", 'b "c".txt')
    parts = [part async for part in await sandbox.fs.download_file_stream('b "c".txt')]
    assert b"".join(parts) == b"streamed"


async def test_found_listed_and_deleted(daytona: Any) -> None:
    params = sdk.CreateSandboxFromSnapshotParams(name="one", labels={"app": "x"})
    sandbox = await daytona.create(params)
    assert (await daytona.get("one")).id == sandbox.id
    found = daytona.list(sdk.ListSandboxesQuery(labels={"app": "x"}))
    assert [each.id async for each in found] == [sandbox.id]
    await daytona.delete(sandbox, wait=True)
    with pytest.raises(sdk.DaytonaNotFoundError):
        await daytona.get(sandbox.id)


async def test_a_timeout_keeps_the_sandbox(sandbox: Any) -> None:
    with pytest.raises(sdk.DaytonaTimeoutError, match="command execution timeout"):
        await sandbox.process.exec("sleep 30", timeout=1)
    # Here the SDK lets its generated client's error through: it has no word of its own for it.
    with pytest.raises(models.ApiException, match="PROCESS_EXECUTION_TIMEOUT"):
        await sandbox.process.code_run("while True: pass", timeout=1)
    assert (await sandbox.process.exec("echo again")).result == "again\n"


async def test_many_at_once(daytona: Any, emulated: Emulator) -> None:
    async def run(number: int) -> str:
        sandbox = await daytona.create()
        ran = await sandbox.process.exec(f"echo {number}")
        await sandbox.delete()
        return str(ran.result)

    results = await asyncio.gather(*map(run, range(8)))
    assert results == [f"{number}\n" for number in range(8)]
    assert emulated.counts.created == 8


async def test_a_stale_answer_is_waited_out(daytona: Any, emulated: Emulator) -> None:
    emulated.set("create", "stale")
    emulated.set("get", "stale", last=1)
    sandbox = await daytona.create()
    assert sandbox.state == "started"
    await sandbox.delete()
