"""Is every one of 10,000 results true where some of Daytona's answers are faulty, and is all gone?

It runs over the emulator, on loopback, with real sandboxes of this machine. It ends with 1 if a
result was wrong or a sandbox was left.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from daytona_validate._bench.faulty_answers import KINDS, PROGRAMS, Soaked, soaked
from daytona_validate._bench.figures import Cell
from daytona_validate._bench.record import Record
from daytona_validate._bench.side_program import plain_settings
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from record import write

FAULTS = sum(map(len, KINDS.values()))
COLUMNS = (
    *("snippets per sandbox", "validations", "right", "unavailable", "wrong"),
    *("sandboxes created", "deleted", "answers", "faulty", "seconds"),
)
NOTES = (
    (
        "Right and wrong are verdicts, each compared with what its own program must come to; "
        "unavailable is none. Created and deleted are the emulator's counts."
    ),
    (
        f"Faulty are answers to every operation, by chance of fixed seeds: {FAULTS} kinds, "
        "among them lost answers, requests that arrive twice, throttles, full pools and web "
        "pages."
    ),
    "The emulator is a thread of the same process, so the time says little of the client.",
)


def row(per_sandbox: int, came: Soaked) -> tuple[Cell, ...]:
    """Return the row of one run."""
    return (
        *(per_sandbox, came.count, came.right, came.unavailable, len(came.wrong)),
        *(came.created, came.deleted, came.requests, came.faults, round(came.seconds)),
    )


async def build_snapshot(running: ThreadedEmulator) -> None:
    """Have the emulator prepare Python."""
    settings = plain_settings(api_key=running.emulator.api_key)
    assert settings.api_key is not None
    async with http_client() as client:
        url = running.emulator.base_url
        service = Service(url, settings.api_key, client, request_timeout_s=30)
        await build(service, image("python", (), resources_for(Limits(), cpu=1)))


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--at-a-time", type=int, default=200)
    parser.add_argument("--faulty", type=float, default=0.02)
    parser.add_argument("--snippets-per-sandbox", type=int, nargs="+", default=[1, 20])
    given = parser.parse_args()
    load_before, rows, is_clean = os.getloadavg()[0], [], True
    with threaded(emulator) as running:
        asyncio.run(build_snapshot(running))
        for per_sandbox in given.snippets_per_sandbox:
            came = asyncio.run(
                soaked(
                    running,
                    count=given.count,
                    at_a_time=given.at_a_time,
                    faulty=given.faulty,
                    snippets_per_sandbox=per_sandbox,
                )
            )
            is_clean &= came.is_clean
            rows.append(row(per_sandbox, came))
            print(*rows[-1], *came.wrong[:9], *came.reasons.most_common(9), sep="\n  ")
    write(
        Record(
            name="faulty-answers",
            question=f"Is every result true where {given.faulty:.0%} of the answers are faulty?",
            compared_with="what each program must come to",
            inputs={"python": "\n".join(program.format("number") for program, _ in PROGRAMS)},
            repetitions=1,
            columns=COLUMNS,
            rows=tuple(rows),
            load_before=load_before,
            notes=(*NOTES, f"{given.at_a_time} at a time."),
        )
    )
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
