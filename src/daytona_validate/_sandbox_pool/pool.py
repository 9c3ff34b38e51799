"""The pool of one validator: which sandboxes are idle, which are on their way out, and how many.

A sandbox is lent to one snippet at a time. Between two it is idle, kept for the next snippet of
the same call that needs the very same: language, limits, packages. It errs towards a new sandbox:
that costs a second, and what an earlier snippet may have broken could cost a verdict.

Idle ones hold up nobody. They count in the bounds of their call and of the validator, and give way
to whoever needs their place. They go when no snippet of their call is left that could use them,
when they have been idle for `IDLE_S`, and with their call at the latest.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from daytona_validate._observe.watch import Watch
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._providers.watched_open import watched_open
from daytona_validate._runtime.tasks import hidden_task
from daytona_validate._sandbox_pool.lease import Held, Opening

if TYPE_CHECKING:
    from daytona_validate._sandbox_pool.call import SharedSandboxes

_logger = logging.getLogger("daytona_validate")

IDLE_S = 60.0
"""How long a sandbox waits for its next snippet: of a slow source, none costs for ever. Daytona
stops one by itself after 3 minutes."""
CLOSE_S = 20.0
"""How long closing waits for removals, before it closes the provider over what is left."""
NOT_REMOVED = "A sandbox could not be removed."


class SandboxPool:
    """Object pool of the sandboxes of one validator, over all its calls.

    Args:
        provider: Makes the sandboxes.
        uses: Snippets that one takes at most.
        places: How many may be alive at a time, in use or idle: as many as there are slots.
        watch: Told of each sandbox; None: nobody is.
    """

    def __init__(
        self, provider: SandboxProvider, *, uses: int, places: int, watch: Watch | None = None
    ) -> None:
        self.provider = provider
        self.open = provider.open if watch is None else watched_open(provider, watch)
        self.uses = uses
        self.places = places
        self.alive: int = 0
        """Sandboxes in use, idle, on their way in or out."""
        self.idle: dict[Held, None] = {}
        """Those that wait for a snippet, the one that waits longest first."""
        self.leaving: dict[asyncio.Task[None], SharedSandboxes] = {}
        """Removals under way, each with the call that waits for it."""
        self._stuck: dict[Opening, None] = {}
        """Who has waited long for a new sandbox, the first to come first."""
        self._is_closed = False

    async def aclose(self) -> None:
        """Keep nothing idle any more; what is in use is removed after its snippet."""
        self._is_closed = True
        for held in tuple(self.idle):
            self.leave(held)
        if self.leaving:
            await asyncio.wait(self.leaving, timeout=CLOSE_S)

    def put_back(self, held: Held) -> None:
        """Have a sandbox wait for its next snippet, or go if others wait for its place."""
        taker = next((each for each in self._stuck if each.takes(held)), None)
        in_need = next((each for each in self._stuck if each.needs_room), None)
        if taker is not None:
            del self._stuck[taker]
            taker.give(held)
        elif in_need is not None:
            self._give_up(held, in_need)
        elif self._is_closed:
            self.leave(held)
        else:
            self.idle[held] = None
            held.alarm = asyncio.get_running_loop().call_later(IDLE_S, self.leave, held)

    def take(self, held: Held) -> Held:
        """Take a sandbox out of those that are idle."""
        del self.idle[held]
        if held.alarm is not None:
            held.alarm.cancel()
        return held

    def leave(self, held: Held) -> None:
        """Have a sandbox removed, in a task that no cancellation reaches; its call waits for it."""
        if held in self.idle:
            self.take(held)
        task = hidden_task(_left(held))
        self.leaving[task] = held.call
        task.add_done_callback(self.leaving.pop)

    def is_stuck(self, opening: Opening, *, needs_room: bool) -> None:
        """Give an idle sandbox to whom waits too long for a new one, or give one up for them.

        Args:
            opening: Who waits.
            needs_room: Whether one is given up, if none fits: one and no more, as otherwise every
                snippet of the others would need a new one meanwhile.
        """
        fit = next((each for each in reversed(self.idle) if opening.takes(each)), None)
        if fit is not None:
            self._stuck.pop(opening, None)
            opening.give(self.take(fit))
            return
        self._stuck[opening] = None
        opening.needs_room = needs_room
        oldest = next(iter(self.idle), None)
        if needs_room and oldest is not None:
            self._give_up(oldest, opening)

    def is_served(self, opening: Opening) -> None:
        """Forget somebody who waits no longer."""
        self._stuck.pop(opening, None)

    def _give_up(self, held: Held, opening: Opening) -> None:
        opening.needs_room = False
        self.leave(held)


async def _left(held: Held) -> None:
    try:
        await held.stack.aclose()
    except Exception:
        _logger.exception(NOT_REMOVED)
    finally:
        held.call.count(-1)
