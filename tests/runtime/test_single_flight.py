"""One preparation serves all who ask at the same time, and outlives any one of them."""

from __future__ import annotations

import asyncio
import gc
import traceback
import weakref

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._runtime.single_flight import SingleFlight
from manual_clock import ManualClock


class Work:
    """A preparation that waits until it is let go, and counts its starts."""

    def __init__(self) -> None:
        self.started = 0
        self.cleaned_up = 0
        self.running = asyncio.Event()
        self.let_go = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self) -> str:
        self.started += 1
        self.running.set()
        try:
            await self.let_go.wait()
        finally:
            self.cleaned_up += 1
        if self.failure is not None:
            raise self.failure
        return "prepared"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(0.0)


@pytest.fixture
def once(clock: ManualClock) -> SingleFlight[str, str]:
    return SingleFlight(failures_last_s=60.0, clock=clock)


async def test_many_who_ask_at_once_share_one_preparation(once: SingleFlight[str, str]) -> None:
    work = Work()
    asking = [asyncio.create_task(once.get("key", work)) for _ in range(50)]
    await work.running.wait()
    work.let_go.set()
    assert await asyncio.gather(*asking) == ["prepared"] * 50
    assert await once.get("key", work) == "prepared"
    assert work.started == 1


async def test_other_keys_have_preparations_of_their_own(once: SingleFlight[str, str]) -> None:
    work = Work()
    work.let_go.set()
    await asyncio.gather(once.get("a", work), once.get("b", work))
    assert work.started == 2


async def test_one_cancelled_waiter_does_not_harm_the_others(once: SingleFlight[str, str]) -> None:
    work = Work()
    first = asyncio.create_task(once.get("key", work))
    second = asyncio.create_task(once.get("key", work))
    await work.running.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert work.cleaned_up == 0
    work.let_go.set()
    assert await second == "prepared"
    assert work.started == 1


async def test_when_the_last_waiter_has_gone_the_preparation_has_ended(
    once: SingleFlight[str, str],
) -> None:
    work = Work()
    asking = [asyncio.create_task(once.get("key", work)) for _ in range(3)]
    await work.running.wait()
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert work.cleaned_up == 1
    work.let_go.set()
    assert await once.get("key", work) == "prepared"
    assert work.started == 2


async def test_a_failure_is_answered_from_memory_for_a_while(
    once: SingleFlight[str, str], clock: ManualClock
) -> None:
    work = Work()
    work.let_go.set()
    work.failure = ToolchainMissing("not there")
    for _ in range(3):
        with pytest.raises(ToolchainMissing, match="not there"):
            await once.get("key", work)
    assert work.started == 1
    clock.now_s = 61.0
    work.failure = None
    assert await once.get("key", work) == "prepared"


async def test_an_old_failure_goes_when_another_comes(
    once: SingleFlight[str, str], clock: ManualClock
) -> None:
    """Strangers' programs choose the keys, and may never ask for one again."""
    work = Work()
    work.let_go.set()
    causes: list[weakref.ref[Cause]] = []
    for key in ("a", "b", "c"):
        work.failure = ToolchainMissing("not there")
        work.failure.__cause__ = Cause()
        causes.append(weakref.ref(work.failure.__cause__))
        with pytest.raises(ToolchainMissing):
            await once.get(key, work)
        clock.now_s += 40.0
    gc.collect()
    assert [each() is None for each in causes] == [True, False, False]


class Cause(Exception):
    """One that can be referred to weakly."""


class Refused(SandboxUnavailable):
    """One that cannot be made of its message alone."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message, retry_after_s=7.0)
        self.status = status
        self.add_note("about a sandbox")


class Refusing(Work):
    cause = OSError("no route")

    async def __call__(self) -> str:
        self.started += 1
        await self.let_go.wait()
        raise Refused("no", status=403) from self.cause


async def test_each_caller_gets_an_exception_of_its_own_that_says_all(
    once: SingleFlight[str, str],
) -> None:
    work = Refusing()
    asking = [asyncio.create_task(once.get("key", work)) for _ in range(2)]
    await asyncio.sleep(0)
    work.let_go.set()
    met = await asyncio.gather(*asking, return_exceptions=True)
    later = [await asyncio.gather(once.get("key", work), return_exceptions=True) for _ in range(3)]
    met.extend(each for (each,) in later)
    assert work.started == 1
    assert len({id(each) for each in met}) == 5
    for each in met:
        assert isinstance(each, Refused)
        assert (str(each), each.status, each.retry_after_s) == ("no", 403, 7.0)
        assert each.__cause__ is Refusing.cause
        assert each.__notes__ == ["about a sandbox"]
        assert len(traceback.extract_tb(each.__traceback__)) <= 2  # its own caller's, nobody else's


async def test_a_retryable_failure_is_not_remembered(once: SingleFlight[str, str]) -> None:
    work = Work()
    work.let_go.set()
    work.failure = SandboxUnavailable("out of descriptors", retryable=True)
    with pytest.raises(SandboxUnavailable):
        await once.get("key", work)
    work.failure = None
    assert await once.get("key", work) == "prepared"


async def test_an_error_of_ours_reaches_all_who_wait_and_is_not_remembered(
    once: SingleFlight[str, str],
) -> None:
    work = Work()
    work.failure = ZeroDivisionError()
    asking = [asyncio.create_task(once.get("key", work)) for _ in range(2)]
    await work.running.wait()
    work.let_go.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in answers] == [ZeroDivisionError] * 2
    work.failure = None
    assert await once.get("key", work) == "prepared"
