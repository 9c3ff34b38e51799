"""What does a request cost: by our client, by httpx's, by aiohttp?

Each measurement is a process of its own, so that one that does not get done can be ended. The
server is a third process, on loopback, and answers after a while: what is in flight stays there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass

import aiohttp
import httpx
import uvloop
from pydantic import SecretStr

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._providers.daytona.wire.exchange import Message
from daytona_validate._providers.daytona.wire.transport import http_client
from record import write

Send = Callable[[str], Awaitable[bytes]]
PARALLEL = (10, 100, 1000)
PACKAGES = ("httptools", "aiohttp", "httpx", "httpcore", "anyio", "h11", "uvloop")
REQUESTS = 1000
"""In one measurement; but for more in flight than half of it: two for each worker."""
ANSWER_AFTER_S = 0.05
LONGEST_S = 60.0
"""For one measurement, its warm-up included."""
BODY = json.dumps({"command": "x" * 1000, "timeout": 30}).encode()
ANSWER = json.dumps({"exitCode": 0, "result": "x" * 1000}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Authorization": "Bearer key",
    "Content-Type": "application/json",
    "User-Agent": "bench",
}
COLUMNS = ("in flight", "how", "CPU ms", "CPU, ours = 1", "per s")
NOTES = (
    "The variants take turns, and the ratio is taken within each repetition.",
    (
        f"A measurement is {REQUESTS} requests, or two for each in flight if that is more. Each is "
        f"{len(BODY)} bytes long and answered with "
        f"{len(ANSWER)} bytes after {1000 * ANSWER_AFTER_S:.0f} ms."
    ),
    (
        "As many workers as are to be in flight send one request after the other. Before it is "
        "measured, each sends one: all connections are made by then."
    ),
    "Every variant may have as many connections as there are workers, and its time-outs are 30 s.",
    "CPU time is that of the sending process, for one request.",
    (
        f"A measurement that is not done after {LONGEST_S:.0f} s, warm-up included, is ended, and "
        "its row is not measured again in that variant."
    ),
    (
        "`ours`: HttpClient.answer, as the Daytona provider sends without a caller's client. "
        "`httpx`: httpx.AsyncClient() with its own pool, as with a caller's client. "
        "`aiohttp`: a bare ClientSession. `…, uvloop`: on uvloop's event loop."
    ),
)


@asynccontextmanager
async def direct(parallel: int) -> AsyncIterator[Send]:
    """Hold our client."""
    key = SecretStr("key")

    async def send(url: str) -> bytes:
        origin, slash, path = url.rpartition("/toolbox")
        message = Message(
            method="POST",
            origin=origin,
            target=slash + path,
            content=BODY,
            key=key,
            most_bytes=len(ANSWER),
            read_s=30,
        )
        return (await client.answer(message)).body

    async with http_client(max_connections=parallel, needs_tls=False) as client:
        yield send


@asynccontextmanager
async def through(client: httpx.AsyncClient) -> AsyncIterator[Send]:
    """Hold a client of httpx's."""

    async def send(url: str) -> bytes:
        return (await client.post(url, content=BODY, headers=HEADERS)).raise_for_status().content

    async with client:
        yield send


@asynccontextmanager
async def bare_aiohttp(parallel: int) -> AsyncIterator[Send]:
    """Hold a session of aiohttp's."""

    async def send(url: str) -> bytes:
        async with session.post(url, data=BODY, headers=HEADERS) as response:
            return await response.read()

    times = aiohttp.ClientTimeout(connect=30, sock_read=30)
    connector = aiohttp.TCPConnector(limit=parallel)
    async with aiohttp.ClientSession(connector=connector, timeout=times) as session:
        yield send


