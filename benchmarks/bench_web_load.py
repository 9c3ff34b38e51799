"""How much can the example service take, and is every verdict right while clients come and go?

It runs the example's application under uvicorn, on loopback, with as many clients as are asked for,
each with a connection of its own: with a fake provider, with local sandboxes, and with the emulator
of Daytona. In the last part a share of the clients leave before their answer, and the service is
ended and started again. It ends with 1 if a verdict was wrong or a sandbox was left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from bench_faulty_answers import build_snapshot
from daytona_validate._bench.figures import Cell, three_digits
from daytona_validate._bench.processes import status_bytes
from daytona_validate._bench.record import Record
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from record import write
from web_client import Connection

HERE = Path(__file__).parent
RIGHT = "print({0} ** 2)"
WRONG = "print(undefined)"
FAKE_S = "0.05"
GRACE_S = 5
COLUMNS = (
    *("provider", "clients", "requests", "left", "restarts", "answered", "wrong", "unavailable"),
    *("refused", "a second", "p50 ms", "p95 ms", "p99 ms", "longest gap ms", "RSS MiB"),
    *("created", "deleted"),
)
NOTES = (
    (
        f"The fake provider answers after {FAKE_S} s. A third of the programs have a mistake; "
        "wrong are verdicts other than meant. Unavailable are none; refused is a 503, the queue "
        "being full."
    ),
    (
        "Left are requests whose client closed its connection before the answer. Where the service "
        "was restarted, a client whose connection broke asked again."
    ),
    "Clients, the emulator and all sandboxes run on the same machine as the service.",
)


@dataclass(slots=True)
class Load:
    """What is asked, and what came of it."""

    clients: int
    requests: int
    leave: float = 0.0
    restarts: int = 0
    left: int = 0
    wrong: int = 0
    unavailable: int = 0
    refused: int = 0
    took_s: list[float] = field(default_factory=list[float])
    seconds: float = 0.0
    gap_s: float = 0.0
    rss_mib: float = 0.0

    @property
    def done(self) -> int:
        """Requests that are over, in any way."""
        return self.left + len(self.took_s)


class Service:
    """Running uvicorn, which serves on a socket that outlives it."""

    def __init__(self, listening: socket.socket, environment: Mapping[str, str]) -> None:
        self._listening = listening
        self._environment = {**os.environ, **environment}
        self.process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listening.getsockname()
        return host, port

    async def start(self) -> None:
        """Start it; what is asked before it is ready waits at the socket."""
        descriptor = self._listening.fileno()
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "web_service:app", "--fd", str(descriptor)),
            *("--log-level", "error", "--timeout-graceful-shutdown", str(GRACE_S)),
            cwd=HERE,
            env=self._environment,
            pass_fds=(descriptor,),
        )

    async def end(self) -> None:
        """End it as a platform does."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


def program(number: int) -> tuple[bytes, str]:
    """Return a request and the outcome that it must come to."""
    is_right = number % 3 > 0
    asked = {
        "code": RIGHT.format(number) if is_right else WRONG,
        "language": "python",
        "expected_output": f"{number**2}\n" if is_right else None,
    }
    return json.dumps(asked).encode(), "passed" if is_right else "runtime_error"


async def validated(number: int, client: Connection, load: Load) -> None:
    """Ask until there is an answer, and count it."""
    body, meant = program(number)
    began_s = perf_counter()
    while True:
        try:
            status, found = await client.ask("/validate", body)
        except (OSError, EOFError, ValueError, IndexError):  # the service was ended
            client.leave()
            continue
        answer = json.loads(found)
        if status in (200, 503) and "outcome" in answer:
            break
        load.refused += status == 503
        await asyncio.sleep(0.1)
    load.took_s.append(perf_counter() - began_s)
    load.unavailable += answer["outcome"] == "unavailable"
    load.wrong += answer["outcome"] not in (meant, "unavailable")


async def left(number: int, client: Connection, chance: random.Random, load: Load) -> None:
    """Ask, and go before the answer."""
    try:
        await client.send("/validate", program(number)[0])
        await asyncio.sleep(chance.uniform(0, 0.2))
    except OSError:
        pass
    client.leave()
    load.left += 1


