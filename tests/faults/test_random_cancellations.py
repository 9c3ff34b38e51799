"""Faults by chance, cancellations at any moment, closing in the middle: nothing is left, or wrong.

The seed chooses what happens, and at which of its waits a task is cancelled; how the tasks take
turns is up to the host, and must not matter.
"""

from __future__ import annotations

import asyncio
import base64
import random
import re
from collections import Counter
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr

from cancelled_at import Cancelled
from daytona_validate import CodeValidationResult, Limits, Outcome, Snippet, Validator
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from daytona_validate._errors import SandboxLost, ValidatorClosed
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from how_many_ended import Ended
from hurried_time import HurriedTime
from plain_settings import plain_settings

T = TypeVar("T")
Work = Coroutine[Any, Any, CodeValidationResult | None]

SEEDS = [0, pytest.param(1, marks=pytest.mark.thorough)]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

MOST_TURNS = 300
SNIPPETS, AT_ONCE, MOST_WAITS, SETTLED_S = 40, 12, 8, 60.0
USES, CALLS = 5, 6
KINDS = {
    "create": "stale no_toolbox_url throttled quota no_runners conflict server_error bad_gateway "
    "dropped_before dropped_after dropped_during truncated html duplicated fails_to_start",
    "get": "throttled server_error dropped_before html truncated",
    "execute": "not_started container_gone server_error bad_gateway throttled dropped_before "
    "dropped_after dropped_during truncated html replacement duplicated junk",
    "delete": "conflict throttled server_error dropped_before dropped_after html duplicated",
}
CLOSING = ["nobody", "the validator", "the validator, called off", "the provider"]
SHOWN_ABOVE = {"nobody", "the validator"}
"""In each run with a sandbox for each snippet; with shared ones in the thorough tests."""
ANSWER = """\
{nonce} begin cHl0aG9uIDMuMTEuOQ== shut
command run code={code} cpu=0.01 disk_full=0 host_oom=0 killed=0 peak=8024 signal=0 \
stopped=- waited=- wall=0.02
out {size} {size} :{output}
err 0 0 :
{nonce} end 1 reuse=yes
"""


@dataclass(frozen=True)
class Ran:
    output: bytes
    exit_code: int = 0
    is_timed_out: bool = False


@dataclass
class InstantMachine:
    """Answers as the envelope of a program would that prints its own mark, and runs nothing."""

    owner: InstantMachines
    ran: dict[str, Ran] = field(default_factory=dict)
    """By the nonce of the script, of which there shall be one."""
    is_removed: bool = False

    async def execute(self, command: str, **_: Any) -> Ran:
        found = re.search(r"(?s)\nnonce (\w+)\n.*\nfile \S+\n(\S+)\n", command)
        assert found is not None
        nonce, code = found[1], base64.b64decode(found[2]).decode()
        if nonce not in self.ran:
            mark, exit_code = code.split()[1:]
            self.owner.runs[mark] += 1
            output = f"{mark}\n".encode()
            text = base64.b64encode(output).decode()
            printed = ANSWER.format(nonce=nonce, code=exit_code, size=len(output), output=text)
            self.ran[nonce] = Ran(printed.encode())
            self.owner.most_runs = max(self.owner.most_runs, len(self.ran))
        await some_turns(self.owner.dice, 20)
        if self.is_removed:
            raise SandboxLost("The machine was removed while this ran.")
        return self.ran[nonce]

    async def halt(self) -> None:
        self.is_removed = True

    async def remove(self) -> None:
        self.is_removed = True


@dataclass
class InstantMachines:
    dice: random.Random
    runs: Counter[str] = field(default_factory=Counter[str])
    """By snippet."""
    most_runs: int = 0
    """In one sandbox."""

    def forget(self) -> None:
        self.runs.clear()
        self.most_runs = 0

    async def make(self, _: str, **__: Any) -> Any:
        await some_turns(self.dice, 20)
        return InstantMachine(self)


@pytest.fixture(scope="module")
def machines() -> InstantMachines:
    return InstantMachines(random.Random(0))


@pytest.fixture(scope="module")
def running(machines: Any) -> Iterator[ThreadedEmulator]:
    with threaded(lambda: emulator(machines=machines)) as made:
        asyncio.run(_build_snapshot(made))
        yield made


async def _build_snapshot(running: ThreadedEmulator) -> None:
    key = SecretStr(running.emulator.api_key)
    async with http_client() as client:
        service = Service(running.emulator.base_url, key, client, request_timeout_s=30)
        await build(service, image("python", (), resources_for(Limits(), cpu=1)))


async def some_turns(dice: random.Random, most: int) -> None:
    for _ in range(dice.randint(0, most)):
        await asyncio.sleep(0)


