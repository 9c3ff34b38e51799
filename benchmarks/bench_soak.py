"""Are all verdicts right of thousands of mixed programs, a tenth of them hostile, and is all gone?

A worker validates them, and is looked at from outside after each round: processes, mounts, control
groups, files, descriptors, sockets, threads, locks. It runs as root and as a plain user, with
sandboxes of this machine and with an emulator of Daytona's. It ends with 1 if a verdict was wrong,
something was left, the worker grew by 20 MB or more, or over a tenth came to no verdict.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from daytona_validate._bench.figures import Cell
from daytona_validate._bench.processes import status_bytes
from daytona_validate._bench.record import Record
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.toolchains import Toolchains
from host_traces import PROC, Traces, left_for_good, traces
from record import RESULTS, write
from soak_processes import PLAIN, ROOT, Soaked, become_subreaper, identity, refusal, soaked

MB = 1000 * 1000
MOST_GROWN_MB = 20
LEAST_JUDGED = 0.9
"""A round in which fewer programs come to a verdict shows little."""
GRACE_S = 30.0
"""For what is removed after a result has come: at Daytona, its sandbox."""
MOST_SHOWN = 20
PLACES = {"local": "this machine's", "daytona": "Daytona's, emulated"}
WARM = ", warm"
"""After the name of a place in which compilers keep running."""
COLUMNS = (
    *(
        "sandboxes",
        "caller",
        "round",
        "programs",
        "hostile",
        "warm",
        "right",
        "wrong",
        "unavailable",
    ),
    *("left", "created", "deleted", "RSS MB", "grown MB", "emulator MB", "seconds"),
)
NOTES = (
    (
        "A verdict is wrong if it is none of those that are right for its program, if what the "
        "program had to print is not there, or if the fault is another's. Unavailable is none."
    ),
    "Warm are results whose compiler ran already; what meets an error there is compiled cold.",
    (
        "Left is what an observer finds after a round that was not there after the warm-up: "
        "processes that descend from the validator's, mounts, empty control groups, files, entries "
        "of the cache, System V IPC, loop devices, network interfaces, descriptors, sockets, "
        "threads, locks, tasks of the event loop; at Daytona "
        "sandboxes and machines too. Created and deleted are the emulator's counts."
    ),
    (
        "The validator is still open then; but where compilers keep running (warm), which other "
        "ones replace now and then, each round has a validator of its own, which was closed."
    ),
    "RSS is the worker's after the garbage was collected; grown is since the warm-up.",
)


def rss_mb(pid: int) -> float:
    """Return the memory that a process has."""
    return status_bytes("VmRSS", PROC / str(pid)) / MB


@dataclass(slots=True)
class Watched:
    """One worker over all its rounds."""

    where: tuple[str, str]
    """Of its sandboxes, and its caller."""
    running: Soaked
    before: Traces
    rss_before_mb: float
    tasks_before: list[str]
    rows: list[tuple[Cell, ...]] = field(default_factory=list[tuple[Cell, ...]])
    objects: Mapping[str, int] = field(default_factory=dict[str, int])
    is_clean: bool = True

    def round(self, number: int, seed: int, count: int) -> None:
        """Have a round, look, and say what is not as it must be."""
        counts_before = self.running.counts()
        came = self.running.round(seed, count)
        self.running.settle()
        left, counts = self._left(came), self.running.counts()
        rss = rss_mb(self.running.worker.pid)
        grown = rss - self.rss_before_mb
        made = [counts[each] - counts_before[each] if counts else "-" for each in COUNTED]
        emulator = self.running.emulator
        beside = f"{rss_mb(emulator.pid):.1f}" if emulator else "-"
        self.rows.append(
            (
                *(*self.where, number, count, came["hostile"], came["warm"]),
                *(came["right"], len(came["wrong"])),
                *(sum(came["unavailable"].values()), len(left), *made, f"{rss:.1f}"),
                *(f"{grown:.1f}", beside, round(came["seconds"])),
            )
        )
        is_judged = came["right"] + len(came["wrong"]) >= LEAST_JUDGED * count
        self.is_clean &= not came["wrong"] and not left and grown < MOST_GROWN_MB and is_judged
        self._say(came, left)

    def _left(self, came: Mapping[str, Any]) -> list[str]:
        running = self.running
        staying = left_for_good(running.scope, self.before, longest_s=GRACE_S, first=running.reap)
        left = [f"{kind}: {name}" for kind, names in staying.items() for name in names.elements()]
        more = Counter(came["tasks"]) - Counter(self.tasks_before)
        left += [f"tasks: {name}" for name in more.elements()]
        counts = running.counts()
        left += [f"emulator: {counts[each]} {each}" for each in ALIVE if counts.get(each)]
        if counts and counts["created"] != counts["deleted"]:
            left.append(f"emulator: {counts['created']} created, {counts['deleted']} deleted")
        return left

    def _say(self, came: Mapping[str, Any], left: list[str]) -> None:
        print(*self.rows[-1], f"({came['ground']})", flush=True)
        for each in [*came["wrong"][:MOST_SHOWN], *left[:MOST_SHOWN]]:
            print(f"  {each}", flush=True)
        for reason, times in came["unavailable"].items():
            print(f"  {times} x unavailable: {reason}", flush=True)
        if self.objects:
            more = Counter(came["objects"])
            more.subtract(self.objects)
            print(f"  objects: {[each for each in more.most_common(8) if each[1] > 0]}", flush=True)
        self.objects = came["objects"]


COUNTED = ("created", "deleted")
ALIVE = ("alive", "machines", "executing")


def watched(where: tuple[str, str], running: Soaked, *, seed: int, count: int) -> Watched:
    """Warm a worker up: toolchains are prepared, threads and lasting descriptors are there.

    One of each kind is among it: of Go's library there is a part for what a program imports.
    """
    came = running.round(seed, count, has_all_kinds=True)
    for each in came["wrong"][:MOST_SHOWN]:
        print(f"  warm-up: {each}", flush=True)
    running.settle()
    before = traces(running.scope)
    return Watched(where, running, before, rss_mb(running.worker.pid), came["tasks"])


async def open_interpreter(cache: Path) -> str:
    """Return an interpreter that every user can start: the copy of this one that jails have."""
    beside = await asyncio.to_thread(Path(sys.base_prefix).resolve)
    runner = await JailRunner.start(cache)
    python = await Toolchains(runner.cache, runner).prepare("python")
    await runner.aclose()
    inside = next(points_to for points_to, path in python.links if path.endswith("/python3"))
    copies = [
        bind.source + inside.removeprefix(bind.target)
        for bind in python.binds
        if inside.startswith(f"{bind.target}/")
    ]
    return (*copies, str(beside / "bin" / f"python3.{sys.version_info.minor}"))[0]


def runs(given: argparse.Namespace, cache: Path) -> Iterator[Watched]:
    """Yield each worker after its last round."""
    own = ROOT if os.geteuid() == 0 else PLAIN
    for caller in given.callers or ([ROOT, PLAIN] if own == ROOT else [PLAIN]):
        python, its_cache = sys.executable, cache
        if caller != own:
            its_cache = cache.with_name(f"{cache.name}-{caller}")
            python = asyncio.run(open_interpreter(cache))
            if (why_not := refusal(python)) is not None:
                sys.exit(why_not)
        for provider in given.providers:
            with ExitStack() as stack:
                who = stack.enter_context(identity(caller, its_cache, python=python))
                running = stack.enter_context(
                    soaked(
                        *(who, provider),
                        at_once=given.at_once,
                        languages=given.languages,
                        warm=given.warm,
                    )
                )
                is_warm = provider == "local" and given.warm == "auto"
                place = PLACES[provider] + (WARM if is_warm else "")
                where = (place, "root" if caller == ROOT else "a plain user")
                one = watched(where, running, seed=given.seed, count=given.warm_up)
                for number in range(1, given.rounds + 1):
                    one.round(number, given.seed + number, given.count)
                yield one


def command(given: argparse.Namespace) -> str:
    """Return what to type for the same, wherever toolchains are kept."""
    words = ["nox -s soak --"]
    for name in ("providers", "callers", "languages"):
        words += [f"--{name}", *getattr(given, name)] if getattr(given, name) else []
    numbers = ("count", "rounds", "warm_up", "at_once", "seed", "warm")
    words += [f"--{each.replace('_', '-')} {getattr(given, each)}" for each in numbers]
    return " ".join(words)


def record(given: argparse.Namespace, rows: list[tuple[Cell, ...]], load_before: float) -> Record:
    """Return the record of all rows so far."""
    return Record(
        name="soak",
        question=(
            "Is every verdict right of thousands of mixed programs, a tenth of them hostile, "
            "and is all gone?"
        ),
        compared_with="the verdicts that are right for each program, and what was there before",
        inputs={"sh": command(given)},
        repetitions=1,
        columns=COLUMNS,
        rows=tuple(rows),
        load_before=load_before,
        notes=(
            *NOTES,
            "Rounds of one caller's sandboxes are one process's, after a warm-up.",
            f"{given.at_once} at a time; {', '.join(given.languages)}; seed {given.seed}.",
            *given.note,
        ),
    )


def others(rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Return the rows of the present result that are of other sandboxes and callers."""
    file, now = RESULTS / "soak.json", {row[:2] for row in rows}
    present = Record.of_json(json.loads(file.read_text())).rows if file.exists() else ()
    return [row for row in present if row[:2] not in now]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1700, help="programs of a round")
    parser.add_argument("--rounds", type=int, default=3, help="in one process")
    parser.add_argument(
        "--warm-up", type=int, default=50, help="before the first round, beside all kinds"
    )
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--providers", nargs="+", choices=PLACES, default=[*PLACES])
    parser.add_argument("--callers", nargs="+", choices=[ROOT, PLAIN], help="only root can be both")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=[*LANGUAGES])
    parser.add_argument(
        "--warm", choices=["auto", "off"], default="auto", help="whether compilers keep running"
    )
    parser.add_argument("--cache", type=Path, help="folder for prepared toolchains, which is kept")
    parser.add_argument("--keep", action="store_true", help="keep rows of other sandboxes, callers")
    parser.add_argument("--note", action="append", default=[], help="what to know of this run")
    parser.add_argument("--dry", action="store_true", help="write no result")
    return parser.parse_args()


def main() -> int:
    """Run it, write the results after each worker, and return the exit code."""
    given, load_before, rows, is_clean = options(), os.getloadavg()[0], [], True
    with ExitStack() as stack:
        own = stack.enter_context(TemporaryDirectory(dir="/var/tmp"))
        Path(own).chmod(0o755)
        cache = given.cache or Path(own, "cache")
        become_subreaper()
        for each in runs(given, cache.resolve()):
            rows += each.rows
            is_clean &= each.is_clean
            if not given.dry:
                write(record(given, [*others(rows), *rows] if given.keep else rows, load_before))
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
