"""Single flight: prepare a thing once in a process, however many ask for it at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Failure = TypeVar("Failure", bound=SandboxUnavailable)

PREPARATION_UNWIND_S = 15.0
"""How long a preparation that nobody waits for any more may take to clean up."""


@dataclass(slots=True)
class _Flight(Generic[V]):
    task: asyncio.Task[V]
    waiters: int = 0


class SingleFlight(Generic[K, V]):
    """Single flight: what was prepared is kept for good, a failure for a while unless retryable.

    A preparation belongs to those who wait for it: one of them may be cancelled without harm
    to the others; when the last has gone, it is cancelled, and its clean-up waited for.

    Args:
        failures_last_s: Seconds for which a failure is answered from memory, so that each of a
            thousand snippets does not fail anew at the same unreachable server.
        clock: Monotonic seconds.
    """

    def __init__(self, *, failures_last_s: float, clock: Callable[[], float]) -> None:
        self._failures_last_s = failures_last_s
        self._clock = clock
        self._prepared: dict[K, V] = {}
        self._failed: dict[K, tuple[float, SandboxUnavailable]] = {}
        self._flights: dict[K, _Flight[V]] = {}

    async def get(self, key: K, prepare: Callable[[], Coroutine[object, object, V]]) -> V:
        """Return what is prepared under a key; prepare it if nobody has yet.

        Raises:
            SandboxUnavailable: What the preparation raised, now or a short while ago; each caller
                gets an exception of its own.
            Exception: A bug in the preparation, unchanged.
        """
        if key in self._prepared:
            return self._prepared[key]
        self._raise_fresh_failure(key)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(self._run(key, prepare)))
        flight.waiters += 1
        try:
            await ended(flight.task)
            failure = flight.task.exception()
        finally:
            await self._leave(key, flight)
        if failure is not None:
            raise own_copy(failure) if isinstance(failure, SandboxUnavailable) else failure
        return flight.task.result()

    def is_under_way(self, key: K) -> bool:
        """Return whether what belongs to a key is being prepared just now."""
        flight = self._flights.get(key)
        return flight is not None and not flight.task.done()

    async def _run(self, key: K, prepare: Callable[[], Coroutine[object, object, V]]) -> V:
        try:
            value = await prepare()
        except SandboxUnavailable as failure:
            if not failure.retryable:
                self._remember(key, failure)
            raise
        self._prepared[key] = value
        return value

    def _remember(self, key: K, failure: SandboxUnavailable) -> None:
        """Keep a failure, and none that nobody is answered with any more: strangers choose keys."""
        now_s = self._clock()
        fresh = {k: v for k, v in self._failed.items() if now_s - v[0] < self._failures_last_s}
        self._failed = {**fresh, key: (now_s, own_copy(failure))}

    def _raise_fresh_failure(self, key: K) -> None:
        failed = self._failed.get(key)
        if failed is not None:
            if self._clock() - failed[0] < self._failures_last_s:
                raise own_copy(failed[1])
            del self._failed[key]

    async def _leave(self, key: K, flight: _Flight[V]) -> None:
        """Stop waiting for a preparation; the last to leave cancels it if it has not ended."""
        flight.waiters -= 1
        if flight.waiters:
            return
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.task.done():
            flight.task.cancel()
            await finish(ended(flight.task), grace_s=PREPARATION_UNWIND_S)


def own_copy(failure: Failure) -> Failure:
    """Return a failure to be raised once more, with all that it says and no traceback.

    The same instance raised again would gather the tracebacks of all who met it. It is not made by
    calling its type, which may have required arguments.
    """
    copy = type(failure).__new__(type(failure), *failure.args)
    copy.__dict__.update(failure.__dict__)
    if hasattr(failure, "__notes__"):
        copy.__notes__ = list(failure.__notes__)
    copy.__cause__, copy.__context__ = failure.__cause__, failure.__context__
    copy.__suppress_context__ = failure.__suppress_context__
    return copy