@pytest.mark.parametrize("closing", CLOSING)
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_left_whatever_happens_when(
    running: ThreadedEmulator, machines: InstantMachines, seed: int, closing: str
) -> None:
    dice, at = random.Random(f"{seed} {closing}"), running.emulator
    before = at.counts
    machines.forget()
    provider, ended = provider_with_faults(at, dice, seed), Ended()
    async with Validator(provider=provider, concurrency=AT_ONCE) as validator:
        works: list[Coroutine[Any, Any, CodeValidationResult | None]] = [
            ended.counted(one(validator, number)) for number in range(SNIPPETS)
        ]
        for number in dice.sample(range(SNIPPETS), SNIPPETS // 3):
            works[number] = cancelled_meanwhile(works[number], dice)
        closing_too = close(closing, validator, provider, ended, dice)
        ends = await asyncio.gather(*works, closing_too, return_exceptions=True)
    at.faults.clear()
    assert provider.removals is not None
    assert provider.removals.pending == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert [end for end in ends if not is_true(end)] == []
    judged = [end for end in ends if isinstance(end, CodeValidationResult) and end.is_verdict]
    assert closing != "nobody" or len(judged) > SNIPPETS // 4
    assert closing != "nobody" or ends.count(None) > SNIPPETS // 8, "hardly one was cancelled"
    assert machines.most_runs <= 1, "a sandbox was used twice"
    assert max(machines.runs.values(), default=0) <= 2, "lost once, and once more"
    await nothing_is_left(running, before)


@pytest.mark.parametrize(
    "closing",
    [
        pytest.param(each, marks=[pytest.mark.thorough] if each in SHOWN_ABOVE else [])
        for each in CLOSING
    ],
)
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_left_of_calls_whose_snippets_share_sandboxes(
    running: ThreadedEmulator, machines: InstantMachines, seed: int, closing: str
) -> None:
    dice, at = random.Random(f"{seed} {closing} shared"), running.emulator
    before = at.counts
    machines.forget()
    provider, ended = provider_with_faults(at, dice, seed), Ended()
    settings = plain_settings(snippets_per_sandbox=USES)
    async with Validator(settings, provider=provider, concurrency=AT_ONCE) as validator:
        works: list[Coroutine[Any, Any, list[CodeValidationResult] | None]] = [
            many(validator, call, ended) for call in range(CALLS)
        ]
        for number in dice.sample(range(CALLS), CALLS // 2):
            works[number] = cancelled(works[number], dice, most_waits=2 * SNIPPETS)
        closing_too = close(closing, validator, provider, ended, dice)
        ends = await asyncio.gather(*works, closing_too, return_exceptions=True)
    at.faults.clear()
    assert provider.removals is not None
    assert provider.removals.pending == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert [e for e in ends if not isinstance(e, list | ValidatorClosed | None)] == []
    assert closing != "nobody" or machines.most_runs > 1, "no sandbox was used again"
    assert machines.most_runs <= USES
    assert max(machines.runs.values(), default=0) <= 3, "lost in a used one, and twice more"
    await nothing_is_left(running, before)


def provider_with_faults(at: Emulator, dice: random.Random, seed: int) -> DaytonaProvider:
    for operation, kinds in KINDS.items():
        for kind in dice.sample(kinds.split(), 3):
            at.set(operation, kind, probability=dice.choice([0.05, 0.15]), seed=seed)
    config = plain_settings(
        api_key=SecretStr(at.api_key), base_url=at.base_url, request_timeout_s=10.0
    )
    hurried = HurriedTime()
    return DaytonaProvider(config, effects=Effects(clock=hurried, sleep=hurried.sleep))


async def nothing_is_left(running: ThreadedEmulator, before: Counts) -> None:
    counts = await asyncio.to_thread(
        running.until,
        lambda now: now.alive == 0 and now.open_connections == 0,
        longest_s=SETTLED_S,
    )
    assert counts.created - before.created == counts.deleted - before.deleted


async def one(validator: Validator, number: int) -> CodeValidationResult:
    result = await validator.validate(snippet(number))
    refuse_if_wrong(result, number)
    return result


async def many(validator: Validator, call: int, ended: Ended) -> list[CodeValidationResult]:
    first, results = call * SNIPPETS, list[CodeValidationResult]()
    async with validator.stream(snippet(first + n) for n in range(SNIPPETS)) as finished:
        async for result in finished:
            ended.add()
            refuse_if_wrong(result, first + result.index)
            results.append(result)
    return results


def snippet(number: int) -> Snippet:
    return Snippet(code=f"# {number} {number % 2}", language="python")


def refuse_if_wrong(result: CodeValidationResult, number: int) -> None:
    if result.outcome is not Outcome.UNAVAILABLE:
        expected = Outcome.RUNTIME_ERROR if number % 2 else Outcome.PASSED
        assert (result.outcome, result.output) == (expected, f"{number}\n")


def is_true(end: CodeValidationResult | BaseException | None) -> bool:
    return end is None or isinstance(end, CodeValidationResult | ValidatorClosed)


def cancelled(
    work: Coroutine[Any, Any, T], dice: random.Random, most_waits: int = MOST_WAITS
) -> Coroutine[Any, Any, T | None]:
    """Return the same, cancelled at one of its waits, perhaps more than once."""
    is_ready, times = dice.random() < 0.5, dice.randint(1, 3)
    return Cancelled(work, dice.randint(0, most_waits), when_ready=is_ready, times=times).end()


async def cancelled_meanwhile(work: Coroutine[Any, Any, T], dice: random.Random) -> T | None:
    """Do the same with a call whose work has a task of its own, and whose own waits are few."""
    task, times = asyncio.create_task(work), dice.randint(1, 3)
    await some_turns(dice, MOST_TURNS)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.wait((task,))
    return None if task.cancelled() else task.result()


async def close(
    who: str, validator: Validator, provider: DaytonaProvider, ended: Ended, dice: random.Random
) -> None:
    if who == "nobody":
        return
    await ended.until(dice.randint(0, SNIPPETS // 2))
    closing = (provider if who == "the provider" else validator).aclose()
    await (cancelled(closing, dice) if who.endswith("called off") else closing)
