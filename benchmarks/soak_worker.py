"""The process that is soaked: it validates a round for each line on stdin, and says what came.

It is looked at from outside while it waits for the next line: with its validator open, or where
compilers keep running, which other ones replace now and then, with it closed.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

from daytona_validate import CodeValidationResult, Outcome, Snippet, Validator
from daytona_validate._bench.side_program import plain_settings
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.id_maps import ids_here
from daytona_validate._models import Limits
from soak_programs import Ground, SoakProgram, programs

GRACE_S = 10.0
"""What goes on after the last result of a round, such as a removal, has so long to end."""


@dataclass(slots=True)
class Round:
    """What came of a round."""

    right: int = 0
    hostile: int = 0
    warm: int = 0
    """Compiled by what was running already."""
    wrong: list[str] = field(default_factory=list[str])
    unavailable: dict[str, int] = field(default_factory=dict[str, int])
    seconds: float = 0.0
    tasks: list[str] = field(default_factory=list[str])
    """Of the event loop, beside the one that asks: the names of their coroutines."""
    traced_bytes: int = 0
    """0 unless PYTHONTRACEMALLOC is set."""
    objects: dict[str, int] = field(default_factory=dict[str, int])
    """That the collector of garbage knows, by type."""

    def take(self, program: SoakProgram, result: CodeValidationResult, ground: Ground) -> None:
        """Count a result."""
        self.hostile += program.is_hostile
        self.warm += result.timings.warm
        if result.outcome in (Outcome.UNAVAILABLE, Outcome.CANCELLED):
            why = f"{program.kind.name}: {result.reason}: {result.details}"
            self.unavailable[why] = self.unavailable.get(why, 0) + 1
        elif (mistake := program.mistake(result, ground)) is not None:
            self.wrong.append(f"{program.kind.name} {program.number}: {mistake}")
        else:
            self.right += 1


async def soaked(
    validator: Validator,
    *,
    seed: int,
    count: int,
    languages: list[str],
    ground: Ground,
    has_all_kinds: bool = False,
) -> Round:
    """Validate so many programs, and compare each result with what is right.

    Args:
        validator: Open.
        seed: Of the programs.
        count: How many.
        languages: Of the programs.
        ground: What the sandboxes are made of.
        has_all_kinds: Whether one of each kind comes first.
    """
    wanted = programs(seed, count, languages=languages, has_all_kinds=has_all_kinds)
    came, waiting, began_s = Round(), dict[int, SoakProgram](), time.monotonic()

    def snippets() -> Iterator[Snippet]:
        for index, each in enumerate(wanted):
            waiting[index] = each
            yield each.snippet

    async with validator.stream(snippets()) as finished:
        async for result in finished:
            came.take(waiting.pop(result.index), result, ground)
    came.wrong += [f"{each.kind.name}: there is no result" for each in waiting.values()]
    came.seconds = time.monotonic() - began_s
    return came


async def counted(came: Round, lasting: set[asyncio.Task[Any]]) -> Round:
    """Add what this process holds, once the garbage is collected.

    Args:
        came: What came of a round.
        lasting: Tasks that were there before; all others have a while to end.
    """
    gc.collect()
    if others := _tasks() - lasting:
        await asyncio.wait(others, timeout=GRACE_S)
    came.tasks = sorted(getattr(each.get_coro(), "__qualname__", "?") for each in _tasks())
    came.traced_bytes = tracemalloc.get_traced_memory()[0]
    came.objects = dict(Counter(type(each).__qualname__ for each in gc.get_objects()))
    return came


def _tasks() -> set[asyncio.Task[Any]]:
    return {each for each in asyncio.all_tasks() if each is not asyncio.current_task()}


def _ground(provider: str) -> Ground:
    if provider == "daytona":
        return Ground.DAYTONA if ids_here() is not None else Ground.ONE_USER
    groups = Cgroups.find(Limits())
    return Ground.GROUPS if groups.counts_memory and groups.counts_processes else Ground.NO_GROUPS


async def start_threads() -> None:
    """Have all threads that the event loop may start: else they come one by one, when needed."""
    most = (os.cpu_count() or 1) + 4
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(most))
    all_there = threading.Barrier(most)
    await asyncio.gather(*(asyncio.to_thread(all_there.wait) for _ in range(most)))


async def main() -> None:
    """Serve rounds until stdin ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provider", choices=["local", "daytona"], required=True)
    parser.add_argument("--at-once", type=int, required=True)
    parser.add_argument("--languages", nargs="+", required=True)
    parser.add_argument("--warm", choices=["auto", "off"], required=True)
    asked = parser.parse_args()
    names = ("api_key", "base_url", "cache_dir")
    given = {each: os.environ.get(f"DAYTONA_{each.upper()}") for each in names}
    settings = plain_settings(
        concurrency=asked.at_once,
        machine_slots=asked.at_once,
        warm=asked.warm,
        **{name: value for name, value in given.items() if value},
    )
    await start_threads()
    ground = await asyncio.to_thread(_ground, asked.provider)
    lasting = set[asyncio.Task[Any]]()
    async with AsyncExitStack() as stack:
        shared = None
        if asked.provider != "local" or asked.warm == "off":
            shared = Validator(settings, provider=asked.provider)
            await stack.enter_async_context(shared)
        while line := await asyncio.to_thread(sys.stdin.readline):
            own = Validator(settings, provider=asked.provider)
            async with nullcontext(shared) if shared else own as validator:
                came = await soaked(
                    validator, **json.loads(line), languages=asked.languages, ground=ground
                )
            came = await counted(came, lasting)
            lasting = lasting or _tasks()
            print(json.dumps(asdict(came) | {"ground": ground}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
