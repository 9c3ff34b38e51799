"""A context that is opened late is left where it is held, whatever becomes of its opening."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from daytona_validate._runtime.held_open import HeldOpen


@asynccontextmanager
async def told(
    events: list[str], *, opens: bool = True, swallows: bool = False
) -> AsyncIterator[str]:
    if not opens:
        raise ConnectionError
    events.append("opened")
    try:
        yield "value"
    except KeyError:
        events.append("saw the error")
        if not swallows:
            raise
    finally:
        events.append("left")


async def test_it_is_left_after_what_is_inside_and_only_if_it_was_entered() -> None:
    events: list[str] = []
    held = HeldOpen[str]()
    async with held:
        with pytest.raises(ConnectionError):
            await held.enter(told(events, opens=False))
        assert await held.enter(told(events)) == "value"
        events.append("at work")
    assert events == ["opened", "at work", "left"]


async def test_it_is_left_once() -> None:
    class Counted(AbstractAsyncContextManager[int]):
        left = 0

        async def __aenter__(self) -> int:
            return 1

        async def __aexit__(self, *error: object) -> None:
            self.left += 1

    held, counted = HeldOpen[int](), Counted()
    async with held:
        await held.enter(counted)
    async with held:
        pass
    assert counted.left == 1


@pytest.mark.parametrize("swallows", [True, False])
async def test_it_hears_of_the_error_and_decides_whether_it_comes_out(swallows: bool) -> None:
    events: list[str] = []
    try:
        async with HeldOpen[str]() as held:
            await held.enter(told(events, swallows=swallows))
            _ = dict[str, str]()["missing"]
    except KeyError:
        events.append("came out")
    assert events == ["opened", "saw the error", "left", *([] if swallows else ["came out"])]
