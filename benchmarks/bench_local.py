"""How many isolated validations a second, beside as many bare runs with the same toolchain?

The bare side (`bare_toolchains.py`) is what somebody would write who does not isolate. The sides
take turns within each repetition, so that whatever else the machine does hits all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bare_runs import Bare, run_bare
from bare_toolchains import BARE, Here, installed_toolchains
from daytona_validate import Validator
from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from programs import Program, program
from record import write

PARALLEL = (1, 2, 4)
COUNTS = {"python": 40, "javascript": 40, "typescript": 20, "java": 8, "go": 12, "sql": 20}
"""Programs in one measurement: about a second of them or more."""
WARM_UP = 2
"""Programs that each side runs before it is measured."""
NOTES = (
    "Every program has another number in it: no compiler has it already.",
    "The sides take turns, and the ratio is taken within each repetition.",
    "CPU time is one program's: its processes, its sandbox, and its share of this process.",
    "The bare side makes a folder for each program, and removes it, as somebody would.",
    "An isolated validation makes a sandbox, compiles, runs, compares the output, and removes it.",
    "Neither side has packages installed: the bare Python runs from an empty virtual environment.",
    "TypeScript's bare side calls the native compiler itself, without npm's wrapper.",
    "Bare Java has the JDK's default flags. Bare Go has a warm cache of the standard library.",
    "Bare SQL has one server for all programs, running already, and a database for each program.",
    "The sandbox starts a server for each; both have fsync off.",
)
COLUMNS = (
    *("language", "bare", "at a time", "bare per s", "isolated per s", "isolated / bare"),
    *("bare CPU ms", "isolated CPU ms"),
)
HAS_SERVERS = frozenset({"sql"})
"""Nobody waits for a server, so its CPU time would be missing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One way to run programs: bare, or isolated."""

    name: str
    run_all: Callable[[list[Program], int], Awaitable[None]]
    """Runs them, as many at a time."""


def bare_side(bare: Bare) -> Side:
    """Return a side of as many workers as are to run at a time."""

    async def run_all(programs: list[Program], parallel: int) -> None:
        left = iter(programs)

        async def work() -> None:
            for each in left:
                await run_bare(bare, each)

        async with asyncio.TaskGroup() as group:
            for _ in range(parallel):
                group.create_task(work())

    return Side(bare.name, run_all)


def isolated_side(validator: Validator) -> Side:
    """Return the side that is measured; each program must pass with the right output."""

    async def run_all(programs: list[Program], parallel: int) -> None:
        snippets = [each.snippet for each in programs]
        results = await validator.validate_many(snippets, concurrency=parallel)
        assert all(each.outcome == "passed" for each in results), results

    return Side("isolated", run_all)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast programs went."""

    per_s: float
    cpu_ms: float
    """Of one program: its own CPU time and ours, compilers and sandbox included."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One language, its bare sides and the isolated one."""

    language: str
    bare: tuple[Side, ...]
    isolated: Side
    numbers: Iterator[int]
    """Each is given to one program only."""

    async def pace(self, side: Side, parallel: int, *, count: int) -> Pace:
        """Run programs, and return how fast they went."""
        programs = [program(self.language, next(self.numbers)) for _ in range(count)]
        start_s, start_cpu_s = time.perf_counter(), _cpu_s()
        await side.run_all(programs, parallel)
        wall_s, cpu_s = time.perf_counter() - start_s, _cpu_s() - start_cpu_s
        return Pace(count / wall_s, 1000 * cpu_s / count)

    async def rows(self, parallel: int, repetitions: int) -> list[tuple[Cell, ...]]:
        """Return a row for each bare side: its pace beside that of the isolated one."""
        sides = (*self.bare, self.isolated)
        paces: dict[str, list[Pace]] = {side.name: [] for side in sides}
        for side in sides:
            await self.pace(side, parallel, count=WARM_UP)
        for _ in range(repetitions):
            for side in sides:
                pace = await self.pace(side, parallel, count=COUNTS[self.language])
                paces[side.name].append(pace)
        return [self._row(each, parallel, paces) for each in self.bare]

    def _row(self, bare: Side, parallel: int, paces: dict[str, list[Pace]]) -> tuple[Cell, ...]:
        theirs, ours = paces[bare.name], paces[self.isolated.name]
        ratios = [our.per_s / their.per_s for our, their in zip(ours, theirs, strict=True)]
        figures = [Figure.of([each.per_s for each in side]) for side in (theirs, ours)]
        cpu: list[Cell] = [Figure.of([each.cpu_ms for each in side]) for side in (theirs, ours)]
        if self.language in HAS_SERVERS:
            cpu = ["not counted"] * 2
        row: tuple[Cell, ...] = (self.language, bare.name, parallel)
        row = (*row, *figures, Figure.of(ratios), *cpu)
        print(*row, sep="  ", flush=True)
        return row


def _cpu_s() -> float:
    """Return the CPU time of this process and of all descendants that were waited for."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


async def measure(
    bare: dict[str, tuple[Bare, ...]], repetitions: int
) -> tuple[list[tuple[Cell, ...]], dict[str, str]]:
    """Return all rows, and the versions that the sandboxes reported."""
    rows: list[tuple[Cell, ...]] = []
    versions = {}
    numbers = itertools.count(1)
    async with Validator(provider="local", concurrency=max(PARALLEL)) as validator:
        isolated = isolated_side(validator)
        for language, variants in bare.items():
            first = await validator.validate(program(language, 0).snippet)
            assert first.outcome == "passed", first.details
            versions[f"{language} in both"] = str(first.runtime)
            contest = Contest(language, tuple(map(bare_side, variants)), isolated, numbers)
            for parallel in PARALLEL:
                rows += await contest.rows(parallel, repetitions)
    return rows, versions


def run(languages: tuple[str, ...], repetitions: int, name: str) -> None:
    """Measure the languages and write the record."""
    load_before = os.getloadavg()[0]
    with ExitStack() as kept, tempfile.TemporaryDirectory() as folder:
        here = Here(asyncio.run(installed_toolchains(languages)), Path(folder), kept)
        bare = {language: BARE[language](here) for language in languages}
        rows, versions = asyncio.run(measure(bare, repetitions))
    commands = tuple(f"Bare {b.name}: `{b}`." for variants in bare.values() for b in variants)
    counts = ", ".join(f"{each} {COUNTS[each]}" for each in languages)
    record = Record(
        name=name,
        question="How many isolated validations a second?",
        compared_with="bare processes of the same toolchain, started by asyncio",
        inputs={language: program(language, 1).code for language in languages},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(rows),
        load_before=load_before,
        notes=(*NOTES, *commands, f"Programs in one measurement: {counts}."),
        versions=versions,
    )
    write(record)


def main() -> None:
    """Read what to measure and where, then do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--language", action="append", choices=tuple(BARE), dest="languages")
    parser.add_argument("--one-core", action="store_true", help="let all sides have one core only")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # not without ending the server
    if options.one_core:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    languages = tuple(options.languages or BARE)
    of_some = ("-".join(languages),) if options.languages else ()
    of_core = ("one-core",) if options.one_core else ()
    run(languages, options.repetitions, "-".join(("local", *of_some, *of_core)))


if __name__ == "__main__":
    main()
