"""How long does a batch of 500 mixed snippets take here, and how much CPU time: warm and cold?"""

from __future__ import annotations

import argparse
import asyncio
import sys
from functools import partial

from daytona_validate import Settings, Validator
from daytona_validate._bench.mixed_batch import BatchSide, batches
from daytona_validate._bench.record import failures
from record import write


def side(title: str, *, at_a_time: int, forks: bool = False, **values: object) -> BatchSide:
    """Return a side by its settings."""
    settings = Settings(**values, python_engine="zygote" if forks else "cold")
    validator = partial(Validator, settings, provider="local", concurrency=at_a_time)
    return BatchSide(title=title, validator=validator, forks=forks)


def main() -> int:
    """Measure, write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="snippets of a batch")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--at-a-time", type=int, default=4)
    parser.add_argument("--dry", action="store_true", help="write no result")
    asked = parser.parse_args()
    of = partial(side, at_a_time=asked.at_a_time)
    sides = (
        of("cold", warm="off"),
        of("warm compilers", warm="auto"),
        of("warm compilers, Python forks", warm="auto", forks=True),
    )
    say = partial(print, flush=True)
    record = asyncio.run(batches(sides, count=asked.count, repetitions=asked.repetitions, say=say))
    if not asked.dry:
        write(record)
    return int(failures(record) > 0)


if __name__ == "__main__":
    sys.exit(main())
