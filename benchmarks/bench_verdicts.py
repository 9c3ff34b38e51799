"""Are verdicts the same, however many snippets are validated at a time, and in two processes?

The programs are those of `daytona_validate._bench.mixed_programs`: each has one outcome that is
right for it. It ends with 1 if any was wrong or not the same each time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.mixed_programs import (
    KINDS,
    LIMIT_S,
    ROUND,
    KnownProgram,
    mixed_programs,
)
from daytona_validate._bench.record import Record
from daytona_validate._bench.same_verdicts import Round, at_a_time, in_processes
from record import write

AT_A_TIME = (1, 4, 16, 64)
IN_TWO_PROCESSES = 16
COLUMNS = (
    *("way", "seconds", "right", "wrong", "unavailable"),
    *("not as at first", "run twice", "seconds that clocks stood still"),
)
NOTES = (
    (
        "Counts are those of all repetitions together. A verdict is outcome, fault, exit code and, "
        "where the program ended by itself, what it printed; it is compared with the first round "
        "of the first way."
    ),
    (
        f"Every {ROUND} programs have each kind by its weight. What works hard needs "
        f"{0.6 * LIMIT_S:g} s of CPU time under a limit of {LIMIT_S:g} s."
    ),
)


@dataclass(slots=True)
class Way:
    """What came of one way, over all repetitions."""

    rounds: list[Round] = field(default_factory=list)

    def row(self, name: str, programs: Sequence[KnownProgram], first: Round) -> tuple[Cell, ...]:
        """Return the row of the table."""
        wrong = sum(len(each.wrong(programs)) for each in self.rounds)
        unjudged = sum(len(each.unjudged(programs)) for each in self.rounds)
        found = [each for one in self.rounds for each in one.found]
        return (
            name,
            Figure.of([each.seconds for each in self.rounds]),
            len(found) - wrong - unjudged,
            wrong,
            unjudged,
            sum(len(each.different(first)) for each in self.rounds),
            sum(each.attempts > 1 for each in found),
            Figure.of([sum(each.waited_s for each in one.found) for one in self.rounds]),
        )


def rounds(count: int) -> Iterator[tuple[str, Round]]:
    """Validate them all in every way, once."""
    for concurrency in AT_A_TIME:
        yield f"{concurrency} at a time", asyncio.run(at_a_time(count, concurrency))
    for each in in_processes(count, IN_TWO_PROCESSES):
        yield f"two processes, {IN_TWO_PROCESSES} at a time in each", each


def main() -> int:
    """Measure, write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="of the programs")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="write no result")
    asked = parser.parse_args()
    load_before = os.getloadavg()[0]
    programs = mixed_programs(asked.count)
    ways: dict[str, Way] = {}
    rows: tuple[tuple[Cell, ...], ...] = ()
    for done in range(1, asked.repetitions + 1):
        for name, each in rounds(asked.count):
            ways.setdefault(name, Way()).rounds.append(each)
            print(f"{each.way}: {each.seconds:.0f} s, {dict(each.outcomes())}", flush=True)
            for program, found in (*each.wrong(programs), *each.unjudged(programs)):
                print(f"  {program.kind}: {found}", flush=True)
        first = next(iter(ways.values())).rounds[0]
        rows = tuple(way.row(name, programs, first) for name, way in ways.items())
        if not asked.dry:  # each time: it takes long, and what was measured is not to be lost
            write(_record(rows, done, asked.count, load_before))
    return int(any(row[3] or row[5] for row in rows))


def _record(
    rows: tuple[tuple[Cell, ...], ...], repetitions: int, count: int, load_before: float
) -> Record:
    return Record(
        name="verdicts",
        question=f"Are the verdicts of {count} snippets the same in every way to validate them?",
        compared_with="the outcome that is right for each, and each way with the first",
        inputs={f"{each.name} ({each.weight} of {ROUND})": each.code(1) for each in KINDS},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=rows,
        load_before=load_before,
        notes=NOTES,
    )


if __name__ == "__main__":
    sys.exit(main())
