"""How many isolated validations a second, beside as many bare runs with the same toolchain?

The bare side (`bare_toolchains.py`) is what somebody would write who does not isolate. The sides
take turns within each repetition, so that whatever else the machine does hits all of them.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._bench.bare_runs import Bare, run_bare
from daytona_validate._bench.bare_toolchains import BARE, Here, installed_toolchains
from daytona_validate._bench.counting_programs import Program, program
from daytona_validate._bench.figures import Cell, Figure, beside
from daytona_validate._bench.processes import NotMeasured
from daytona_validate._bench.record import Record
from daytona_validate._client import Validator
from daytona_validate._jails.jail_tree import processes
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._settings import Settings
from daytona_validate._toolchains.warm.tools import KINDS

PARALLEL = (1, 2, 4)
COUNTS: Mapping[str, int] = {
    "python": 40,
    "javascript": 40,
    "typescript": 20,
    "java": 8,
    "go": 12,
    "sql": 20,
}
"""Programs in one measurement: about a second of them or more."""
WARM_UP = 2
"""Programs that each side runs before it is measured."""
MOST_WARM_UP = 60
"""Programs until a compiler that keeps running must have been there for one."""
COLD = ", cold"
"""After the name of a language whose compilers all start anew, though they could keep running."""
NOTES = (
    "Every program has another number in it: no compiler has it already.",
    "The sides take turns, and the ratio is taken within each repetition.",
    "CPU time is one program's: its processes, its sandbox, and its share of this process.",
    "A compiler that keeps running counts, but for its start, which is part of the warm-up.",
    "Cold is with `DAYTONA_WARM=off`; else TypeScript and Java have compilers that keep running.",
    "The bare side makes a folder for each program, and removes it, as somebody would.",
    "An isolated validation makes a sandbox, compiles, runs, compares the output, and removes it.",
    "Neither side has packages installed: the bare Python runs from an empty virtual environment.",
    "TypeScript's bare side calls the native compiler itself, without npm's wrapper.",
    "Bare Java has the JDK's default flags. Bare Go has a warm cache of the standard library.",
    "Of the 101 CPU ms to build the Go program in a sandbox, its linker takes 86, the compiler 14.",
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
class WayToRun:
    """One way to run programs: bare, or isolated."""

    name: str
    run_all: Callable[[list[Program], int], Awaitable[None]]
    """Runs them, as many at a time."""


def bare_way(bare: Bare) -> WayToRun:
    """Return a way with as many workers as are to run at a time."""

    async def run_all(programs: list[Program], parallel: int) -> None:
        left = iter(programs)

        async def work() -> None:
            for each in left:
                await run_bare(bare, each)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(parallel):
                    group.create_task(work())
        except* (NotMeasured, OSError, subprocess.CalledProcessError) as failed:
            raise NotMeasured(f"{bare.name}: {failed.exceptions[0]}") from failed

    return WayToRun(bare.name, run_all)


def isolated_way(validator: Validator) -> WayToRun:
    """Return the way that is measured; each program must pass with the right output."""

    async def run_all(programs: list[Program], parallel: int) -> None:
        snippets = [each.snippet for each in programs]
        for each in await validator.validate_many(snippets, concurrency=parallel):
            _refuse_failed(each)

    return WayToRun("isolated", run_all)


def _refuse_failed(result: CodeValidationResult) -> None:
    if result.outcome is not Outcome.PASSED:
        raise NotMeasured(
            f"{result.language}: a program came out as {result.outcome}: {result.details}"
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast programs went."""

    per_s: float
    cpu_ms: float
    """Of one program: its own CPU time and ours, compilers and sandbox included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One language, its bare ways and the isolated one."""

    language: str
    title: str
    """The language's in the record."""
    bare: tuple[WayToRun, ...]
    isolated: WayToRun
    numbers: Iterator[int]
    """Each is given to one program only."""
    count: int
    """Programs of one measurement."""
    say: Callable[[str], None]
    forks: bool = False
    """Whether its programs are forks of a zygote, which the kernel counts for nobody."""

    async def pace(self, way: WayToRun, parallel: int, *, count: int) -> Pace:
        """Run programs, and return how fast they went."""
        programs = [program(self.language, next(self.numbers)) for _ in range(count)]
        start_s, start_cpu_s = time.perf_counter(), cpu_s()
        await way.run_all(programs, parallel)
        wall_s, used_s = time.perf_counter() - start_s, cpu_s() - start_cpu_s
        return Pace(count / wall_s, 1000 * used_s / count)

    async def rows(self, parallel: int, repetitions: int) -> list[tuple[Cell, ...]]:
        """Return a row for each bare way: its pace beside that of the isolated one."""
        ways = (*self.bare, self.isolated)
        paces: dict[str, list[Pace]] = {way.name: [] for way in ways}
        for way in ways:
            await self.pace(way, parallel, count=WARM_UP)
        for _ in range(repetitions):
            for way in ways:
                pace = await self.pace(way, parallel, count=self.count)
                paces[way.name].append(pace)
                self.say(f"{self.title}, {parallel} at a time: {way.name}: {pace.per_s:.1f} / s")
        return [self._row(each, parallel, paces) for each in self.bare]

    def _row(self, bare: WayToRun, parallel: int, paces: dict[str, list[Pace]]) -> tuple[Cell, ...]:
        theirs, ours = paces[bare.name], paces[self.isolated.name]
        our_rate, ratio = beside(lambda pace: pace.per_s, ours, theirs)
        rates = (Figure.of([each.per_s for each in theirs]), our_rate, ratio)
        cpu: list[Cell] = [Figure.of([each.cpu_ms for each in way]) for way in (theirs, ours)]
        if self.language in HAS_SERVERS:
            cpu = ["not counted"] * 2
        if self.forks:
            cpu[1] = "not counted"
        return (self.title, bare.name, parallel, *rates, *cpu)


