"""How long does a program take from its start to its first result?

Each program is what a user would write, and a process of its own; they take turns. The server
answers at once: what is measured is imports, and what a first request costs.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._bench.client_cost import SDK
from daytona_validate._bench.client_sides import KEY
from daytona_validate._bench.figures import Cell, Figure, beside
from daytona_validate._bench.processes import (
    NotMeasured,
    last_words,
    python,
    scripted_daytona,
    status_bytes,
)
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._bench.scripted_daytona import OUTPUT
from daytona_validate._core.limits import MIB

LONGEST_S = 60.0
"""For one start, of which most take less than a second."""
OURS = """\
import asyncio
from daytona_validate import Validator


async def main():
    async with Validator(provider="daytona") as validator:
        result = await validator.validate("print(6 * 7)", "python")
        print(result.output.strip(), flush=True)
        input()


asyncio.run(main())
"""
THEIRS = """\
import asyncio
from daytona import AsyncDaytona, CreateSandboxFromSnapshotParams


async def main():
    async with AsyncDaytona() as daytona:
        params = CreateSandboxFromSnapshotParams(snapshot="scripted", language="python")
        sandbox = await daytona.create(params)
        result = await sandbox.process.code_run("print(6 * 7)")
        print(result.result.strip(), flush=True)
        input()
        await sandbox.delete()


asyncio.run(main())
"""
NEITHER = """\
print(6 * 7, flush=True)
input()
"""
COLUMNS = (
    *("program", "ms to the first result", "/ SDK's"),
    *("CPU ms", "CPU / SDK's", "RSS MiB"),
)
NOTES = (
    (
        "Each program starts anew, after one start that is not measured; they take turns, and a "
        "ratio is taken within each repetition."
    ),
    (
        "The time is that from the start of the process to the first result, Python's own start "
        "included. The server answers at once."
    ),
)


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a program, when its first result was there."""

    wall_ms: float
    cpu_ms: float
    rss_mib: float


async def start_up(
    *, repetitions: int, is_beside_sdk: bool = True, say: Callable[[str], None]
) -> Record:
    """Measure the start of each program that can run here.

    Args:
        repetitions: Of each.
        is_beside_sdk: Whether a program with Daytona's SDK is measured too, where that is here.
        say: Told of each start.

    Raises:
        NotMeasured: A program failed.
    """
    load_before = os.getloadavg()[0]
    has_sdk = await asyncio.to_thread(lambda: SDK.is_here)
    versions = await asyncio.to_thread(versions_of, "daytona")
    programs = {SDK.title: THEIRS} if has_sdk and is_beside_sdk else {}
    programs |= {"ours": OURS, "Python alone": NEITHER}
    starts: dict[str, list[Start]] = {title: [] for title in programs}
    async with scripted_daytona(0) as port:
        for repetition in range(repetitions + 1):
            for title, program in programs.items():
                found = await started(program, port)
                if repetition:
                    starts[title].append(found)
                    say(f"{repetition}: {title}: {found.wall_ms:.0f} ms")
    return Record(
        name="start-up",
        question="How long from the start of a program to its first result?",
        compared_with="a program with Daytona's own SDK, and with Python alone",
        inputs={f"python, {title}": program for title, program in programs.items()},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(_row(title, found, starts.get(SDK.title)) for title, found in starts.items()),
        load_before=load_before,
        notes=NOTES,
        versions=versions,
    )


async def started(program: str, port: int) -> Start:
    """Start a program and return what it took until its first result.

    Raises:
        NotMeasured: It failed or printed something else.
    """
    url = f"http://127.0.0.1:{port}/api"
    variables = {"DAYTONA_API_KEY": KEY, "DAYTONA_TARGET": "us"}
    variables |= {"DAYTONA_BASE_URL": url, "DAYTONA_API_URL": url}
    began_s = time.perf_counter()
    try:
        async with (
            asyncio.timeout(LONGEST_S),
            python("-c", program, variables=variables) as child,
        ):
            line = b"" if child.stdout is None else await child.stdout.readline()
            wall_s = time.perf_counter() - began_s
            used = await asyncio.to_thread(_used, child.pid)
            _, said = await child.communicate(b"\n")
    except TimeoutError:
        raise NotMeasured(f"a program had no result after {LONGEST_S:g} s") from None
    if line.decode(errors="replace") != OUTPUT or used is None or child.returncode:
        raise NotMeasured(f"a program ended with {child.returncode}: {last_words(said)}")
    return Start(1000 * wall_s, *used)


def _used(pid: int) -> tuple[float, float] | None:
    """Return the CPU milliseconds and peak MiB of a process so far; None: it has ended."""
    folder = Path(f"/proc/{pid}")
    try:
        # `stat` counts in hundredths of a second, which is as much as a start of Python takes.
        cpu_ns = sum(int(each.read_text().split()[0]) for each in folder.glob("task/*/schedstat"))
        return cpu_ns / 1e6, status_bytes("VmHWM", folder) / MIB
    except (OSError, StopIteration):
        return None


def _row(title: str, ours: list[Start], theirs: list[Start] | None) -> tuple[Cell, ...]:
    return (
        title,
        *beside(lambda start: start.wall_ms, ours, theirs),
        *beside(lambda start: start.cpu_ms, ours, theirs),
        Figure.of([start.rss_mib for start in ours]),
    )