def httpx_client(parallel: int) -> httpx.AsyncClient:
    """Return a client with httpx's own pool."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=parallel), timeout=30)


VARIANTS: dict[str, Callable[[int], AbstractAsyncContextManager[Send]]] = {
    "ours": direct,
    "ours, uvloop": direct,
    "aiohttp": bare_aiohttp,
    "aiohttp, uvloop": bare_aiohttp,
    "httpx": lambda parallel: through(httpx_client(parallel)),
}
OURS = next(iter(VARIANTS))


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast requests went."""

    per_s: float
    cpu_ms: float
    """Of one request, in the process that sends it."""


async def serve() -> None:
    """Answer requests until the process is ended; the port is printed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(len(BODY))
                await asyncio.sleep(ANSWER_AFTER_S)
                writer.write(HEAD % len(ANSWER) + ANSWER)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def measured(variant: str, parallel: int, port: int) -> Pace:
    """Send requests in one variant and return how fast they went."""
    count = max(REQUESTS, 2 * parallel)
    left = iter(range(count))
    url = f"http://127.0.0.1:{port}/toolbox/0d0c/process/execute"

    async def work(send: Send) -> None:
        for _ in left:
            assert len(await send(url)) == len(ANSWER)

    async with VARIANTS[variant](parallel) as send:
        await asyncio.gather(*(send(url) for _ in range(parallel)))
        start_s, start_cpu_s = time.perf_counter(), _cpu_s()
        await asyncio.gather(*(work(send) for _ in range(parallel)))
        wall_s, cpu_s = time.perf_counter() - start_s, _cpu_s() - start_cpu_s
    return Pace(count / wall_s, 1000 * cpu_s / count)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def server() -> Iterator[int]:
    """Hold a server in another process; the value is its port."""
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def pace(variant: str, parallel: int, port: int) -> Pace | None:
    """Measure once, in a process of its own; None: it did not get done."""
    what = ("--variant", variant, "--parallel", str(parallel), "--port", str(port))
    try:
        run = subprocess.run(
            [sys.executable, __file__, *what], capture_output=True, timeout=LONGEST_S, check=True
        )
    except subprocess.TimeoutExpired:
        return None
    return Pace(**json.loads(run.stdout))


def rows(parallel: int, repetitions: int, port: int) -> Iterator[tuple[Cell, ...]]:
    """Return a row for each variant; they take turns."""
    paces: dict[str, list[Pace | None]] = {variant: [] for variant in VARIANTS}
    for _ in range(repetitions):
        for variant, found in paces.items():
            if None not in found:
                found.append(pace(variant, parallel, port))
                print(parallel, variant, found[-1], flush=True)
    ours = [each for each in paces[OURS] if each]
    for variant, found in paces.items():
        done = [each for each in found if each]
        if None in found:
            yield parallel, variant, f"not done in {LONGEST_S:.0f} s", "-", "-"
            continue
        ratios = [each.cpu_ms / our.cpu_ms for each, our in zip(done, ours, strict=True)]
        cpu_ms, per_s = ([getattr(each, name) for each in done] for name in ("cpu_ms", "per_s"))
        yield parallel, variant, Figure.of(cpu_ms), Figure.of(ratios), Figure.of(per_s)


def run(repetitions: int) -> None:
    """Measure all rows and write the record."""
    load_before = os.getloadavg()[0]
    with server() as port:
        found = [row for parallel in PARALLEL for row in rows(parallel, repetitions, port)]
    record = Record(
        name="transport",
        question="What does a request cost the process that sends it?",
        compared_with="httpx's own client and aiohttp's",
        inputs={"json": BODY.decode()[:60] + "…"},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(found),
        load_before=load_before,
        notes=NOTES,
        versions=versions_of(*PACKAGES),
    )
    write(record)


def main() -> None:
    """Measure everything, or be the server or one measurement of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--parallel", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
    elif options.variant:
        run_loop = uvloop.run if options.variant.endswith("uvloop") else asyncio.run
        found = run_loop(measured(options.variant, options.parallel, options.port))
        print(json.dumps(asdict(found)))
    else:
        run(options.repetitions)


if __name__ == "__main__":
    main()
