"""What does it cost that a jail joins its control groups by itself, beside being put in?

By itself, a shell of root's writes itself into them before bubblewrap is started; from outside,
this process writes the number of bubblewrap's child when that waits at its gate, in a thread. The
program does nothing. The sides take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import time

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.host import jail_host
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from record import write

JAIL = Jail(argv=("true",), limits=Limits())
AT_A_TIME = (1, 2, 4)
COLUMNS = (
    *("jails at a time", "joins"),
    *("ms of a run", "beside put in", "CPU ms of a run", "beside put in"),
)


class PutIn(Cgroup):
    """Control groups that a jail is put into."""

    def joining_argv(self, *, is_held: bool = False) -> tuple[str, ...]:  # noqa: ARG002 - as there
        """Return nothing."""
        return ()


class PuttingIn(Cgroups):
    """Factory of those."""

    def make(self, limits: Limits) -> Cgroup:
        """Make groups as ever."""
        group = super().make(limits)
        group.__class__ = PutIn
        return group


def _cpu_s() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


async def _runs_ms(runner: JailRunner, at_a_time: int, count: int) -> tuple[float, float]:
    """Run so many jails; return wall and CPU milliseconds of one."""
    left = iter(range(count))

    async def some() -> None:
        for _ in left:
            step = await runner.run(JAIL, timeout_s=20)
            if step.exit_code != 0:
                raise AssertionError(step)

    began_s, cpu_s = time.perf_counter(), _cpu_s()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_a_time):
            group.create_task(some())
    wall_s = (time.perf_counter() - began_s) * at_a_time
    return wall_s / count * 1000, (_cpu_s() - cpu_s) / count * 1000


async def measured(repetitions: int, count: int) -> tuple[tuple[Cell, ...], ...]:
    """Measure both sides in turn; return the rows."""
    host, places = await asyncio.to_thread(lambda: (jail_host(), Cgroups.find(Limits()).places))
    sides = {
        "put in": JailRunner(host, PuttingIn(places)),
        "by itself": JailRunner(host, Cgroups(places)),
    }
    rows: list[tuple[Cell, ...]] = []
    for at_a_time in AT_A_TIME:
        wall: dict[str, list[float]] = {name: [] for name in sides}
        cpu: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(repetitions):
            for name, side in sorted(sides.items(), reverse=bool(turn % 2)):
                wall_ms, cpu_ms = await _runs_ms(side, at_a_time, count)
                wall[name].append(wall_ms)
                cpu[name].append(cpu_ms)
        rows += [
            (
                *(at_a_time, name),
                *(Figure.of(wall[name]), Figure.of_ratios(wall[name], wall["put in"])),
                *(Figure.of(cpu[name]), Figure.of_ratios(cpu[name], cpu["put in"])),
            )
            for name in sides
        ]
    for each in sides.values():
        await each.aclose()
    return tuple(rows)


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--name", default="joining", help="of the result's files")
    given = parser.parse_args()
    load_before = os.getloadavg()[0]
    rows = asyncio.run(measured(given.repetitions, given.count))
    for each in rows:
        print(*each)
    write(
        Record(
            name=given.name,
            question="What does it cost that a jail joins its control groups by itself?",
            compared_with="jails that are put in from outside, in a thread",
            inputs={"program": "true"},
            repetitions=given.repetitions,
            columns=COLUMNS,
            rows=rows,
            load_before=load_before,
            notes=(
                f"Each repetition runs {given.count} jails of each side; they take turns.",
                "CPU is that of this process and of all that it started.",
            ),
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
