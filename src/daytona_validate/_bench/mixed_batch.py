"""How long a batch of mixed snippets takes, and how much CPU time: with what keeps running or not.

Each side opens a validator of its own for each batch, as a program does that has one batch to
validate: so compilers that keep running have to start within it, and pay for that.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from daytona_validate._bench.counting_programs import program
from daytona_validate._bench.figures import Cell, beside
from daytona_validate._bench.record import Record
from daytona_validate._bench.throughput import cpu_s
from daytona_validate._client import Validator
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

SHARES: Mapping[str, int] = {
    "python": 8,
    "javascript": 3,
    "typescript": 2,
    "go": 2,
    "sql": 2,
    "java": 1,
}
"""How many snippets of each round are of each language."""
COLUMNS = (
    *("side", "snippets per s", "beside the first", "CPU s", "beside the first"),
    *("compiled warm", "errors"),
)
NOTES = (
    "Every snippet has another number in it, and must print what it should; others are errors.",
    "The sides take turns, and what is beside the first is taken within each repetition.",
    "Each batch has a validator of its own; toolchains are prepared, nothing else has started.",
    "What is measured begins with the opening of the validator and ends with the last result.",
    "CPU time is that of this process and of all that it started, sandboxes and compilers.",
    "The kernel counts forks of a zygote for nobody: theirs is that of their control groups.",
    "Compiled warm and errors are counts of all repetitions together.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSide:
    """A way to validate batches."""

    title: str
    validator: Callable[[], Validator]
    """Makes one that is not open."""
    forks: bool = False
    """Whether Python programs are forks, whose CPU time is in their results alone."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch."""

    per_s: float
    cpu_s: float
    """Seconds."""
    warm: int
    wrong: Sequence[CodeValidationResult]


def mixed_batch(count: int, first: int) -> list[Snippet]:
    """Return so many snippets, always in the same order of languages.

    Args:
        count: How many.
        first: The number in the first; the next has the next one.
    """
    deck = [name for name, share in SHARES.items() for _ in range(share)]
    dealt = [deck[at % len(deck)] for at in range(count)]
    random.Random(count).shuffle(dealt)  # noqa: S311 - not for secrets
    return [program(name, first + at).snippet for at, name in enumerate(dealt)]


async def batch_of(side: BatchSide, snippets: Sequence[Snippet]) -> Batch:
    """Validate a batch, and return how fast that was."""
    cpu_before_s = await asyncio.to_thread(cpu_s)  # it reads files
    began_s = time.perf_counter()
    async with side.validator() as validator:
        results = await validator.validate_many(snippets)
        wall_s = time.perf_counter() - began_s
        used_s = await asyncio.to_thread(cpu_s) - cpu_before_s
    if side.forks:
        used_s += sum(each.usage.cpu_s or 0.0 for each in results if each.language == "python")
    return Batch(
        per_s=len(results) / wall_s,
        cpu_s=used_s,
        warm=sum(each.timings.warm for each in results),
        wrong=[each for each in results if each.outcome is not Outcome.PASSED],
    )


async def batches(
    sides: Sequence[BatchSide], *, count: int, repetitions: int, say: Callable[[str], None]
) -> Record:
    """Measure the sides in turns.

    Args:
        sides: The first is what the others are put beside.
        count: Snippets of a batch.
        repetitions: Batches of each side.
        say: Told of each batch.
    """
    load_before, first = os.getloadavg()[0], count
    found: dict[str, list[Batch]] = {each.title: [] for each in sides}
    for side in sides:  # prepares toolchains
        await batch_of(side, mixed_batch(2 * sum(SHARES.values()), -first))
    for turn in range(repetitions):
        for side in sides if turn % 2 == 0 else reversed(sides):
            batch = await batch_of(side, mixed_batch(count, first))
            first += count
            found[side.title].append(batch)
            say(f"{side.title}: {batch.per_s:.1f} / s, {batch.cpu_s:.1f} CPU s, {batch.warm} warm")
            for each in batch.wrong:
                say(f"  {each.language}: {each.outcome}: {each.details}")
    load = (
        f"Load averages, ours included: {load_before:.1f} before, {os.getloadavg()[0]:.1f} after."
    )
    theirs = found[sides[0].title]
    counts = Counter(each.language for each in mixed_batch(count, 1))
    listed = ", ".join(f"{name} {number}" for name, number in counts.most_common())
    return Record(
        name="batch",
        question=f"How long does a batch of {count} mixed snippets take, warm and cold?",
        compared_with="the first side",
        inputs={name: program(name, 1).code for name in SHARES},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(_row(title, ours, theirs) for title, ours in found.items()),
        load_before=load_before,
        notes=(*NOTES, f"Snippets of a batch: {listed}.", load),
    )


def _row(title: str, ours: Sequence[Batch], theirs: Sequence[Batch]) -> tuple[Cell, ...]:
    return (
        title,
        *beside(lambda each: each.per_s, ours, theirs),
        *beside(lambda each: each.cpu_s, ours, theirs),
        sum(each.warm for each in ours),
        sum(len(each.wrong) for each in ours),
    )
