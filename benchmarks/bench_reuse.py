"""What do snippets save at Daytona that use a sandbox one after the other?

Snippets in Python by the emulator, whose answer to each request for a sandbox takes as long as
Daytona is said to: with a sandbox for each snippet, and with one for up to `--most` of them. The
sides take turns. All else that runs in the emulator is real: jails, supervisors, programs, on this
machine's processors, which at Daytona are others' processors. It is root's, or of a user with a
range of ids: elsewhere no sandbox is used again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from dataclasses import dataclass

from pydantic import SecretStr

from daytona_validate import CodeValidationResult, Limits, Outcome, Settings, Snippet, Validator
from daytona_validate._bench.figures import Cell, beside
from daytona_validate._bench.record import Record
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from daytona_validate.emulator import Emulator, emulator
from record import write

PROGRAM = "print({n} ** 2)"
WARM_UP = 20
COLUMNS = (
    *("snippets a sandbox", "seconds", "of the time with one each", "sandboxes"),
    *("sandbox-seconds", "of those with one each"),
)
NOTES = (
    (
        "Sandbox-seconds are counted from the first word of the service that one is started to its "
        "word that it is deleted: the wait for the first word is not among them."
    ),
    "Every snippet of every repetition passed, with its own output.",
    (
        "With 20 a sandbox the time is that of this machine's processors: a run takes some 35 ms "
        "of theirs, and at Daytona of the service's."
    ),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One measurement of one side."""

    seconds: float
    sandboxes: int
    sandbox_seconds: float


def snippets(count: int) -> list[Snippet]:
    """Return programs that each print another number."""
    return [
        Snippet(code=PROGRAM.format(n=n), language="python", expected_output=f"{n**2}\n")
        for n in range(count)
    ]


async def turn(service: Emulator, count: int, *, most: int, concurrency: int) -> Turn:
    """Validate all snippets once."""
    settings = Settings(
        api_key=service.api_key, base_url=service.base_url, snippets_per_sandbox=most
    )
    provider = DaytonaProvider(settings)
    began_s = time.monotonic()
    async with Validator(settings, provider=provider, concurrency=concurrency) as validator:
        results = await validator.validate_many(snippets(count))
        seconds = time.monotonic() - began_s
    refuse_if_wrong(results, most=most)
    account = provider.account()
    return Turn(seconds, account.created, account.sandbox_seconds)


def refuse_if_wrong(results: list[CodeValidationResult], *, most: int) -> None:
    """End the program where a verdict is wrong, or no sandbox was used as it was to be."""
    wrong = [each.details for each in results if each.outcome is not Outcome.PASSED]
    if wrong:
        sys.exit(f"{len(wrong)} snippets did not pass: {wrong[0]}")
    uses = max(each.sandbox_use or 0 for each in results)
    if uses != min(most, uses) or (most > 1) != (uses > 1):
        sys.exit(f"A sandbox was used {uses} times, and should have been used {most} times.")


async def build_snapshot(service: Emulator) -> None:
    """Have the emulator prepare Python."""
    async with http_client() as client:
        key = SecretStr(service.api_key)
        api = Service(service.base_url, key, client, request_timeout_s=30)
        await build(api, image("python", (), resources_for(Limits(), cpu=1)))


async def measured(asked: argparse.Namespace) -> dict[int, list[Turn]]:
    """Return the turns of each side, in the order of the repetitions."""
    turns: dict[int, list[Turn]] = {1: [], asked.most: []}
    async with emulator() as service:
        await build_snapshot(service)
        service.set("create", "latency", delay_s=asked.latency)
        for most in turns:
            await turn(service, WARM_UP, most=most, concurrency=2)
        for _ in range(asked.repetitions):
            for most, found in turns.items():
                found.append(
                    await turn(service, asked.count, most=most, concurrency=asked.concurrency)
                )
                print(most, found[-1], flush=True)
    return turns


def rows(turns: dict[int, list[Turn]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the table, each side beside the first."""
    first = next(iter(turns.values()))
    return tuple(
        (
            most,
            *beside(lambda each: each.seconds, found, first),
            beside(lambda each: each.sandboxes, found, None)[0],
            *beside(lambda each: each.sandbox_seconds, found, first),
        )
        for most, found in turns.items()
    )


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--count", type=int, default=500, help="of the snippets")
    parser.add_argument("--concurrency", type=int, default=10, help="sandboxes at a time")
    parser.add_argument("--most", type=int, default=20, help="snippets of a sandbox")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds to make a sandbox")
    parser.add_argument("--dry", action="store_true", help="write no result")
    asked = parser.parse_args()
    load_before = os.getloadavg()[0]
    table = rows(asyncio.run(measured(asked)))
    record = Record(
        name="reuse",
        question=(
            f"How long do {asked.count} snippets in Python take at {asked.concurrency} sandboxes, "
            f"if making one takes {asked.latency:g} s and several may use it?"
        ),
        compared_with="a sandbox for each snippet",
        inputs={"python": PROGRAM},
        repetitions=asked.repetitions,
        columns=COLUMNS,
        rows=table,
        load_before=load_before,
        notes=NOTES,
    )
    for row in table:
        print(*map(str, row), sep=" | ")
    if not asked.dry:
        write(record)


if __name__ == "__main__":
    main()
