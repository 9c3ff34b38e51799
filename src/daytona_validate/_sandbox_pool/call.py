"""The sandboxes of one call: lent to its snippets, and all gone when it ends."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Self

from daytona_validate._errors import CleanupTimeout
from daytona_validate._models import SandboxSpec
from daytona_validate._providers.protocol import held_back_s, may_be_used_again
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.clocks import off_the_clocks
from daytona_validate._runtime.tasks import cancels, ended
from daytona_validate._sandbox_pool.lease import Held, Lease, Opening
from daytona_validate._sandbox_pool.pool import NOT_REMOVED, SandboxPool
from daytona_validate._sandbox_pool.turns import Turns

_logger = logging.getLogger("daytona_validate")

PATIENCE_S = 10.0
"""How long a new sandbox is waited for beside idle ones; it is mostly there in a second. Who waits
longer waits for a place at the provider: idle ones are given to them, or one is given up for them,
once they have waited as long with no rate that holds back everybody."""
MOST_REFUSALS = 3
"""In a row, after which sandboxes of a language are used once: each refusal costs its snippet time,
and what refuses so often, such as a full disk of the snapshot's, will go on to."""
END_GRACE_S = 60.0
"""How long a call waits at its end for the removal of its sandboxes."""


class SharedSandboxes:
    """Lease manager of one call: a context, whose end removes all its sandboxes.

    Args:
        pool: That of the validator.
        places: How many of the call may be alive at a time: as many as its snippets under way.
    """

    def __init__(self, pool: SandboxPool, *, places: int) -> None:
        self.alive: int = 0
        """As the pool counts them, of this call."""
        self.refusals = Counter[str]()
        """How often in a row used sandboxes took no further snippet, by language."""
        self._pool = pool
        self._places = places
        self._turns = Turns(places, self._idle_languages)
        self._lent = 0
        self._is_drained = False

    async def __aenter__(self) -> Self:
        """Begin the call."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Have all sandboxes of the call removed, however often it is cancelled meanwhile."""
        for held in self._idle():
            self._pool.leave(held)
        left = [task for task, call in self._pool.leaving.items() if call is self]
        if left:
            try:
                await finish(ended(*left), grace_s=END_GRACE_S)
            except CleanupTimeout:
                _logger.exception(NOT_REMOVED)

    @asynccontextmanager
    async def turn(self, language: str) -> AsyncIterator[None]:
        """Let one snippet be at work, when its turn has come."""
        await self._turns.take(language)
        try:
            yield
        finally:
            self._turns.give_back()
            self._trim()

    def drain(self) -> None:
        """Expect no more snippets than those that are at work."""
        self._is_drained = True
        self._trim()

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Lease]:
        """Lend a sandbox for one snippet: the one that was used last, else a new one.

        Raises:
            SandboxUnavailable: As for `SandboxProvider.open`.
        """
        return self._lease(spec, is_new=spec.is_alone)

    def open_new(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Lease]:
        """Lend a sandbox that no other snippet was in; else as `open`."""
        return self._lease(spec, is_new=True)

    def count(self, more: int) -> None:
        """Count sandboxes that come or go."""
        self.alive += more
        self._pool.alive += more

    @asynccontextmanager
    async def _lease(self, spec: SandboxSpec, *, is_new: bool) -> AsyncIterator[Lease]:
        held = None if is_new else self._used(spec)
        if held is None:
            held = await self._opened(spec, is_new=is_new)
        lease = Lease(held)
        is_whole = False
        self._lent += 1
        self._trim()
        try:
            yield lease
            is_whole = lease.has_answered
        finally:
            self._lent -= 1
            await self._end(held, is_whole=is_whole)

    def _used(self, spec: SandboxSpec) -> Held | None:
        held = next((each for each in reversed(self._pool.idle) if each.fits(self, spec)), None)
        return None if held is None else _once_more(self._pool.take(held))

    async def _opened(self, spec: SandboxSpec, *, is_new: bool) -> Held:
        """Return a new sandbox; or a used one, where that is there before the new one."""
        with off_the_clocks():  # only removals are waited for
            await self._room()
        self.count(+1)
        cancels_before, stack = cancels(), AsyncExitStack()
        opening = Opening(self, None if is_new else spec, PATIENCE_S)
        self._watch(opening, opening.patience_s)
        try:
            async with opening.until_given:
                made = await stack.enter_async_context(self._pool.open(spec))
        except BaseException as error:
            self.count(-1)
            if opening.given is None:
                raise
            if cancels() > cancels_before or not isinstance(error, Exception):
                self._pool.put_back(opening.given)
                raise
            return _once_more(opening.given)
        finally:
            if opening.alarm is not None:
                opening.alarm.cancel()
            self._pool.is_served(opening)
        if opening.given is not None:  # both came at one moment
            self._pool.put_back(opening.given)
        return Held(self, spec, made, stack)

    def _watch(self, opening: Opening, for_s: float) -> None:
        loop = asyncio.get_running_loop()
        opening.alarm = loop.call_later(for_s, self._has_waited, opening)

    def _has_waited(self, opening: Opening) -> None:
        """Have an opening given what is idle; while a rate holds it back, it needs no room.

        Somebody else may take its room. So it gets more, each time after twice the wait.
        """
        left_s = opening.patience_s + held_back_s(self._pool.provider)
        if opening.given is None:
            self._pool.is_stuck(opening, needs_room=left_s <= 0)
        if left_s <= 0:
            opening.patience_s *= 2
            left_s = opening.patience_s
        if opening.given is None:
            self._watch(opening, left_s)

    async def _room(self) -> None:
        """Wait until one sandbox more may be alive; idle ones give way.

        Whoever waits here holds a slot, and so does each that is in use: so of a full house one is
        idle or on its way out.
        """
        pool = self._pool
        while (is_full := self.alive >= self._places) or pool.alive >= pool.places:
            for oldest in (self._idle() if is_full else tuple(pool.idle))[:1]:
                pool.leave(oldest)
            if not pool.leaving:
                return
            await asyncio.wait(pool.leaving, return_when=asyncio.FIRST_COMPLETED)

    async def _end(self, held: Held, *, is_whole: bool) -> None:
        has_uses = held.use < self._pool.uses and not held.spec.is_alone
        has_uses &= self.refusals[held.spec.language] < MOST_REFUSALS
        if is_whole and has_uses and may_be_used_again(held.sandbox):
            self._pool.put_back(held)
        elif held.use > 1:
            self._pool.leave(held)
        else:  # in the task that entered it: only what is used again need bear another one
            try:
                await held.stack.aclose()
            finally:
                self.count(-1)

    def _trim(self) -> None:
        """Let those go for which no snippet is left; while any waits for its turn, none goes."""
        if self._is_drained:
            idle = self._idle()
            for held in idle[: max(0, len(idle) - (self._turns.inside - self._lent))]:
                self._pool.leave(held)

    def _idle_languages(self) -> Counter[str]:
        return Counter(held.spec.language for held in self._idle())

    def _idle(self) -> tuple[Held, ...]:
        return tuple(held for held in self._pool.idle if held.call is self)


def _once_more(held: Held) -> Held:
    held.use += 1
    return held
