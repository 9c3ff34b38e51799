"""How quick is the host's shell while sandboxes spin on every processor, beside one that idles?

The probe starts `/bin/true` again and again, as a shell does, and looks at its slowest starts.
Twice as many programs as there are processors run beside it: in sandboxes, or as plain processes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from record import write

SPINS = "echo up; while :; do :; done"
PAUSE_S = 0.005
LONGEST_S = 600.0
GROUPED = Path("/proc/sys/kernel/sched_autogroup_enabled")
COLUMNS = (
    "beside it",
    "ms of a start, median",
    "ms of a start, 95 of 100",
    "95 of 100, times idle",
)
NOTES = (
    "The sides take turns; each figure is that of one side's starts, its median over repetitions.",
    "A plain process has the probe's own session and priority, as `make -j` started beside it has.",
)


def _setting(file: Path) -> str:
    return file.read_text().strip() if file.exists() else "not there"


def _count() -> int:
    return 2 * len(os.sched_getaffinity(0))


@asynccontextmanager
async def nothing(_: JailRunner) -> AsyncIterator[None]:
    """Have nothing run beside the probe."""
    yield


@asynccontextmanager
async def sandboxes(runner: JailRunner) -> AsyncIterator[None]:
    """Have jails spin."""
    jail = Jail(argv=("sh", "-c", SPINS), limits=Limits(timeout_s=LONGEST_S))
    ups = [asyncio.Event() for _ in range(_count())]
    running = [
        asyncio.ensure_future(
            runner.run(jail, timeout_s=LONGEST_S, on_stdout=lambda _, up=up: up.set())  # type: ignore[misc]
        )
        for up in ups
    ]
    try:
        for up in ups:
            await up.wait()
        yield
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def processes(_: JailRunner) -> AsyncIterator[None]:
    """Have plain processes spin."""
    running = [
        subprocess.Popen(["/bin/sh", "-c", SPINS], stdout=subprocess.PIPE)  # noqa: ASYNC220 - no loop waits
        for _ in range(_count())
    ]
    try:
        for each in running:
            await asyncio.to_thread(each.stdout.readline)  # type: ignore[union-attr]
        yield
    finally:
        for each in running:
            each.kill()
            each.communicate()


SIDES: dict[str, Callable[[JailRunner], AbstractAsyncContextManager[None]]] = {
    "nothing": nothing,
    "sandboxes": sandboxes,
    "processes": processes,
}


def starts_ms(count: int) -> list[float]:
    """Start a program so often, with pauses; return how long each start took to its end."""
    taken = []
    for _ in range(count):
        time.sleep(PAUSE_S)
        began_s = time.perf_counter()
        subprocess.run(["/bin/true"], check=True)
        taken.append((time.perf_counter() - began_s) * 1000)
    return taken


async def measured(repetitions: int, count: int) -> tuple[tuple[Cell, ...], ...]:
    """Measure the sides in turn; return the rows."""
    runner = await JailRunner.start()
    medians: dict[str, list[float]] = {name: [] for name in SIDES}
    slowest: dict[str, list[float]] = {name: [] for name in SIDES}
    for _ in range(repetitions):
        for name, side in SIDES.items():
            async with side(runner):
                taken = await asyncio.to_thread(starts_ms, count)
            medians[name].append(statistics.median(taken))
            slowest[name].append(statistics.quantiles(taken, n=20)[-1])
    await runner.aclose()
    return tuple(
        (
            *(name, Figure.of(medians[name]), Figure.of(slowest[name])),
            Figure.of_ratios(slowest[name], slowest["nothing"]),
        )
        for name in SIDES
    )


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--name", default="latency", help="of the result's files")
    given = parser.parse_args()
    load_before = os.getloadavg()[0]
    rows = asyncio.run(measured(given.repetitions, given.count))
    for each in rows:
        print(*each)
    write(
        Record(
            name=given.name,
            question="How quick is the host's shell while sandboxes spin on every processor?",
            compared_with="an idle host, and plain processes",
            inputs={"beside it": f"sh -c '{SPINS}', {_count()} times"},
            repetitions=given.repetitions,
            columns=COLUMNS,
            rows=rows,
            load_before=load_before,
            notes=(*NOTES, f"sched_autogroup_enabled: {_setting(GROUPED)}."),
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
