"""The emulator over real jails, without the official SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.serve import emulator

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def emulated(jail_machines: EmulatedMachines) -> AsyncIterator[Emulator]:
    async with emulator(machines=jail_machines, minute_s=1.0) as running:
        yield running
    assert running.counts.machines == 0


@pytest.fixture
async def client(emulated: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {emulated.api_key}"}
    async with httpx.AsyncClient(
        base_url=emulated.origin, headers=headers, trust_env=False, verify=False, timeout=120
    ) as made:
        yield made


async def created(client: httpx.AsyncClient, **body: Any) -> str:
    answer = await client.post("/api/sandbox", json=body)
    assert answer.status_code == 200, answer.text
    return f"/toolbox/{answer.json()['id']}"


async def test_a_snapshot_of_ours_holds_its_language(client: httpx.AsyncClient) -> None:
    dockerfile = 'FROM debian:12\nLABEL daytona-validate.language="javascript"\n'
    body = {"name": "own", "buildInfo": {"dockerfileContent": dockerfile}}
    made = (await client.post("/api/snapshots", json=body)).json()
    log = f"/api/snapshots/{made['id']}/build-logs"
    assert (await client.get(log, params={"follow": "true"})).text.endswith("Ready.\n")
    toolbox = await created(client, snapshot="own")
    command = "cat /opt/daytona-validate/runtime; node -p 6*7; command -v python3; pwd"
    ran = await client.post(f"{toolbox}/process/execute", json={"command": command})
    first, *rest = ran.json()["result"].splitlines()
    assert first.startswith("node ")
    assert rest == ["42", "/home/daytona"]


async def test_commands_share_files_and_run_at_once(client: httpx.AsyncClient) -> None:
    toolbox = await created(client)
    wait = "mkfifo /tmp/gate; echo waits >/tmp/gate; echo done"
    body = {"command": wait, "timeout": 60}
    waiting = asyncio.create_task(client.post(f"{toolbox}/process/execute", json=body))
    read = "while ! [ -p /tmp/gate ]; do sleep 0.01; done; cat /tmp/gate"
    other = await client.post(f"{toolbox}/process/execute", json={"command": read, "timeout": 60})
    assert other.json() == {"exitCode": 0, "result": "waits\n"}
    assert (await waiting).json() == {"exitCode": 0, "result": "done\n"}


async def test_what_runs_in_the_background_serves_the_next_command(
    client: httpx.AsyncClient,
) -> None:
    toolbox = await created(client)
    serve = "cd /work; echo hi >page; python3 -m http.server 8000 >log 2>&1 &"
    started = await client.post(f"{toolbox}/process/execute", json={"command": serve})
    assert started.json() == {"exitCode": 0, "result": ""}
    code = (
        "import time, urllib.request\n"
        "while True:\n"
        "    try:\n"
        "        print(urllib.request.urlopen('http://127.0.0.1:8000/page').read())\n"
        "        break\n"
        "    except OSError:\n"
        "        time.sleep(0.02)\n"
    )
    body = {"code": code, "language": "python", "timeout": 60}
    ran = await client.post(f"{toolbox}/process/code-run", json=body)
    assert ran.json()["result"] == "b'hi\\n'\n"


async def test_a_timeout_is_answered_when_nobody_holds_the_output(
    client: httpx.AsyncClient,
) -> None:
    toolbox = await created(client)
    hold = (
        "setsid sh -c 'until [ -e /work/go ]; do sleep 0.01; done' & echo $$ >/work/pid; sleep 60"
    )
    body = {"command": hold, "timeout": 1}
    held = asyncio.create_task(client.post(f"{toolbox}/process/execute", json=body))
    gone = "until [ -s /work/pid ]; do sleep 0.01; done; p=/proc/$(cat /work/pid)"
    wait = f"{gone}; while [ -e $p ]; do sleep 0.01; done"
    await client.post(f"{toolbox}/process/execute", json={"command": wait})
    assert not held.done()
    await client.post(f"{toolbox}/process/execute", json={"command": "touch /work/go"})
    assert (await held).status_code == 408


async def test_two_sandboxes_see_nothing_of_each_other(client: httpx.AsyncClient) -> None:
    one, two = await created(client), await created(client)
    await client.post(f"{one}/files/upload", params={"path": "/tmp/a"}, files={"file": b"1"})
    for toolbox, status in ((one, 200), (two, 404)):
        answer = await client.get(f"{toolbox}/files/download", params={"path": "/tmp/a"})
        assert answer.status_code == status


async def test_there_is_no_network_but_the_service_stays_reachable(
    client: httpx.AsyncClient, emulated: Emulator
) -> None:
    toolbox = await created(client)
    port = emulated.origin.rpartition(":")[2]
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    body = {"code": code, "language": "python"}
    ran = (await client.post(f"{toolbox}/process/code-run", json=body)).json()
    assert ran["exitCode"] == 1
    assert "ConnectionRefusedError" in ran["result"]


async def test_what_a_killed_client_leaves_is_gone_after_its_time(
    client: httpx.AsyncClient, emulated: Emulator
) -> None:
    """A minute takes a second here."""
    for _ in range(3):
        toolbox = await created(client, autoStopInterval=1, autoDeleteInterval=0, ttlMinutes=10)
    # As after kill -9: the connection is closed, the command goes on, nobody deletes anything.
    async with httpx.AsyncClient(headers=client.headers, trust_env=False, verify=False) as other:
        url = f"{emulated.origin}{toolbox}/process/execute"
        running = asyncio.create_task(other.post(url, json={"command": "sleep 600"}))
        await emulated.until(lambda counts: counts.executing == 1)
        running.cancel()
        await asyncio.wait({running})
    async with asyncio.timeout(60):
        await emulated.until(lambda counts: counts.alive == 0)
    counts = emulated.counts
    assert (counts.created, counts.deleted, counts.expired, counts.machines) == (3, 3, 3, 0)
    assert counts.executing == 0
