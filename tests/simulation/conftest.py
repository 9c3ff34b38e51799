"""Batches of snippets over a simulated Daytona, by the real provider, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from daytona_validate import CodeValidationResult, SandboxSpec, Snippet, Stage, Validator
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate.testing import Execution, ran
from plain_settings import plain_settings


@dataclass
class Worker:
    """A sandbox of Daytona's in which a program only takes time."""

    sandbox_id: str
    run_s: Callable[[], float]

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        await asyncio.sleep(self.run_s())
        return ran(snippet.code)


@dataclass
class Simulation:
    """The Daytona provider over a simulated Daytona: all but what runs in the sandboxes."""

    daytona: Any
    run_s: Callable[[], float]
    name: str = "daytona"

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(transport=self.daytona)
        effects = Effects(
            clock=asyncio.get_running_loop().time, random=random.Random(7).random, host="here"
        )
        self.real = DaytonaProvider(
            plain_settings(api_key="dtn_1"), http_client=self._client, effects=effects
        )

    async def prepare(self, spec: SandboxSpec) -> None:
        await self.real.prepare(spec)

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Worker]:
        return self._open(spec)

    @asynccontextmanager
    async def _open(self, spec: SandboxSpec) -> AsyncIterator[Worker]:
        async with self.real.open(spec) as sandbox:
            yield Worker(sandbox.sandbox_id, self.run_s)

    async def aclose(self) -> None:
        await self.real.aclose()
        await self._client.aclose()


@dataclass
class Batch:
    """What came of a batch."""

    results: list[CodeValidationResult]
    took_s: float
    outcomes: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self.outcomes.update(result.outcome.value for result in self.results)

    def rate(self) -> float:
        """Results a second."""
        return len(self.results) / self.took_s

    def details(self) -> set[str]:
        return {result.details for result in self.results}


@asynccontextmanager
async def simulated(
    daytona: Any, *, concurrency: int, run_s: float | Callable[[], float] = 1.0
) -> AsyncIterator[Validator]:
    """Hold a validator over a simulated Daytona; in the end nothing may be left there."""
    chosen = run_s if callable(run_s) else lambda: run_s
    async with Validator(
        provider=Simulation(daytona, chosen), concurrency=concurrency
    ) as validator:
        yield validator
    assert daytona.alive == set()
    assert daytona.deleted + daytona.expired == daytona.answers["created"]


async def batch(validator: Validator, count: int, *languages: str) -> Batch:
    """Validate so many snippets, in turn of these languages, and count."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    chosen = languages or ("python",)
    snippets = (
        Snippet(code=f"print({number})", language=chosen[number % len(chosen)])
        for number in range(count)
    )
    results = await validator.validate_many(snippets)
    return Batch(results, loop.time() - began_s)


@dataclass
class Table:
    """Lines for people, if somebody wants them: `--simulation-table`."""

    path: Path | None

    def line(self, what: str, done: Batch, daytona: Any, ideal_s: float | None = None) -> None:
        if self.path is None:
            return
        part = "" if ideal_s is None else f"{ideal_s / done.took_s:.0%}"
        came = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.outcomes.items()))
        with self.path.open("a") as file:
            file.write(
                f"| {what} | {came} | {daytona.creations} | {daytona.wasted} | {daytona.most} "
                f"| {done.took_s:.1f} | {part} |\n"
            )


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    option = request.config.getoption("--simulation-table")
    return Table(Path(option) if option else None)
