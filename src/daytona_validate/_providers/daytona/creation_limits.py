"""Concurrency control (AIMD) of creations: how many sandboxes at a time the service takes. Pure.

Without a word of the service there is no limit but the caller's own concurrency. A pool that is
full limits the sandboxes that are held to those it took; from time to time one more is asked for,
and as long as that pays, more. A throttle (429) limits the requests under way, as every one of
them is in vain when the next comes; where the service says how many are left, none comes.
Sandboxes are held from the request until their removal ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 8.0
"""Before one more is asked for than there was room for: doubled each time that it was in vain."""
WINDOW_S = 60.0
"""The service's window for counting creations."""
REQUESTS_AFTER_THROTTLE = 30
"""Requests under way after a throttle: no storm, and if a creation takes a second, the rates that
Daytona documents (300 to 600 a minute) are used up within the first half of a window."""
REQUESTS_MORE = 0.1
"""What each success adds to them."""


@dataclass(slots=True, eq=False)
class Asked:
    """One request to create a sandbox, for as long as it is under way."""

    name: str
    """The sandbox's."""
    others: int = 0
    """How many sandboxes were held beside it when it was sent."""
    gone_before: int = 0
    """How many were gone by then, of all there ever were."""


class CreationLimits:
    """Concurrency limits, learned from what requests came to."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._gone = 0
        self._room = math.inf
        """How many may be held."""
        self._pause_s = FIRST_PAUSE_S
        self._grows_at_s = -math.inf
        self._step = 1
        self._probe: Asked | None = None
        """The request for one more than there was room for."""
        self._under_way = 0
        self._requests = math.inf
        """How many may be under way."""
        self._left = math.inf
        """How many the service allows, those under way included, until it counts anew."""
        self._counts_anew_at_s = -math.inf

    @property
    def is_full(self) -> bool:
        """Whether as many sandboxes are held as there was room for."""
        return len(self._held) >= self._room

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until one more may be asked for; infinite: another has to end first.

        0 means now; then `sent` has to be called.
        """
        if self._under_way >= self._requests:
            return math.inf
        if self._under_way >= self._left and now_s < self._counts_anew_at_s:
            # The answers to those under way say more exactly how many are left.
            return math.inf if self._under_way else self._counts_anew_at_s - now_s
        if len(self._held) < self._room:
            return 0.0
        return math.inf if self._probe is not None else max(0.0, self._grows_at_s - now_s)

    def rate_wait_s(self, now_s: float) -> float:
        """Return the seconds until the service counts anew, if it allows none until then."""
        return self._counts_anew_at_s - now_s if self._under_way >= self._left else -math.inf

    def sent(self, asked: Asked) -> None:
        """Note that a sandbox is asked for."""
        asked.others, asked.gone_before = len(self._held), self._gone
        self._held.add(asked.name)
        self._under_way += 1
        if asked.others >= self._room:
            self._probe = asked

    def ended(self) -> None:
        """Note that a request came to its end, whatever it came to; called once, and first."""
        self._under_way -= 1

    def created(self, asked: Asked, now_s: float) -> None:
        """Note that there is a sandbox more."""
        if asked is self._probe:
            self._probe = None
            self._room = max(self._room, asked.others + 1 + self._step)
            self._step *= 2
            self._pause_s, self._grows_at_s = FIRST_PAUSE_S, now_s
        self._requests += REQUESTS_MORE

    def allowed(self, left: int, now_s: float, *, for_s: float) -> None:
        """Note how many more the service said that it allows, and for how long."""
        if now_s < self._counts_anew_at_s:
            self._left = min(self._left, left)  # answers may come in another order
        else:
            self._left = left
            self._counts_anew_at_s = now_s + min(for_s, WINDOW_S)

    def full(self, asked: Asked, now_s: float) -> None:
        """Note that there was no room."""
        self._held.discard(asked.name)
        if asked is self._probe:
            self._probe = None
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        else:
            self._pause_s = FIRST_PAUSE_S
        self._grows_at_s = now_s + self._pause_s
        self._step = 1
        # What was removed since it was sent had its place then.
        self._room = min(self._room, len(self._held) + self._gone - asked.gone_before)

    def throttled(self, asked: Asked) -> None:
        """Note that there were too many requests."""
        self.given_up(asked)
        self._held.discard(asked.name)
        self._requests = REQUESTS_AFTER_THROTTLE

    def given_up(self, asked: Asked) -> None:
        """Note that a request told nothing about room."""
        if asked is self._probe:
            self._probe = None

    def renamed(self, old: str, new: str) -> None:
        """Note that a sandbox is removed under another name than it was asked for."""
        self._held.discard(old)
        self._held.add(new)

    def gone(self, name: str) -> None:
        """Note that a sandbox is not held any more, or never was; twice is as good as once."""
        if name in self._held:
            self._held.remove(name)
            self._gone += 1
