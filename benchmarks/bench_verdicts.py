"""Are verdicts the same, however many snippets are validated at a time, and in two processes?

The programs are those of `daytona_validate._bench.mixed_programs`: each has one outcome that is
right for it. It ends with 1 if any was wrong or not the same each time.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator

from daytona_validate._bench.record import failures
from daytona_validate._bench.same_verdicts import Round, at_a_time, in_processes
from daytona_validate._bench.verdict_agreement import AT_A_TIME, Agreement
from record import write

IN_TWO_PROCESSES = 16


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
    agreement = Agreement(asked.count, say=lambda line: print(line, flush=True))
    for done in range(1, asked.repetitions + 1):
        for name, each in rounds(asked.count):
            agreement.add(name, each)
        if not asked.dry:  # each time: it takes long, and what was measured is not to be lost
            write(agreement.record(repetitions=done))
    return int(failures(agreement.record(repetitions=asked.repetitions)) > 0)


if __name__ == "__main__":
    sys.exit(main())
