"""Thousands of validations over an emulator some of whose answers are faulty: is every one true?

Each program is another, so that a result that belongs to another snippet, or that was made up,
shows; and one kind of them fails where it is run twice in one folder.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from daytona_validate._bench.side_program import plain_settings
from daytona_validate._client import Validator
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

SETTLED_S = 120.0
"""Within which the emulator has to be done with what was asked of it."""
PROGRAMS = (
    ("print({})", Outcome.PASSED),
    ("print({}); raise SystemExit(3)", Outcome.RUNTIME_ERROR),
    ("print({}", Outcome.COMPILE_ERROR),
    ("open('once', 'x').close(); print({})", Outcome.PASSED),
)
"""Each with what must become of it."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "create": (
        *("stale", "no_toolbox_url", "throttled", "quota", "no_runners", "conflict"),
        *("server_error", "bad_gateway", "unavailable", "dropped_before", "dropped_after"),
        *("dropped_during", "truncated", "html", "duplicated", "fails_to_start", "error_state"),
    ),
    "get": ("throttled", "server_error", "dropped_before", "html", "truncated"),
    "execute": (
        *("not_started", "container_gone", "unauthorized", "server_error", "bad_gateway"),
        *("throttled", "dropped_before", "dropped_after", "dropped_during", "truncated", "html"),
        *("replacement", "duplicated", "junk"),
    ),
    "delete": (
        *("conflict", "throttled", "server_error", "dropped_before", "dropped_after", "html"),
        "duplicated",
    ),
}
"""Faults by operation, each as likely as the others of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """What came of it."""

    count: int
    seconds: float
    right: int
    unavailable: int
    wrong: tuple[str, ...]
    created: int
    deleted: int
    alive: int
    faults: int
    """Faulty answers."""
    requests: int
    reasons: Counter[str] = field(default_factory=Counter[str])
    """Of what was unavailable."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong and nothing is left."""
        return not self.wrong and self.created == self.deleted and self.alive == 0


async def soaked(
    running: ThreadedEmulator,
    *,
    count: int,
    at_a_time: int,
    faulty: float = 0.02,
    snippets_per_sandbox: int = 1,
) -> Soaked:
    """Validate so many snippets over an emulator, which has a snapshot for Python.

    Args:
        running: The emulator; its faults are cleared afterwards.
        count: How many snippets.
        at_a_time: How many of them at one time.
        faulty: The part of the answers that are faulty.
        snippets_per_sandbox: How many snippets a sandbox is used for at most.

    Raises:
        TimeoutError: Something is left in the emulator.
    """
    before, began_s = running.emulator.counts, time.monotonic()
    settings = plain_settings(
        api_key=running.emulator.api_key,
        base_url=running.emulator.base_url,
        concurrency=at_a_time,
        snippets_per_sandbox=snippets_per_sandbox,
    )
    for operation, kinds in KINDS.items():
        for seed, kind in enumerate(kinds):
            running.emulator.set(operation, kind, probability=faulty / len(kinds), seed=seed)
    async with (
        Validator(settings, provider="daytona") as validator,
        validator.stream(_snippets(count)) as finished,
    ):
        results = [result async for result in finished]
    running.emulator.faults.clear()
    after = await asyncio.to_thread(running.until, _is_still, longest_s=SETTLED_S)
    seconds = time.monotonic() - began_s
    unavailable = [each for each in results if each.outcome is Outcome.UNAVAILABLE]
    wrong = [each for each in results if each not in unavailable and not _is_right(each)]
    return Soaked(
        count=count,
        seconds=seconds,
        right=len(results) - len(unavailable) - len(wrong),
        unavailable=len(unavailable),
        wrong=(
            *(f"{each.index}: {each.details} {each.output!r}" for each in wrong),
            *([] if _is_whole(results, count) else ["some results are missing, or come twice"]),
        ),
        created=after.created - before.created,
        deleted=after.deleted - before.deleted,
        alive=after.alive,
        faults=sum(after.faults.values()) - sum(before.faults.values()),
        requests=sum(after.requests.values()) - sum(before.requests.values()),
        reasons=Counter(each.details for each in unavailable),
    )


def _snippets(count: int) -> Iterator[Snippet]:
    for number in range(count):
        program, _ = PROGRAMS[number % len(PROGRAMS)]
        yield Snippet(code=program.format(number), language="python")


def _is_right(result: CodeValidationResult) -> bool:
    _, outcome = PROGRAMS[result.index % len(PROGRAMS)]
    output = "" if outcome is Outcome.COMPILE_ERROR else f"{result.index}\n"
    return result.outcome is outcome and result.output == output


def _is_whole(results: list[CodeValidationResult], count: int) -> bool:
    return sorted(result.index for result in results) == list(range(count))


def _is_still(counts: Counts) -> bool:
    return counts.alive == 0 and counts.open_connections == 0
