"""What does a snippet cost now, beside another checkout of this project, on the same machine?

`git worktree add --detach ../before COMMIT`, then `python benchmarks/bench_versions.py ../before`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from daytona_validate._bench.figures import Figure
from daytona_validate._bench.overhead_sides import OverheadRun
from daytona_validate._bench.record import Record
from record import write

HERE = Path(__file__).parents[1]
NOTES = (
    "The two take turns, and which comes first changes; a difference is taken within each pair.",
    (
        "CPU time, each measurement in a process of its own. The provider's one sandbox runs "
        "nothing, and nobody listens: neither a hook nor an exporter."
    ),
)


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path, help="a checkout of another commit")
    parser.add_argument("--repetitions", type=int, default=15, help="pairs")
    parser.add_argument("--count", type=int, default=20_000, help="snippets of each measurement")
    parser.add_argument("--in-flight", type=int, default=100)
    asked = parser.parse_args()
    load_before = os.getloadavg()[0]
    what = ("--in-flight", str(asked.in_flight), "--count", str(asked.count))
    before, now = list[OverheadRun](), list[OverheadRun]()
    for repetition in range(asked.repetitions):
        pair = ((asked.before, before), (HERE, now))
        for checkout, runs in pair[:: 1 if repetition % 2 else -1]:
            runs.append(_measured(checkout, *what))
        print(f"{repetition + 1}: before {_cpu_us(before[-1]):.1f}, now {_cpu_us(now[-1]):.1f} us")
    more = [_cpu_us(new) - _cpu_us(old) for old, new in zip(before, now, strict=True)]
    write(
        Record(
            name="versions",
            question="What does a snippet cost now, beside another commit?",
            compared_with=f"the commit {_commit(asked.before)}",
            inputs={"python": "print(1)"},
            repetitions=asked.repetitions,
            columns=("how", "CPU us a snippet", "CPU us more than before", "errors"),
            rows=(_row("before", before, "-"), _row("now", now, Figure.of(more))),
            load_before=load_before,
            notes=(*NOTES, f"{asked.count} snippets each, {asked.in_flight} at a time."),
        )
    )
    print(f"more than before: {Figure.of(more)} us")


def _measured(checkout: Path, *what: str) -> OverheadRun:
    """Measure the sources of a checkout: its folder `src` comes first on the path."""
    command = (sys.executable, "-m", "daytona_validate._bench.overhead_sides", "ours", *what)
    done = subprocess.run(command, cwd=checkout / "src", check=True, stdout=subprocess.PIPE)
    return OverheadRun(**json.loads(done.stdout))


def _commit(checkout: Path) -> str:
    command = ("git", "-C", str(checkout), "rev-parse", "--short", "HEAD")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _row(title: str, runs: list[OverheadRun], more: Figure | str) -> tuple[Figure | str | int, ...]:
    cost = Figure.of([_cpu_us(run) for run in runs])
    return (title, cost, more, sum(run.errors for run in runs))


def _cpu_us(run: OverheadRun) -> float:
    return 1e6 * run.cpu_s / run.count


if __name__ == "__main__":
    main()
