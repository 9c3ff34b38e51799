"""Whose turn it is, where snippets share sandboxes: first of those for whom one is idle."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from daytona_validate import Sandbox, SandboxSpec, Snippet, Validator
from daytona_validate._sandbox_pool.turns import MOST_WAITING, Turns, look_ahead
from daytona_validate.testing import FakeProvider, ran

Open = Callable[..., Validator]
SIX = ("python", "go", "java", "sql", "javascript", "typescript")
pytestmark = pytest.mark.virtual_time


class Line:
    """One who is let in, others who wait, and what is idle."""

    def __init__(self, *idle: str) -> None:
        self.idle = Counter(idle)
        self.turns = Turns(1, lambda: self.idle)
        self.served: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def wait(self, *languages: str) -> None:
        await self.turns.take("the first")
        self.tasks = [asyncio.create_task(self._take(each)) for each in languages]
        await self.pause()

    async def leave(self, times: int = 1) -> None:
        for _ in range(times):
            self.turns.give_back()
        await self.pause()

    async def pause(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _take(self, language: str) -> None:
        await self.turns.take(language)
        self.served.append(language)


async def test_who_fits_what_is_idle_comes_before_who_came_first() -> None:
    line = Line("go")
    await line.wait("python", "java", "go", "go")
    assert (line.served, line.turns.inside) == ([], 1)
    await line.leave()
    assert line.served == ["go"]
    line.idle.clear()
    await line.leave(3)
    assert line.served == ["go", "python", "java", "go"]


async def test_one_idle_sandbox_calls_one_snippet() -> None:
    line = Line("go")
    await line.wait("python", "go", "go")
    await line.leave(2)
    assert sorted(line.served) == ["go", "python"]


async def test_who_is_called_off_in_the_line_is_passed_over() -> None:
    line = Line()
    await line.wait("python", "go")
    line.tasks[0].cancel()
    await line.pause()
    await line.leave()
    assert (line.served, line.turns.inside) == (["go"], 1)
    await line.leave()
    assert line.turns.inside == 0


async def test_who_is_called_off_when_let_in_lets_the_next_one_in() -> None:
    line = Line("python")
    await line.wait("go", "python", "java")
    line.turns.give_back()
    line.tasks[1].cancel()
    await line.pause()
    assert (line.served, line.turns.inside) == (["go"], 1)
    line.idle["java"] = 1
    await line.leave()
    assert (line.served, line.turns.inside) == (["go", "java"], 1)


async def test_who_is_called_off_at_the_same_moment_is_passed_over() -> None:
    line = Line("python")
    await line.wait("python", "go")
    line.tasks[0].cancel()  # its task has not gone on, and is in the line
    await line.leave()
    assert (line.served, line.turns.inside) == (["go"], 1)
    line.tasks = [asyncio.create_task(line.turns.take("python"))]
    await line.pause()
    line.tasks[0].cancel()
    await line.leave()
    assert line.turns.inside == 0


@pytest.mark.parametrize(("at_work", "taken"), [(1, 16), (10, 160), (9_999, 9_999 + MOST_WAITING)])
def test_what_is_looked_at_is_bounded(at_work: int, taken: int) -> None:
    assert look_ahead(at_work) == taken


class Slow(FakeProvider):
    """A sandbox takes a second to make, and a program a part of one."""

    def __init__(self, least_s: float = 0.1, most_s: float = 0.5) -> None:
        dice = random.Random(1)

        async def script(_: Snippet) -> Any:
            await asyncio.sleep(dice.uniform(least_s, most_s))
            return ran()

        super().__init__(script, uses=50)

    def open(self, spec: SandboxSpec) -> Any:
        return self._made(spec)

    @asynccontextmanager
    async def _made(self, spec: SandboxSpec) -> AsyncIterator[Sandbox]:
        await asyncio.sleep(1)
        async with super().open(spec) as sandbox:
            yield sandbox


@pytest.mark.slow
@pytest.mark.parametrize(
    ("in_a_row", "most"),
    [(300, 20), (1, 35), (10, 90)],
    ids=["one language", "in turn", "ten in a row"],
)
async def test_languages_in_any_order_need_few_sandboxes(
    opened: Open, in_a_row: int, most: int
) -> None:
    snippets = [Snippet(code="1", language=SIX[n // in_a_row % 6]) for n in range(300)]
    fake = Slow()
    async with opened(fake, concurrency=10, DAYTONA_SNIPPETS_PER_SANDBOX=20) as validator:
        results = await validator.validate_many(snippets)
    assert [each.language for each in results] == [each.language for each in snippets]
    assert fake.opened <= most


@pytest.mark.slow
async def test_many_short_snippets_take_a_part_of_the_time(opened: Open) -> None:
    """What `bench_reuse.py` measures with real programs, for a run that takes 0.2 s."""
    took_s, made = dict[int, float](), dict[int, int]()
    for most in (1, 20):
        fake = Slow(0.2, 0.2)
        began_s = asyncio.get_running_loop().time()
        async with opened(fake, concurrency=10, DAYTONA_SNIPPETS_PER_SANDBOX=most) as validator:
            await validator.validate_many([Snippet(code="1", language="python")] * 500)
        took_s[most], made[most] = asyncio.get_running_loop().time() - began_s, fake.opened
    assert made == {1: 500, 20: 30}  # three for each place: 50 snippets, 20 at most in each
    assert took_s == {1: pytest.approx(50 * 1.2), 20: pytest.approx(50 * 0.2 + 3)}
    assert took_s[20] <= 0.25 * took_s[1]
