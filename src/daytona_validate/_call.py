"""One call of a validator's, of one snippet or many: what belongs to it from beginning to end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from daytona_validate._core.intake import named_language
from daytona_validate._core.results import RunContext, cancelled
from daytona_validate._core.unavailable_streak import UnavailableStreak
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._runtime.call_off import CallOff
from daytona_validate._runtime.limiter import Caller


class Call:
    """Request context: whose slots its snippets take, and whether they are called off.

    Args:
        caller: Its place among all that want slots.
        provider: By name: whose results they would have been.
        stop_after_unavailable: So many in a row that are `unavailable` call off the rest; None:
            none do.
    """

    def __init__(
        self, caller: Caller, *, provider: str, stop_after_unavailable: int | None = None
    ) -> None:
        self.caller = caller
        self.off = CallOff()
        self.under_way = 0
        """Its snippets on their way."""
        self.is_left = False
        """Whether its maker was cancelled, and has gone on without its end."""
        self._provider = provider
        self._streak: UnavailableStreak | None = None
        if stop_after_unavailable is not None:
            self._streak = UnavailableStreak(stop_after_unavailable)

    def result(
        self, index: int, snippet: Snippet, found: CodeValidationResult | None
    ) -> CodeValidationResult:
        """Return the result of a snippet: what was found, or `cancelled`.

        Args:
            index: The snippet's position in its source.
            snippet: What is validated.
            found: As a piece of work of `off`.
        """
        if found is None:
            run = RunContext(
                snippet=snippet,
                language=named_language(snippet),
                provider=self._provider,
                index=index,
            )
            return cancelled(self.off.why or "", run)
        if self._streak is not None and (why := self._streak.add(found)) is not None:
            self.off.call_off(why)
        return found


class OpenCalls:
    """Registry of the calls of one validator that have begun and not ended."""

    def __init__(self) -> None:
        self.idle = asyncio.Event()
        """Set while no snippet is on its way that anybody waits for."""
        self.idle.set()
        self._is_empty = asyncio.Event()
        """Set while no call is open."""
        self._is_empty.set()
        self._ended = 0
        """Snippets, since the beginning."""
        self._open: dict[Call, None] = {}
        self._working: dict[Call, None] = {}
        """Those with a snippet on its way that somebody waits for."""

    @contextmanager
    def open(self, call: Call) -> Iterator[None]:
        """Have a call in the registry."""
        self._open[call] = None
        self._is_empty.clear()
        try:
            yield
        finally:
            del self._open[call]
            if not self._open:
                self._is_empty.set()

    def begin(self, call: Call) -> None:
        """Have one snippet more of a call on its way."""
        call.under_way += 1
        if call.under_way == 1 and not call.is_left:
            self._working[call] = None
            self.idle.clear()

    def end(self, call: Call) -> None:
        """Have one snippet less of a call on its way."""
        call.under_way -= 1
        self._ended += 1
        if call.under_way == 0:
            self._forget(call)

    def nobody_waits_for(self, call: Call) -> None:
        """Note that whoever made a call has gone on without its end."""
        call.is_left = True
        self._forget(call)

    async def drain(self, timeout_s: float, why: str) -> tuple[int, int]:
        """Let open calls go on, for a time, and call off what is left of them then.

        Args:
            timeout_s: Seconds.
            why: What is said of snippets that are called off.

        Returns:
            How many snippets ended by themselves, and how many were called off.
        """
        before = self._ended
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._is_empty.wait()
        finished = self._ended - before
        return finished, sum(call.off.call_off(why) for call in self._open)

    async def until_idle(self, longest_s: float) -> int:
        """Wait until nothing is on its way, for a time; return how many snippets still are."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest_s):
                await self.idle.wait()
        return sum(call.under_way for call in self._working)

    def _forget(self, call: Call) -> None:
        self._working.pop(call, None)
        if not self._working:
            self.idle.set()
