"""One client at work on a scripted server, measured: the program of one measurement.

`python -m daytona_validate._bench.client_sides ours --port 4000 --in-flight 100 --count 2000`
prints a `ClientRun` as JSON. A side does for each snippet what a validation is: a sandbox is made,
a program runs in it, the sandbox is deleted.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from daytona_validate._bench.processes import UsedSoFar
from daytona_validate._bench.scripted_daytona import OUTPUT, ServerCounts
from daytona_validate._bench.side_program import plain_settings, side_program

CODE = "print(6 * 7)"
KEY = "a-key-of-nobody"
_SHORT_S = 0.01
"""Between two looks whether the server has heard of all deletions."""

Validate = Callable[[int], Awaitable[int]]
"""Validates so many snippets, as many at a time as the side was opened for; returns how many
did not come out as they must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRun:
    """What one measurement found."""

    count: int
    wall_s: float
    cpu_s: float
    """Of the client's process, in the measured part alone."""
    server_cpu_s: float
    peak_rss_bytes: int
    """Of the client's process, from its start."""
    requests: int
    errors: int
    most_alive: int
    """Sandboxes at one time."""


@asynccontextmanager
async def ours(url: str, in_flight: int) -> AsyncIterator[Validate]:
    """Hold a validator."""
    from daytona_validate._client import Validator
    from daytona_validate._models import Outcome, Snippet

    settings = plain_settings(api_key=KEY, base_url=f"{url}/api", concurrency=in_flight)
    async with Validator(settings, provider="daytona") as validator:

        async def validate(count: int) -> int:
            code = f"{CODE}  # {{}}"
            snippets = (
                Snippet(code=code.format(number), language="python", expected_output=OUTPUT)
                for number in range(count)
            )
            async with validator.stream(snippets) as finished:
                outcomes = [result.outcome async for result in finished]
            return count - outcomes.count(Outcome.PASSED)

        yield validate


@asynccontextmanager
async def sdk(url: str, in_flight: int) -> AsyncIterator[Validate]:
    """Hold Daytona's own client, with room for all that is in flight."""
    daytona: Any = import_module("daytona")  # not everybody has it
    config = daytona.DaytonaConfig(
        api_key=KEY, api_url=f"{url}/api", target="us", connection_pool_maxsize=max(250, in_flight)
    )
    async with daytona.AsyncDaytona(config) as client:

        async def one(number: int) -> bool:
            params = daytona.CreateSandboxFromSnapshotParams(snapshot="scripted", language="python")
            sandbox = await client.create(params)
            try:
                ran = await sandbox.process.code_run(f"{CODE}  # {number}")
            finally:
                await sandbox.delete()
            return bool(ran.exit_code == 0 and ran.result == OUTPUT)

        yield lambda count: _by_workers(one, count, in_flight)


@asynccontextmanager
async def bare_aiohttp(url: str, in_flight: int) -> AsyncIterator[Validate]:
    """Hold an aiohttp session that sends the same three requests, and nothing around it."""
    aiohttp: Any = import_module("aiohttp")
    headers = {"Authorization": f"Bearer {KEY}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def ask(method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
            data = None if body is None else json.dumps(body).encode()
            kind = {"Content-Type": "application/json"} if body is not None else {}
            async with session.request(method, url + path, data=data, headers=kind) as answer:
                found: dict[str, Any] = json.loads(await answer.read())
                return found

        async def one(number: int) -> bool:
            made = await ask("POST", "/api/sandbox", {"snapshot": "scripted"})
            toolbox = f"/toolbox/{made['id']}/process/execute"
            command = f"python3 -c '{CODE}  # {number}'"
            ran = await ask("POST", toolbox, {"command": command, "timeout": 30})
            await ask("DELETE", f"/api/sandbox/{made['id']}", None)
            return bool(ran["result"] == OUTPUT)

        yield lambda count: _by_workers(one, count, in_flight)


async def _by_workers(one: Callable[[int], Awaitable[bool]], count: int, in_flight: int) -> int:
    """Do something so many times, so many at a time; return how often it was not right."""
    left: Iterator[int] = iter(range(count))
    wrong = 0

    async def work() -> None:
        nonlocal wrong
        for number in left:
            wrong += not await one(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(in_flight, count)):
            group.create_task(work())
    return wrong


SIDES: dict[str, Callable[[str, int], AbstractAsyncContextManager[Validate]]] = {
    "ours": ours,
    "sdk": sdk,
    "aiohttp": bare_aiohttp,
}


async def run(side: str, port: int, in_flight: int, count: int) -> ClientRun:
    """Validate as many as are in flight at once, to warm up, then measure so many."""
    async with (
        _counts(port) as counts,
        SIDES[side](f"http://127.0.0.1:{port}", in_flight) as validate,
    ):
        await validate(in_flight)
        before = await settled(counts)
        began_s, used = time.perf_counter(), UsedSoFar.now()
        errors = await validate(count)
        after = await settled(counts)
        wall_s, now = time.perf_counter() - began_s, UsedSoFar.now()
    return ClientRun(
        count=count,
        wall_s=wall_s,
        cpu_s=now.cpu_s - used.cpu_s,
        server_cpu_s=after.cpu_s - before.cpu_s,
        peak_rss_bytes=now.peak_rss_bytes,
        requests=after.requests - before.requests,
        errors=errors + after.unknown - before.unknown,
        most_alive=after.most_alive,
    )


@asynccontextmanager
async def _counts(port: int) -> AsyncIterator[Callable[[], Awaitable[ServerCounts]]]:
    """Hold a connection that asks the server for its counts, at next to no cost."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def counts() -> ServerCounts:
        writer.write(b"GET /counts HTTP/1.1\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.rpartition(b"Content-Length: ")[2])
        return ServerCounts(**json.loads(await reader.readexactly(length)))

    try:
        yield counts
    finally:
        writer.close()


async def settled(counts: Callable[[], Awaitable[ServerCounts]]) -> ServerCounts:
    """Wait until each sandbox is deleted that was made: some clients do that in the background."""
    most_alive = 0
    while True:
        now = await counts()
        most_alive = max(most_alive, now.most_alive)
        if not now.alive:
            return replace(now, most_alive=most_alive)
        await asyncio.sleep(_SHORT_S)


if __name__ == "__main__":
    side_program(SIDES, lambda asked: run(asked.side, asked.port, asked.in_flight, asked.count))