def cpu_s() -> float:
    """Return the CPU time of this process and of all its descendants, but for killed ones."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    lasting = processes(Path("/proc/self"))
    next(lasting)  # this process itself
    return sum(each.ru_utime + each.ru_stime for each in used) + sum(map(_used_s, lasting))


def _used_s(process: Path) -> float:
    """Return the CPU time of a process that lives, and of those that it has waited for."""
    with suppress(OSError):
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _kinds(languages: Sequence[str], settings: Settings) -> Iterator[tuple[str, bool]]:
    """Yield each language, and whether its compilers are all to start anew; some twice."""
    for language in languages:
        yield language, False
        if language in KINDS and settings.warm == "auto":
            yield language, True


async def _warmed_up(
    validator: Validator, language: str, numbers: Iterator[int], *, has_warm: bool
) -> str:
    """Run programs until what keeps running does, and return what ran them."""
    for number in itertools.islice(numbers, MOST_WARM_UP):
        result = await validator.validate(program(language, number).snippet)
        _refuse_failed(result)
        if result.timings.warm or not has_warm:
            return str(result.runtime)
    raise NotMeasured(f"{language}: no compiler kept running")


async def throughput(
    *,
    languages: Sequence[str],
    settings: Settings,
    repetitions: int,
    parallel: Sequence[int] = PARALLEL,
    counts: Mapping[str, int] = COUNTS,
    say: Callable[[str], None],
    name: str = "local",
) -> Record:
    """Measure some languages on this machine.

    Args:
        languages: Names in `BARE`.
        settings: Of the isolated side.
        repetitions: Of each row.
        parallel: How many run at a time; each is a row.
        counts: Programs of one measurement, by language.
        say: Told of each measurement.
        name: Of the record.

    Raises:
        NotMeasured: A program did not come out as it must.
        SandboxUnavailable: There are no sandboxes here, or no such toolchain.
    """
    load_before = os.getloadavg()[0]
    with ExitStack() as kept:
        folder = kept.enter_context(tempfile.TemporaryDirectory())
        here = Here(await installed_toolchains(languages, settings), Path(folder), kept)
        bare = {each: await asyncio.to_thread(BARE[each], here) for each in languages}
        rows: list[tuple[Cell, ...]] = []
        versions = {}
        numbers = itertools.count(1)
        for language, is_cold in _kinds(languages, settings):
            ours = settings.model_copy(update={"warm": "off"}) if is_cold else settings
            async with Validator(ours, provider="local", concurrency=max(parallel)) as validator:
                versions[f"{language} in both"] = await _warmed_up(
                    validator, language, numbers, has_warm=language in KINDS and ours.warm == "auto"
                )
                contest = Contest(
                    language=language,
                    title=f"{language}{COLD}" if is_cold else language,
                    bare=tuple(map(bare_way, bare[language])),
                    isolated=isolated_way(validator),
                    numbers=numbers,
                    count=counts[language],
                    say=say,
                    forks=language == "python" and settings.python_engine == "zygote",
                )
                for each in parallel:
                    rows += await contest.rows(each, repetitions)
    commands = tuple(f"Bare {b.name}: `{b}`." for variants in bare.values() for b in variants)
    listed = ", ".join(f"{each} {counts[each]}" for each in languages)
    return Record(
        name=name,
        question="How many isolated validations a second?",
        compared_with="bare processes of the same toolchain, started by asyncio",
        inputs={language: program(language, 1).code for language in languages},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(rows),
        load_before=load_before,
        notes=(*NOTES, *commands, f"Programs in one measurement: {listed}."),
        versions=versions,
    )
