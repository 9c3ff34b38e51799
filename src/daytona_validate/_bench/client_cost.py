"""What does a validation at Daytona cost the process that asks for it, beside Daytona's own SDK?

The sides take turns, each measurement in a process of its own, at a server that answers all of
them after the same while.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from math import ceil

from daytona_validate._bench.client_sides import CODE, ClientRun
from daytona_validate._bench.figures import Cell, Figure, beside
from daytona_validate._bench.processes import measured, scripted_daytona
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._bench.sides import Side, sides_here
from daytona_validate._core.limits import MIB

ANSWER_AFTER_S = 0.05
REQUESTS = 3
"""Of a validation: create, run, delete."""
COUNTS: Mapping[int, int] = {10: 200, 100: 2000, 1000: 4000}
"""Validations of one measurement, by how many are in flight."""
COLUMNS = (
    *("in flight", "client", "CPU ms a validation", "CPU / SDK's"),
    *("validations a second", "rate / SDK's", "peak RSS MiB", "RSS / SDK's"),
    *("makespan / bound", "requests a validation", "most sandboxes", "errors"),
)
NOTES = (
    "The sides take turns, and a ratio is taken within each repetition.",
    (
        "A validation makes a sandbox, runs a program in it and deletes it. The server, another "
        f"process, runs nothing and answers each request after {1000 * ANSWER_AFTER_S:.0f} ms."
    ),
    (
        "Before it is measured, a side does as many validations as are to be in flight: all is "
        "loaded and connected by then. It is done when the server has heard of all deletions."
    ),
    "CPU time is that of the client's process: user and system time, of all its threads.",
    (
        "The bound of the makespan is the larger of ideal latency, which is rounds x "
        f"{REQUESTS} requests, and the CPU time of the client or of the server."
    ),
    "Both clients may have as many connections as are in flight.",
)


SDK = Side("AsyncDaytona", "sdk", ("daytona",))
SIDES = (
    SDK,
    Side("ours", "ours"),
    Side("ours, uvloop", "ours", ("uvloop",), ("--uvloop",)),
    Side("aiohttp alone", "aiohttp", ("aiohttp",)),
    Side("aiohttp alone, uvloop", "aiohttp", ("aiohttp", "uvloop"), ("--uvloop",)),
)


async def client_cost(
    *,
    repetitions: int,
    counts: Mapping[int, int] = COUNTS,
    sides: Sequence[Side] = SIDES,
    say: Callable[[str], None],
) -> Record:
    """Measure each side that is here.

    Args:
        repetitions: Of each row.
        counts: Validations of one measurement, by how many are in flight.
        sides: What is measured.
        say: Told of each measurement.

    Raises:
        NotMeasured: A measurement failed.
    """
    load_before = os.getloadavg()[0]
    here = await asyncio.to_thread(sides_here, sides)
    versions = await asyncio.to_thread(
        versions_of, "daytona", "httptools", "httpx", "aiohttp", "uvloop"
    )
    runs: dict[tuple[int, str], list[ClientRun]] = {}
    async with scripted_daytona(ANSWER_AFTER_S) as port:
        for repetition in range(repetitions):
            for in_flight, count in counts.items():
                for side in here:
                    found = await _run(side, port, in_flight, count)
                    runs.setdefault((in_flight, side.title), []).append(found)
                    cpu_ms = 1000 * found.cpu_s / count
                    say(f"{repetition + 1}: {side.title}, {in_flight} in flight: {cpu_ms:.2f} ms")
    return Record(
        name="client",
        question="What does a validation at Daytona cost the client's process?",
        compared_with="Daytona's own SDK (`AsyncDaytona`), and with aiohttp alone",
        inputs={"python": CODE},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(
            _row(in_flight, title, found, runs.get((in_flight, SDK.title)))
            for (in_flight, title), found in runs.items()
        ),
        load_before=load_before,
        notes=(*NOTES, _counts_note(counts)),
        versions=versions,
    )


async def _run(side: Side, port: int, in_flight: int, count: int) -> ClientRun:
    what = ("--port", str(port), "--in-flight", str(in_flight), "--count", str(count))
    return ClientRun(**await measured("client_sides", side.program, *what, *side.options))


def _row(
    in_flight: int, title: str, ours: list[ClientRun], theirs: list[ClientRun] | None
) -> tuple[Cell, ...]:
    return (
        in_flight,
        title,
        *beside(lambda run: 1000 * run.cpu_s / run.count, ours, theirs),
        *beside(lambda run: run.count / run.wall_s, ours, theirs),
        *beside(lambda run: run.peak_rss_bytes / MIB, ours, theirs),
        Figure.of([run.wall_s / makespan_bound_s(run, in_flight) for run in ours]),
        Figure.of([run.requests / run.count for run in ours]),
        max(run.most_alive for run in ours),
        sum(run.errors for run in ours),
    )


def makespan_bound_s(run: ClientRun, in_flight: int) -> float:
    """Return the seconds that a run takes at least: for latency, or for a process at work."""
    latency_s = ceil(run.count / in_flight) * REQUESTS * ANSWER_AFTER_S
    return max(latency_s, run.cpu_s, run.server_cpu_s)


def _counts_note(counts: Mapping[int, int]) -> str:
    listed = ", ".join(f"{count} with {in_flight} in flight" for in_flight, count in counts.items())
    return f"Validations of one measurement: {listed}."
