"""What a snippet without trouble costs besides its run: counted, so that nothing creeps back in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Self

import pytest

from daytona_validate import Sandbox, SandboxSpec, Snippet, Stage, Validator
from daytona_validate.testing import Execution, FakeProvider, ran
from work_done import WorkDone, work_done

RAN = ran("1\n")


class Null:
    """Provider, and its only sandbox, that runs nothing and costs next to nothing."""

    name = sandbox_id = "null"

    async def prepare(self, spec: SandboxSpec) -> None:
        pass

    def open(self, spec: SandboxSpec) -> Self:
        return self

    async def __aenter__(self) -> Sandbox:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        await asyncio.sleep(0)
        return RAN

    async def aclose(self) -> None:
        pass


async def numbered(count: int) -> AsyncIterator[Snippet]:
    for number in range(count):
        yield Snippet(code=f"print({number})", language="python")


def more_of(
    opened: Callable[..., Validator], provider: Callable[[], object], *, than: int, snippets: int
) -> WorkDone:
    """Return what so many snippets more cost a call, beyond what it costs by itself."""

    def call_of(count: int) -> WorkDone:
        async def call() -> None:
            async with (
                opened(provider(), concurrency=than // 2) as validator,
                validator.stream(numbered(count)) as finished,
            ):
                found = [result.outcome async for result in finished]
            assert found == ["passed"] * count

        return work_done(call)

    call_of(1)  # what is imported and remembered once
    few, many = call_of(than), call_of(than + snippets)
    return WorkDone(many.tasks - few.tasks, many.timers - few.timers, many.calls - few.calls)


CALLS = 350
"""Of functions, those in C included, for a snippet on Python 3.11: 330 when this was written, and
990 before it was looked at. 18 of them count for `Validator.stats()`."""
FAKED = 65
"""The same for what `FakeProvider` does: 58, and 248 before."""


@pytest.mark.parametrize(
    ("provider", "calls"), [(Null, CALLS), (FakeProvider, CALLS + FAKED)], ids=["null", "fake"]
)
def test_a_snippet_costs_one_timer_no_task_and_few_calls(
    opened: Callable[..., Validator], provider: Callable[[], object], calls: int
) -> None:
    cost = more_of(opened, provider, than=20, snippets=50)
    assert (cost.tasks, cost.timers) == (0, 50)
    assert cost.of("tenacity") == 0
    assert cost.calls.total() / 50 <= calls