async def clients_of(service: Service, load: Load) -> None:
    """Have the clients ask for all, and the service be restarted meanwhile."""
    numbers, chance = iter(range(load.requests)), random.Random(7)
    parts = [load.requests * part // (load.restarts + 1) for part in range(1, load.restarts + 1)]
    are_done = [asyncio.Event() for _ in parts]

    async def client() -> None:
        connection = Connection(service.address)
        for number in numbers:
            if chance.random() < load.leave:
                await left(number, connection, chance, load)
            else:
                await validated(number, connection, load)
            for part, is_done in zip(parts, are_done, strict=True):
                if load.done >= part:
                    is_done.set()
        connection.leave()

    async def restarts() -> None:
        for is_done in are_done:
            await is_done.wait()
            await service.end()
            await service.start()

    began_s = perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(restarts())
        for _ in range(load.clients):
            group.create_task(client())
    load.seconds = perf_counter() - began_s


@asynccontextmanager
async def serving(environment: Mapping[str, str]) -> AsyncIterator[Service]:
    """Hold a running service."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        service = Service(listening, environment)
        await service.start()
        try:
            yield service
        finally:
            await service.end()


async def loaded(environment: Mapping[str, str], load: Load) -> None:
    """Put a load on a service of its own."""
    async with serving(environment) as service:
        first = Connection(service.address)
        for number in range(3):  # loads what is loaded once
            await first.ask("/validate", program(number)[0])
        first.leave()
        await clients_of(service, load)
        last = Connection(service.address)
        load.gap_s = float((await last.ask("/gap"))[1])
        last.leave()
        assert service.process is not None
        load.rss_mib = status_bytes("VmHWM", Path(f"/proc/{service.process.pid}")) / 2**20


def row(name: str, load: Load, created: Cell = "-", deleted: Cell = "-") -> tuple[Cell, ...]:
    """Return the row of a load."""
    cuts = quantiles(load.took_s, n=100)
    times = (1000 * each for each in (cuts[49], cuts[94], cuts[98], load.gap_s))
    return (
        *(name, load.clients, load.requests, load.left, load.restarts, len(load.took_s)),
        *(load.wrong, load.unavailable, load.refused),
        three_digits(load.done / load.seconds),
        *map(three_digits, times),
        *(round(load.rss_mib), created, deleted),
    )


def at_emulator(running: ThreadedEmulator, load: Load) -> tuple[Cell, ...]:
    """Put a load on the service before an emulator; return its row."""
    before = running.emulator.counts
    asyncio.run(loaded({**running.emulator.environment, "DAYTONA_PROVIDER": "daytona"}, load))
    after = running.until(lambda counts: counts.alive == 0, longest_s=120)
    made, gone = after.created - before.created, after.deleted - before.deleted
    return row("emulator", load, made, gone)


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2_000, help="of each load")
    parser.add_argument("--churned", type=int, default=10_000, help="with clients that leave")
    parser.add_argument("--clients", type=int, default=40)
    given = parser.parse_args()
    load_before, rows, loads = os.getloadavg()[0], [], []
    for name, variables in (("fake", {"BENCH_FAKE_S": FAKE_S}), ("local", {})):
        load = Load(given.clients, given.requests)
        asyncio.run(loaded({"DAYTONA_PROVIDER": "local", **variables}, load))
        rows.append(row(name, load))
        loads.append(load)
    with threaded(emulator) as running:
        asyncio.run(build_snapshot(running))
        for load in (
            Load(given.clients, given.requests),
            Load(given.clients, given.churned, leave=0.05, restarts=2),
        ):
            rows.append(at_emulator(running, load))
            loads.append(load)
    for each in rows:
        print(*each)
    write(
        Record(
            name="web-load",
            question="How much can the example service take, and is every verdict right?",
            compared_with="each other: a fake provider, local sandboxes, and an emulated Daytona",
            inputs={"python": f"{RIGHT}\n\n{WRONG}"},
            repetitions=1,
            columns=COLUMNS,
            rows=tuple(rows),
            load_before=load_before,
            notes=NOTES,
        )
    )
    is_clean = all(each[-2] == each[-1] for each in rows)
    return 0 if is_clean and not any(load.wrong for load in loads) else 1


if __name__ == "__main__":
    sys.exit(main())
