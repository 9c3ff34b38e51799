"""What does it cost to bring a snippet to a sandbox and its result back, whatever runs there?

The sandboxes run nothing. Beside it stands what somebody would write by hand, which checks,
classifies and limits nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence

from daytona_validate._bench.figures import Cell, Figure, beside
from daytona_validate._bench.overhead_sides import OverheadRun
from daytona_validate._bench.processes import measured
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._bench.sides import Side, sides_here
from daytona_validate._core.limits import MIB

COUNT = 100_000
IN_FLIGHT = 1000
GATHER = Side("gather + Semaphore", "gather")
SIDES = (
    Side("ours", "ours"),
    Side("ours, uvloop", "ours", ("uvloop",), ("--uvloop",)),
    GATHER,
    Side("ours, FakeProvider", "fake"),
)
COLUMNS = (
    *("how", "CPU us a snippet", "CPU / gather's", "snippets a second"),
    *("memory grown, MiB", "errors"),
)
NOTES = (
    (
        "The sides take turns, each measurement in a process of its own, and a ratio is taken "
        "within each repetition."
    ),
    "The provider's one sandbox answers at once, but lets others have their turn once in each run.",
    (
        "Snippets come from an asynchronous generator; `gather` needs a list of them, and its "
        "results are a list. Ours are streamed, and none is kept."
    ),
    (
        "The memory is what the process had more at its peak than after as many snippets as are in "
        "flight."
    ),
)


async def own_overhead(
    *,
    repetitions: int,
    count: int = COUNT,
    in_flight: int = IN_FLIGHT,
    sides: Sequence[Side] = SIDES,
    say: Callable[[str], None],
) -> Record:
    """Measure each side that is here.

    Args:
        repetitions: Of each row.
        count: Snippets of one measurement.
        in_flight: Snippets at one time.
        sides: What is measured.
        say: Told of each measurement.

    Raises:
        NotMeasured: A measurement failed.
    """
    load_before = os.getloadavg()[0]
    here = await asyncio.to_thread(sides_here, sides)
    versions = await asyncio.to_thread(versions_of, "uvloop")
    runs: dict[str, list[OverheadRun]] = {side.title: [] for side in here}
    what = ("--in-flight", str(in_flight), "--count", str(count))
    for repetition in range(repetitions):
        for side in here:
            found = await measured("overhead_sides", side.program, *what, *side.options)
            runs[side.title].append(run := OverheadRun(**found))
            say(f"{repetition + 1}: {side.title}: {_cpu_us(run):.0f} us")
    return Record(
        name="overhead",
        question="What does a snippet cost, whatever runs it?",
        compared_with="`asyncio.gather` behind a semaphore over the same sandboxes",
        inputs={"python": "print(1)"},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(_row(title, found, runs.get(GATHER.title)) for title, found in runs.items()),
        load_before=load_before,
        notes=(*NOTES, f"{count} snippets in each measurement, {in_flight} at a time."),
        versions=versions,
    )


def _row(title: str, ours: list[OverheadRun], theirs: list[OverheadRun] | None) -> tuple[Cell, ...]:
    return (
        title,
        *beside(_cpu_us, ours, theirs),
        Figure.of([run.count / run.wall_s for run in ours]),
        Figure.of([run.grown_bytes / MIB for run in ours]),
        sum(run.errors for run in ours),
    )


def _cpu_us(run: OverheadRun) -> float:
    return 1e6 * run.cpu_s / run.count
