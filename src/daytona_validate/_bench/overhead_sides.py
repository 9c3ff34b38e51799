"""Many snippets over sandboxes that run nothing: what is left is the cost of bringing them there.

`python -m daytona_validate._bench.overhead_sides ours --in-flight 1000 --count 100000` prints an
`OverheadRun` as JSON.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from daytona_validate._bench.processes import UsedSoFar, rss_bytes
from daytona_validate._bench.side_program import plain_settings, side_program
from daytona_validate._client import Validator
from daytona_validate._models import (
    Execution,
    Limits,
    Outcome,
    SandboxSpec,
    Snippet,
    Stage,
    Step,
    Usage,
)
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate.testing import FakeProvider

_STEP = Step(stage=Stage.RUN, exit_code=0, stdout=b"1\n", usage=Usage(wall_s=0.01))
RAN = Execution(steps=(_STEP,), runtime="null 1.0")


class NullProvider:
    """Provider, and its only sandbox, that runs nothing and lets others have their turn once."""

    name = sandbox_id = "null"

    async def prepare(self, spec: SandboxSpec) -> None: ...

    def open(self, spec: SandboxSpec) -> NullProvider:  # noqa: ARG002 - the protocol's
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:  # noqa: ARG002
        await asyncio.sleep(0)
        return RAN

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OverheadRun:
    """What one measurement found."""

    count: int
    wall_s: float
    cpu_s: float
    grown_bytes: int
    """What the process had more at its peak than before it began."""
    errors: int


async def source(count: int) -> AsyncIterator[Snippet]:
    """Yield so many snippets, each another one."""
    for number in range(count):
        yield Snippet(code=f"print({number})", language="python")


async def validated(provider: SandboxProvider, in_flight: int, count: int) -> OverheadRun:
    """Stream results of so many snippets, and keep none."""
    settings = plain_settings(concurrency=in_flight)
    async with Validator(settings, provider=provider) as validator:

        async def passed(count: int) -> int:
            right = 0
            async with validator.stream(source(count)) as finished:
                async for result in finished:
                    right += result.outcome is Outcome.PASSED
            return right

        await passed(in_flight)
        return await _measured(passed, count)


async def gathered(in_flight: int, count: int) -> OverheadRun:
    """Do by hand what runs programs and no more: `gather` over all, behind a semaphore."""
    provider, semaphore = NullProvider(), asyncio.Semaphore(in_flight)
    spec = SandboxSpec(language="python", limits=Limits())

    async def one(snippet: Snippet) -> Execution:
        async with semaphore:
            await provider.prepare(spec)
            async with provider.open(spec) as sandbox:
                return await sandbox.run(snippet)

    async def passed(count: int) -> int:
        snippets = [snippet async for snippet in source(count)]
        return sum(each is RAN for each in await asyncio.gather(*map(one, snippets)))

    await passed(in_flight)
    return await _measured(passed, count)


async def _measured(passed: Callable[[int], Awaitable[int]], count: int) -> OverheadRun:
    before_bytes, began_s, used = rss_bytes(), time.perf_counter(), UsedSoFar.now()
    right = await passed(count)
    wall_s, now = time.perf_counter() - began_s, UsedSoFar.now()
    return OverheadRun(
        count=count,
        wall_s=wall_s,
        cpu_s=now.cpu_s - used.cpu_s,
        grown_bytes=now.peak_rss_bytes - before_bytes,
        errors=count - right,
    )


SIDES: dict[str, Callable[[int, int], Awaitable[OverheadRun]]] = {
    "ours": lambda in_flight, count: validated(NullProvider(), in_flight, count),
    "fake": lambda in_flight, count: validated(FakeProvider(), in_flight, count),
    "gather": gathered,
}


if __name__ == "__main__":
    side_program(SIDES, lambda asked: SIDES[asked.side](asked.in_flight, asked.count))
