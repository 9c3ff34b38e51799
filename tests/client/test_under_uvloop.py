"""The same under uvloop, which web servers run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import uvloop

from daytona_validate import Snippet, Validator
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
