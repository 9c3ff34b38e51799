"""Circuit breaker for requests to create a sandbox: what a dead service is not asked for. Pure.

Some failures in a row make the service suspect: then one request at a time, the probe, finds out
whether it works, after growing pauses, and all others wait. Only what lasts longer than a restart
takes opens the circuit: then the others are refused, until a probe comes through.
"""

from __future__ import annotations

import math

SUSPECT_AFTER = 10
"""Failures in a row that are not by chance: with one request of four failing, one in a million."""
OPEN_AFTER_S = 5.0
"""A server that restarts costs no snippet its verdict."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0


class Circuit:
    """Circuit breaker: closed, suspect, or open.

    A request is told by an object of its own, which is compared by identity.
    """

    def __init__(self) -> None:
        self.is_open = False
        """Whether others than the probe are refused, and not only held back."""
        self._in_a_row = 0
        self._since_s = 0.0
        self._pause_s = 0.0
        """Of the next probe; 0 while the circuit is closed."""
        self._probe_at_s = 0.0
        self._probe: object | None = None
        self._probed_at_s = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether requests are free."""
        return not self._pause_s

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until a request may be sent; infinite while a probe is under way."""
        if not self._pause_s:
            return 0.0
        return math.inf if self._probe is not None else max(0.0, self._probe_at_s - now_s)

    def sent(self, request: object, now_s: float) -> None:
        """Note that a request is sent, after `wait_s` was 0."""
        if self._pause_s:
            self._probe, self._probed_at_s = request, now_s

    def answered(self) -> None:
        """Note that the service answered something that makes sense: it works."""
        self.is_open = False
        self._in_a_row = 0
        self._pause_s = 0.0
        self._probe = None

    def failed(self, request: object, now_s: float) -> None:
        """Note that a request got no answer, or none that makes sense."""
        self._in_a_row += 1
        if self._in_a_row == 1:
            self._since_s = now_s
        if self._in_a_row < SUSPECT_AFTER:
            return
        if not self._pause_s:
            self._pause_s = FIRST_PAUSE_S
        elif request is self._probe:
            self._probe = None
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self.is_open |= now_s - self._since_s >= OPEN_AFTER_S
        else:
            return  # it was under way already when the first ones failed
        self._probe_at_s = now_s + self._pause_s

    def given_up(self, request: object, now_s: float) -> None:
        """Note that nobody waits for a request any more."""
        if request is not self._probe:
            return
        if now_s - self._probed_at_s >= OPEN_AFTER_S:
            self.failed(request, now_s)  # by a service that is suspect and silent
        else:
            self._probe = None
