"""What does the JSON of a result cost, beside the standard library's encoder and plain pydantic?

The same results, each side in turn, in one process: CPU time of a result's line.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from time import process_time

from pydantic import TypeAdapter

from daytona_validate import CodeValidationResult, Fault, Location, Outcome, Stage
from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate._models import Timings, Usage
from daytona_validate._unsafe_characters import UNSAFE_CHARACTER
from record import write

TEXTS = {
    "a line of output": "Hello, World!\n",
    "4 KiB of output": "0123456 is a line.\n" * 216,
    "4 KiB with controls": "\x1b[1mbold\x1b[0m, again\n" * 216,
}
NOTES = (
    "The standard library's side is `dataclasses.asdict`, `json.dumps` and one substitution.",
    "`TypeAdapter.dump_json` alone leaves characters that do harm on a terminal as they are.",
)


def result_with(output: str) -> CodeValidationResult:
    """Return a result as a local run of a page has it."""
    return CodeValidationResult(
        skill="Python",
        status="Success",
        output=output,
        error=None,
        execution_time=0.1234,
        details="Code executed successfully in 0.12 seconds",
        outcome=Outcome.PASSED,
        fault=Fault.NONE,
        stage=Stage.RUN,
        language="python",
        provider="local",
        exit_code=0,
        usage=Usage(wall_s=0.1234, cpu_s=0.0812, peak_memory_bytes=12_345_678),
        timings=Timings(queued_s=0.0123, created_s=0.0234, ran_s=0.1345),
        runtime="Python 3.11.7",
        sandbox_id="jail-17",
        sandbox_use=1,
        network="blocked",
        attempts=1,
        location=Location("course/lesson.md", 12),
    )


def by_standard_library(result: CodeValidationResult) -> str:
    """Return its line as `json` and `dataclasses` make it."""
    text = json.dumps(asdict(result) | {"is_verdict": result.is_verdict}, ensure_ascii=False)
    return UNSAFE_CHARACTER.sub(lambda found: json.dumps(found[0])[1:-1], text)


def cpu_us(make: Callable[[], object], count: int) -> float:
    """Return microseconds of CPU time of one call."""
    began_s = process_time()
    for _ in range(count):
        make()
    return (process_time() - began_s) / count * 1e6


def row(name: str, repetitions: int, count: int) -> tuple[Cell, ...]:
    """Measure the sides in turn; return the row of a text."""
    result = result_with(TEXTS[name])
    dump_json = TypeAdapter(CodeValidationResult).dump_json
    sides: tuple[Callable[[], object], ...] = (
        result.to_json,
        result.to_dict,
        partial(dump_json, result),
        partial(by_standard_library, result),
    )
    assert json.loads(result.to_json()) == json.loads(by_standard_library(result))
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(repetitions + 1):
        for figures, make in zip(taken, sides, strict=True):
            figures.append(cpu_us(make, count))
    return (name, *(Figure.of(figures[1:]) for figures in taken))  # the first warms up


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--count", type=int, default=2_000)
    given = parser.parse_args()
    load_before = os.getloadavg()[0]
    rows = tuple(row(name, given.repetitions, given.count) for name in TEXTS)
    for each in rows:
        print(*each)
    write(
        Record(
            name="json",
            question="What does the JSON of a result cost?",
            compared_with="the standard library's encoder and pydantic's",
            inputs={name: text[:60] for name, text in TEXTS.items()},
            repetitions=given.repetitions,
            columns=("output", "to_json us", "to_dict us", "dump_json us", "standard library us"),
            rows=rows,
            load_before=load_before,
            notes=NOTES,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
