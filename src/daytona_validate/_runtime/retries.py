"""Enter a context manager, making a new one each time it refuses in a way that may pass."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.tasks import cancels

Held = TypeVar("Held")


def _is_never(error: BaseException) -> bool:
    del error
    return False


def _no_delay_s(attempt: int, error: BaseException, dice: float) -> float:
    del attempt, error, dice
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often, when and after which delay something is tried again.

    Cancellation is never retried, whatever the predicate says: tenacity's negative
    predicates would, so there is a positive one only.
    """

    attempts: int = 1
    """Tries in all, the first included."""
    within_s: float = float("inf")
    """No try begins later than this after the first, what is off the clocks not counted; a
    delay that would is not waited."""
    may_pass: Callable[[BaseException], bool] = _is_never
    """Whether an error may be gone the next time. There is no default that retries."""
    delay_s: Callable[[int, BaseException, float], float] = _no_delay_s
    """From the number of tries, the error and a number in [0, 1) to seconds to wait."""
    dice: Callable[[], float] = random.random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def enter(
        self,
        stack: AsyncExitStack,
        make: Callable[[], AbstractAsyncContextManager[Held]],
        *,
        on_retry: Callable[[int, BaseException, float], None] | None = None,
    ) -> Held:
        """Enter what `make` makes and leave it to the stack to leave it.

        Args:
            stack: Leaves the context that was entered.
            make: Makes a new context manager for each try.
            on_retry: Told the number of tries so far, the error and the delay before each retry.

        Raises:
            BaseException: The last try's error, unchanged.
        """
        cancels_before = cancels()

        def is_worth_it(error: BaseException) -> bool:
            # A cancelled context may come out with an error of its own.
            is_cancelled = cancels() > cancels_before or not isinstance(error, Exception)
            return not is_cancelled and self.may_pass(error)

        async def enter_once() -> Held:
            return await stack.enter_async_context(make())

        def tell(state: tenacity.RetryCallState) -> None:
            if on_retry is not None:
                on_retry(state.attempt_number, _error(state), state.upcoming_sleep)

        clock = Clock()

        def is_enough(state: tenacity.RetryCallState) -> bool:
            is_too_late = clock.ran_s + state.upcoming_sleep >= self.within_s
            return state.attempt_number >= self.attempts or is_too_late

        retrying = tenacity.AsyncRetrying(
            stop=is_enough,
            retry=tenacity.retry_if_exception(is_worth_it),
            wait=lambda state: self.delay_s(state.attempt_number, _error(state), self.dice()),
            sleep=self.sleep,
            before_sleep=tell,
            reraise=True,
        )
        async with clock:
            return await retrying(enter_once)


def _error(state: tenacity.RetryCallState) -> BaseException:
    """Return why a try failed; tenacity asks only after one that did."""
    error = state.outcome.exception() if state.outcome is not None else None
    assert error is not None  # noqa: S101 - an invariant of tenacity's, for the type checker
    return error
