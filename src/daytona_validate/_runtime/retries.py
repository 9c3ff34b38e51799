"""Retry with backoff: tenacity runs what `_core/retry_policy.py` says in tables."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import tenacity

from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.tasks import cancels

Value = TypeVar("Value")


async def retried(
    attempt: Callable[[], Awaitable[Value]],
    next_delay_s: Callable[[BaseException, float], float | None],
    *,
    within_s: float = math.inf,
    before_retry: Callable[[int, BaseException, float], Awaitable[None] | None] | None = None,
    random: Callable[[], float] = random.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Value:
    """Return what the first attempt that succeeds returns.

    Cancellation is never retried, whatever the policy says.

    Args:
        attempt: One try.
        next_delay_s: The policy: from the error and a number in [0, 1) to the seconds before the
            next try; None: there is none. Asked once for each error; see `RetryRun`.
        within_s: No try begins later than this after the first, what is off the clocks not
            counted; a delay that would is not waited.
        before_retry: Told the number of tries so far, the error and the delay before each retry.
        random: A number in [0, 1).
        sleep: Waits for some seconds.

    Raises:
        BaseException: The last try's error, unchanged; or what `before_retry` raised.
    """
    cancels_before = cancels()
    clock = Clock()
    wait_s: float | None = None

    def is_worth_it(error: BaseException) -> bool:
        nonlocal wait_s
        # A cancelled context may come out with an error of its own.
        if cancels() > cancels_before or not isinstance(error, Exception):
            return False
        wait_s = next_delay_s(error, random())
        return wait_s is not None

    async def announce(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        if before_retry is not None and error is not None:
            told = before_retry(state.attempt_number, error, state.upcoming_sleep)
            if told is not None:
                await told

    retrying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(is_worth_it),
        wait=lambda _: wait_s or 0.0,
        stop=lambda state: clock.ran_s + state.upcoming_sleep >= within_s,
        before_sleep=announce,
        sleep=sleep,
        reraise=True,
    )
    async with clock:
        return await retrying(_coroutine(attempt))


async def repeated(
    attempt: Callable[[], Awaitable[float | None]], *, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Repeat an attempt for as long as it returns seconds to wait, and not None.

    It is for what knows by itself what follows: a state machine and not a table of errors.
    """
    await tenacity.AsyncRetrying(
        retry=tenacity.retry_if_result(lambda wait_s: wait_s is not None),
        wait=lambda state: (state.outcome.result() or 0.0) if state.outcome is not None else 0.0,
        sleep=sleep,
    )(_coroutine(attempt))


def _coroutine(attempt: Callable[[], Awaitable[Value]]) -> Callable[[], Awaitable[Value]]:
    async def once() -> Value:  # tenacity 9 awaits nothing that, say, a lambda returns
        return await attempt()

    return once
