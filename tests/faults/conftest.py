"""Many validations against an emulator that does one thing wrong, and what came of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from daytona_validate import Outcome, Snippet, Validator
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.provider import DaytonaProvider
from hurried_time import HurriedTime
from plain_settings import plain_settings

SETTLED_S = 60.0
PROGRAMS = (
    ("print('fine')", Outcome.PASSED, "fine\n"),
    ("print('so far'); raise SystemExit(3)", Outcome.RUNTIME_ERROR, "so far\n"),
    ("print('never'", Outcome.COMPILE_ERROR, ""),
    ("open('once', 'x').close(); print('once')", Outcome.PASSED, "once\n"),
)
"""Each with what must become of it. The last fails if it is run twice in one sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of the validations under one fault."""

    name: str
    right: int = 0
    unavailable: int = 0
    wrong: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter[str])
    created: int = 0
    deleted: int = 0
    most_used: int = 0
    """Snippets that one sandbox took."""
    creates_asked: int = 0
    faults_met: int = 0
    took_s: float = 0.0

    def line(self) -> str:
        return (
            f"| {self.name} | {self.faults_met} | {self.right} | {self.unavailable} "
            f"| {len(self.wrong)} | {self.created} | {self.deleted} | {self.took_s:.1f} |"
        )


def _snippets(count: int) -> Iterator[Snippet]:
    for index in range(count):
        yield Snippet(code=PROGRAMS[index % len(PROGRAMS)][0], language="python")


@dataclass
class Faulty:
    """An emulator, and how many validations it is asked for."""

    daytona: ThreadedEmulator
    validations: int
    concurrency: int
    table: Path | None
    """Where the lines go; without one, delays are not waited for."""

    @property
    def waits_whole(self) -> bool:
        return self.table is not None

    async def validate(self, name: str, *faults: dict[str, Any], uses: int = 1) -> Came:
        """Validate under some faults, in sandboxes that take so many; nothing may be left of it."""
        before, began_s = self.daytona.emulator.counts, time.monotonic()
        async with self._provider() as provider:
            for fault in faults:
                self.daytona.emulator.set(**fault)
            async with Validator(
                plain_settings(snippets_per_sandbox=uses),
                provider=provider,
                concurrency=self.concurrency,
            ) as validator:
                results = await validator.validate_many(_snippets(self.validations))
            self.daytona.emulator.faults.clear()
            assert provider.removals is not None
            assert (provider.removals.pending, provider.removals.left) == (0, 0)
        took_s = time.monotonic() - began_s
        assert asyncio.all_tasks() == {asyncio.current_task()}
        counts = await self._settled()
        came = Came(
            name=name,
            created=counts.created - before.created,
            deleted=counts.deleted - before.deleted,
            most_used=max(result.sandbox_use or 0 for result in results),
            creates_asked=_asked(counts) - _asked(before),
            faults_met=sum(counts.faults.values()) - sum(before.faults.values()),
            took_s=took_s,
            right=sum(_is_right(result) for result in results),
            unavailable=sum(result.outcome is Outcome.UNAVAILABLE for result in results),
            wrong=[
                f"{result.index}: {result.details} {result.output!r}"
                for result in results
                if result.outcome is not Outcome.UNAVAILABLE and not _is_right(result)
            ],
            reasons=Counter(r.details for r in results if r.outcome is Outcome.UNAVAILABLE),
        )
        if self.table is not None:
            with self.table.open("a") as table:
                table.write(f"{came.line()}\n")
        return came

    @asynccontextmanager
    async def _provider(self) -> AsyncIterator[DaytonaProvider]:
        at = self.daytona.emulator
        config = plain_settings(
            api_key=SecretStr(at.api_key), base_url=at.base_url, request_timeout_s=20.0
        )
        hurried = HurriedTime()
        effects = Effects() if self.waits_whole else Effects(clock=hurried, sleep=hurried.sleep)
        provider = DaytonaProvider(config, effects=effects)
        try:
            yield provider
        finally:
            await provider.aclose()

    async def _settled(self) -> Counts:
        """Return the counts once nothing goes on in the emulator."""
        try:
            return await asyncio.to_thread(self.daytona.until, _is_still, longest_s=SETTLED_S)
        except TimeoutError:
            pytest.fail(f"something is left: {self.daytona.emulator.counts}")


def _is_still(counts: Counts) -> bool:
    return counts.alive == 0 and counts.open_connections == 0


def _asked(counts: Counts) -> int:
    return counts.requests.get("create", 0)


def _is_right(result: Any) -> bool:
    _, outcome, output = PROGRAMS[result.index % len(PROGRAMS)]
    return result.outcome is outcome and result.output == output


@pytest.fixture
def faulty(request: pytest.FixtureRequest, daytona: ThreadedEmulator) -> Iterator[Faulty]:
    """Few validations, or as many as `nox -s faults` wants."""
    option = request.config.getoption
    table = option("--fault-table")
    yield Faulty(
        daytona,
        validations=option("--fault-validations"),
        concurrency=option("--fault-concurrency"),
        table=Path(table) if table else None,
    )
    daytona.emulator.faults.clear()
