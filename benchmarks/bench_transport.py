"""How many requests a second, over leased connections and over httpx's own pool?

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Literal, get_args

import httpx

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._providers.daytona.wire.transport import http_client
from record import write

Pool = Literal["httpx", "leased"]
PARALLEL = (10, 100, 1000)
REQUESTS = 1000
"""In one measurement; but for more in flight than half of it: two for each worker."""
ANSWER_AFTER_S = 0.05
LONGEST_S = 60.0
"""For one measurement, its warm-up included."""
BODY = json.dumps({"command": "x" * 1000, "timeout": 30}).encode()
ANSWER = json.dumps({"exitCode": 0, "result": "x" * 1000}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
COLUMNS = (
    *("in flight", "httpx's pool per s", "leased per s", "leased / httpx's pool"),
    *("httpx's pool CPU ms", "leased CPU ms"),
)
NOTES = (
    "The sides take turns, and the ratio is taken within each repetition.",
    (
        f"A measurement is {REQUESTS} requests, or two for each in flight if that is more. Each is "
        f"{len(BODY)} bytes long and answered with "
        f"{len(ANSWER)} bytes after {1000 * ANSWER_AFTER_S:.0f} ms."
    ),
    (
        "As many workers as are to be in flight send one request after the other. Before it is "
        "measured, each sends one: all connections are made by then."
    ),
    "Both pools may have as many connections as there are workers, and no time-out.",
    "CPU time is that of the sending process, for one request.",
    (
        f"A measurement that is not done after {LONGEST_S:.0f} s, warm-up included, is ended, and "
        "its row is not measured again on that side."
    ),
)


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


async def send(pool: Pool, parallel: int, port: int) -> Pace:
    """Send requests over one pool and return how fast they went."""
    count = max(REQUESTS, 2 * parallel)
    left = iter(range(count))
    url = f"http://127.0.0.1:{port}/toolbox/0d0c/process/execute"

    async def work(client: httpx.AsyncClient) -> None:
        for _ in left:
            (await client.post(url, content=BODY)).raise_for_status()

    client = http_client(pool=pool, max_connections=parallel)
    client.timeout = httpx.Timeout(None)
    async with client:
        await asyncio.gather(*(client.post(url, content=BODY) for _ in range(parallel)))
        start_s, start_cpu_s = time.perf_counter(), _cpu_s()
        await asyncio.gather(*(work(client) for _ in range(parallel)))
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


def pace(pool: Pool, parallel: int, port: int) -> Pace | None:
    """Measure once, in a process of its own; None: it did not get done."""
    what = ("--pool", pool, "--parallel", str(parallel), "--port", str(port))
    try:
        run = subprocess.run(
            [sys.executable, __file__, *what], capture_output=True, timeout=LONGEST_S, check=True
        )
    except subprocess.TimeoutExpired:
        return None
    return Pace(**json.loads(run.stdout))


def row(parallel: int, repetitions: int, port: int) -> tuple[Cell, ...]:
    """Return a row: both pools' paces, taking turns."""
    paces: dict[Pool, list[Pace | None]] = {pool: [] for pool in get_args(Pool)}
    for _ in range(repetitions):
        for pool, measured in paces.items():
            if None not in measured:
                measured.append(pace(pool, parallel, port))
                print(parallel, pool, measured[-1], flush=True)
    theirs, ours = ([each for each in paces[pool] if each] for pool in get_args(Pool))
    are_done = None not in paces["httpx"] and None not in paces["leased"]
    ratios = [our.per_s / their.per_s for our, their in zip(ours, theirs, strict=are_done)]
    return (
        parallel,
        _figure([each.per_s for each in theirs], done=None not in paces["httpx"]),
        _figure([each.per_s for each in ours], done=None not in paces["leased"]),
        Figure.of(ratios) if are_done else "-",
        _figure([each.cpu_ms for each in theirs], done=None not in paces["httpx"]),
        _figure([each.cpu_ms for each in ours], done=None not in paces["leased"]),
    )


def _figure(values: list[float], *, done: bool) -> Cell:
    return Figure.of(values) if done else f"not done in {LONGEST_S:.0f} s"


def run(repetitions: int) -> None:
    """Measure all rows and write the record."""
    load_before = os.getloadavg()[0]
    with server() as port:
        rows = tuple(row(parallel, repetitions, port) for parallel in PARALLEL)
    record = Record(
        name="transport",
        question="How many requests a second, with many in flight?",
        compared_with="the connection pool of httpx itself",
        inputs={"json": BODY.decode()[:60] + "…"},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=rows,
        load_before=load_before,
        notes=NOTES,
        versions=versions_of("httpx", "httpcore", "anyio", "h11"),
    )
    write(record)


def main() -> None:
    """Measure everything, or be the server or one measurement of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--pool", choices=get_args(Pool), help=argparse.SUPPRESS)
    parser.add_argument("--parallel", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
    elif options.pool:
        print(json.dumps(asdict(asyncio.run(send(options.pool, options.parallel, options.port)))))
    else:
        run(options.repetitions)


if __name__ == "__main__":
    main()
