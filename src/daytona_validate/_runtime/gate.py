"""Rate-limit gate: one request is throttled, all wait; waiting there is off all clocks."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable

from daytona_validate._core.retry_policy import SPREAD
from daytona_validate._runtime.clocks import off_the_clocks


class Gate:
    """Rate-limit gate: holds back all tasks once one of them was told to wait.

    Args:
        clock: Monotonic seconds.
        sleep: Waits for some seconds.
        random: A number in [0, 1).
    """

    on_closed: Callable[[float], None] = staticmethod(lambda _more_s: None)
    """Told by how many seconds it is closed longer than before; whoever wants to know sets it."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._opens_at_s = float("-inf")

    def close_for(self, seconds: float) -> None:
        """Let nobody through for so long; a later end that was set before stays."""
        now_s = self._clock()
        before_s, self._opens_at_s = self._opens_at_s, max(self._opens_at_s, now_s + seconds)
        if (more_s := self._opens_at_s - max(before_s, now_s)) > 0:
            self.on_closed(more_s)

    async def wait(self, longest_s: float = math.inf) -> bool:
        """Return True at once if it is open, else up to a quarter of the wait after it has opened.

        Args:
            longest_s: Seconds that may be waited in all. It returns False as soon as they are not
                enough: at once where it opens later, as nothing opens it earlier.
        """
        if self.left_s <= 0:
            return True
        until_s = self._clock() + longest_s
        with off_the_clocks():
            while (left_s := self.left_s) > 0:
                patience_s = until_s - self._clock()
                if patience_s < left_s:
                    return False
                await self._sleep(min(patience_s, left_s * (1 + SPREAD * self._random())))
        return True

    @property
    def left_s(self) -> float:
        """Seconds until it opens; not more than 0 if it is open."""
        return self._opens_at_s - self._clock()
