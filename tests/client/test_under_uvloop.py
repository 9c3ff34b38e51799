"""The same under uvloop, which web servers run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

import pytest
import uvloop

from daytona_validate import Snippet, Validator
from daytona_validate._runtime.clocks import Clock
from daytona_validate.testing import FakeProvider


@pytest.mark.filterwarnings("ignore::DeprecationWarning:uvloop")
def test_many_and_double_cancel_under_uvloop(
    opened: Callable[..., Validator], numbered: Callable[[int], list[Snippet]]
) -> None:
    fake = FakeProvider()

    async def main() -> None:
        async with opened(fake, concurrency=4) as validator:
            assert len(await validator.validate_many(numbered(30))) == 30
            fake.hold("close")
            call = asyncio.create_task(validator.validate_many(numbered(30)))
            await fake.until(lambda f: f.alive == 4 and f.running == 0)
            for _ in range(2):
                call.cancel()
                await asyncio.sleep(0)
            fake.release("close")
            with pytest.raises(asyncio.CancelledError):
                await call
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
    assert fake.alive == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning:uvloop")
@pytest.mark.jail
@pytest.mark.slow
def test_times_are_finer_than_the_milliseconds_of_uvloop(shared_cache: None) -> None:
    async def main() -> list[float]:
        async with Validator(provider="local") as validator:
            result = await validator.validate("print(1)", "python")
        timings = result.timings
        return [result.execution_time, timings.queued_s, timings.created_s, timings.ran_s]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(main())
    assert [each for each in found if is_whole_milliseconds(each)] == []


def is_whole_milliseconds(time_s: float) -> bool:
    return abs(time_s * 1000 - round(time_s * 1000)) < 1e-7


@pytest.mark.filterwarnings("ignore::DeprecationWarning:uvloop")
def test_a_limit_under_uvloop_never_ends_work_early() -> None:
    async def main() -> list[float]:
        took = []
        for _ in range(20):
            began_s = perf_counter()
            with pytest.raises(TimeoutError):
                async with Clock(0.0033):
                    await asyncio.Event().wait()
            took.append(perf_counter() - began_s)
        return took

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert min(runner.run(main())) >= 0.0033
