"""Faults by chance, cancellations at any moment, closing in the middle: nothing is left, or wrong.

The seed chooses what happens; when it happens is up to the machine, and must not matter.
"""

from __future__ import annotations

import asyncio
import base64
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from daytona_validate import CodeValidationResult, Limits, Outcome, Validator
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from daytona_validate._errors import SandboxLost, ValidatorClosed
from daytona_validate._providers.daytona.config import DaytonaConfig, Effects
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SNIPPETS, AT_ONCE, SETTLED_S = 40, 12, 30.0
KINDS = {
    "create": "stale no_toolbox_url throttled quota no_runners conflict server_error bad_gateway "
    "dropped_before dropped_after dropped_during truncated html duplicated fails_to_start",
    "get": "throttled server_error dropped_before html truncated",
    "execute": "not_started container_gone server_error bad_gateway throttled dropped_before "
    "dropped_after dropped_during truncated html replacement duplicated junk",
    "delete": "conflict throttled server_error dropped_before dropped_after html duplicated",
}
CLOSING = ["nobody", "the validator", "the validator, called off", "the provider"]
ANSWER = """\
{nonce} begin cHl0aG9uIDMuMTEuOQ== shut
part run code={code} cpu=0.01 estimated=0 full=0 killed=0 peak=8024 signal=0 starved=0 \
stopped=- waited=- wall=0.02
out {size} {size} :{output}
err 0 0 :
{nonce} end 1
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
        found = re.search(r"(?s)\nnonce (\w+)\n.*\nfile :\S+\n(\S+)\n", command)
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
        await asyncio.sleep(self.owner.dice.random() * 0.01)
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

    async def make(self, _: str, **__: Any) -> Any:
        await asyncio.sleep(self.dice.random() * 0.02)
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
        service = Service(running.emulator.base_url, key, client)
        await build(service, image("python", (), resources_for(Limits())))


async def briefly(seconds: float) -> None:
    await asyncio.sleep(min(seconds / 20, 0.2))


@pytest.mark.parametrize("closing", CLOSING)
@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_left_whatever_happens_when(
    running: ThreadedEmulator, machines: InstantMachines, seed: int, closing: str
) -> None:
    dice, at = random.Random(f"{seed} {closing}"), running.emulator
    before = at.counts
    machines.runs.clear()
    for operation, kinds in KINDS.items():
        for kind in dice.sample(kinds.split(), 3):
            at.set(operation, kind, probability=dice.choice([0.05, 0.15]), seed=seed)
    config = DaytonaConfig(
        api_key=SecretStr(at.api_key), base_url=at.base_url, request_timeout_s=10.0
    )
    provider = DaytonaProvider(config, effects=Effects(sleep=briefly))
    async with Validator(provider=provider, concurrency=AT_ONCE) as validator:
        tasks = [asyncio.create_task(one(validator, number)) for number in range(SNIPPETS)]
        await asyncio.gather(cancel_some(tasks, dice), close(closing, validator, provider, dice))
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    at.faults.clear()
    assert provider.removals is not None
    assert provider.removals.pending == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert [end for end in ends if not is_true(end)] == []
    judged = [end for end in ends if isinstance(end, CodeValidationResult) and end.is_verdict]
    assert closing != "nobody" or len(judged) > SNIPPETS // 4
    assert machines.most_runs <= 1, "a sandbox was used twice"
    assert max(machines.runs.values(), default=0) <= 2, "lost once, and once more"
    counts = await asyncio.to_thread(
        running.until,
        lambda now: now.alive == 0 and now.open_connections == 0,
        longest_s=SETTLED_S,
    )
    assert counts.created - before.created == counts.deleted - before.deleted


async def one(validator: Validator, number: int) -> CodeValidationResult:
    result = await validator.validate(f"# {number} {number % 2}", "python")
    if result.outcome is not Outcome.UNAVAILABLE:
        expected = Outcome.RUNTIME_ERROR if number % 2 else Outcome.PASSED
        assert (result.outcome, result.output) == (expected, f"{number}\n")
    return result


def is_true(end: CodeValidationResult | BaseException) -> bool:
    return isinstance(end, CodeValidationResult | asyncio.CancelledError | ValidatorClosed)


async def cancel_some(tasks: list[asyncio.Task[Any]], dice: random.Random) -> None:
    for task in dice.sample(tasks, SNIPPETS // 3):
        await asyncio.sleep(dice.random() * 0.03)
        for _ in range(dice.randint(1, 3)):
            task.cancel()
            for _ in range(dice.randint(0, 5)):
                await asyncio.sleep(0)


async def close(
    who: str, validator: Validator, provider: DaytonaProvider, dice: random.Random
) -> None:
    if who == "nobody":
        return
    await asyncio.sleep(dice.random() * 0.4)
    target = provider if who == "the provider" else validator
    closing = asyncio.create_task(target.aclose())
    if who.endswith("called off"):
        await asyncio.sleep(dice.random() * 0.1)
        closing.cancel()
    await asyncio.wait({closing})
