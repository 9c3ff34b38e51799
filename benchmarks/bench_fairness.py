"""How long does a call of one snippet take beside batches that want every slot?

Batches are endless streams of the same program; the call is made again and again while they run.
It uses public names alone, so that it runs over an older version as well:
`PYTHONPATH=OLD/src python benchmarks/bench_fairness.py --name fairness-before`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from time import perf_counter

from daytona_validate import QueueFull, Settings, Snippet, Validator
from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate.testing import Execution, FakeProvider, ran
from record import write

PROGRAM_S = 0.05
CODE = "print(sum(range(1_000_000)))"
SLOTS = 10
MAX_QUEUE = 5
BATCHES = (0, 1, 4, 16)
COLUMNS = ("sandboxes", "batches", "ms a call", "beside alone", "calls refused", "errors")
NOTES = (
    (
        f"`sleeping`: a fake provider whose programs take {PROGRAM_S * 1000:.0f} ms of wall time, "
        f"{SLOTS} slots. `jails`: the local provider, as many slots as it has by default."
    ),
    "The median of the calls of each repetition; the sides take turns.",
    f"Refused: of as many again, those that met a `QueueFull` at a `max_queue` of {MAX_QUEUE}.",
    "Errors are calls that did not pass.",
)


async def sleeping(_: Snippet) -> Execution:
    """Run for a while."""
    await asyncio.sleep(PROGRAM_S)
    return ran()


SIDES: dict[str, Callable[[Settings], Validator]] = {
    "sleeping": lambda settings: Validator(
        settings, provider=FakeProvider(sleeping), concurrency=SLOTS
    ),
    "jails": lambda settings: Validator(settings, provider="local"),
}


async def endless() -> AsyncIterator[Snippet]:
    """Yield snippets for ever."""
    while True:
        yield Snippet(code=CODE, language="python")


async def consume(validator: Validator) -> None:
    """Be one batch, if the queue has room for it."""
    with suppress(QueueFull):
        async with validator.stream(endless()) as finished:
            async for _ in finished:
                pass


async def calls(
    side: str, batches: int, count: int, *, max_queue: int | None = None
) -> tuple[list[float], int, int]:
    """Return what calls beside batches took, in ms; how many were refused, and how many failed."""
    took_ms, refused, failed = list[float](), 0, 0
    async with SIDES[side](Settings(max_queue=max_queue)) as validator, AsyncExitStack() as stack:
        await validator.validate(CODE, "python")  # prepares what is not there yet
        group = await stack.enter_async_context(asyncio.TaskGroup())
        running = []
        for _ in range(batches):
            running.append(group.create_task(consume(validator)))
            await asyncio.sleep(0.1)  # each has begun before the next asks
        for _ in range(count):
            began_s = perf_counter()
            try:
                result = await validator.validate(CODE, "python")
                took_ms.append(1000 * (perf_counter() - began_s))
                failed += result.outcome != "passed"
            except QueueFull:
                refused += 1
                await asyncio.sleep(PROGRAM_S)
        for task in running:
            task.cancel()
    return took_ms, refused, failed


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="fairness")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--calls", type=int, default=20)
    given = parser.parse_args()
    load_before, rows = os.getloadavg()[0], list[tuple[Cell, ...]]()
    for side in SIDES:
        found: dict[int, list[tuple[list[float], int, int]]] = {each: [] for each in BATCHES}
        for _ in range(given.repetitions):
            for batches in BATCHES:
                took, _, failed = asyncio.run(calls(side, batches, given.calls))
                limited = calls(side, batches, given.calls, max_queue=MAX_QUEUE)
                _, refused, failed_as_well = asyncio.run(limited)
                found[batches].append((took, refused, failed + failed_as_well))
        alone = [statistics.median(took) for took, *_ in found[0]]
        for batches, runs in found.items():
            ours = [statistics.median(took) for took, *_ in runs]
            refused, failed = sum(run[1] for run in runs), sum(run[2] for run in runs)
            figures = Figure.of(ours), Figure.of_ratios(ours, alone)
            rows.append((side, batches, *figures, refused, failed))
            print(*rows[-1], flush=True)
    write(
        Record(
            name=given.name,
            question="How long does a call of one snippet take beside batches?",
            compared_with="the same call alone",
            inputs={"python": CODE},
            repetitions=given.repetitions,
            columns=COLUMNS,
            rows=tuple(rows),
            load_before=load_before,
            notes=NOTES,
        )
    )
    return 1 if any(row[-1] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
