"""Circuit breakers for requests to create a sandbox: what is dead is not asked for. Pure.

Some failures in a row make the service suspect: then one request at a time, the probe, finds out
whether it works, after growing pauses, and all others wait. Only what lasts longer than a service
takes to be deployed anew opens the circuit: then the others are refused, until a probe comes
through. A service that is not reached is so for all; what fails after a request was sent may be for
the snapshot's sake, and so counts for that snapshot alone.
"""

from __future__ import annotations

import math
from collections import defaultdict

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._reason import Reason

SUSPECT_AFTER = 10
"""Failures in a row that are not by chance: with one request of four failing, one in a million."""
OPEN_AFTER_S = 60.0
"""A service that is deployed anew is away for up to a minute, and that costs no snippet its
verdict."""
SILENT_S = 5.0
"""So long after it was sent a probe that nobody waits for any more has failed."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
"""While others wait for the probe."""
LONGEST_PAUSE_OPEN_S = 60.0
SENT_IN_VAIN = frozenset({FailureKind.CUT_OFF, FailureKind.SERVER, FailureKind.MALFORMED})
DEAD = SENT_IN_VAIN | {FailureKind.UNREACHABLE}
"""What a service says, or does not say, that does not work."""


def is_outage(error: BaseException) -> bool:
    """Return whether an error is one of `DEAD` that may pass."""
    if not isinstance(error, ServiceFailure) or error.is_local:
        return False
    return error.kind in DEAD and error.retryable


class Circuit:
    """Circuit breaker: closed, suspect, or open.

    A request is told by an object of its own, which is compared by identity.
    """

    def __init__(self) -> None:
        self.is_open = False
        """Whether others than the probe are refused, and not only held back."""
        self.last_words: ServiceFailure | None = None
        """What the last failure was."""
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

    def is_probe(self, request: object) -> bool:
        """Return whether a request is the one that finds out."""
        return request is self._probe

    def wait_s(self, request: object, now_s: float) -> float:
        """Return the seconds until a request may be sent; infinite while a probe is under way."""
        if not self._pause_s or request is self._probe:
            return 0.0
        return math.inf if self._probe is not None else max(0.0, self._probe_at_s - now_s)

    def refusing_wait_s(self, request: object, now_s: float) -> float:
        """Return the same of a circuit that is not open.

        Raises:
            SandboxUnavailable: It is open, and this is not the time for a probe.
        """
        wait_s = self.wait_s(request, now_s)
        if self.is_open and wait_s:
            raise SandboxUnavailable(
                "Daytona fails again and again, so only one try at a time is made; "
                f"{self.last_words}",
                reason=Reason.CIRCUIT_OPEN,
            )
        return wait_s

    def sent(self, request: object, now_s: float) -> None:
        """Note that a request is sent or about to be, after `wait_s` was 0."""
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
        if not self._pause_s:
            if self._in_a_row >= SUSPECT_AFTER:
                self.suspect(now_s)
        elif request is self._probe:
            self._probe = None
            self.is_open |= now_s - self._since_s >= OPEN_AFTER_S
            longest_s = LONGEST_PAUSE_OPEN_S if self.is_open else LONGEST_PAUSE_S
            self._pause_s = min(2 * self._pause_s, longest_s)
            self._probe_at_s = now_s + self._pause_s
        # Else it was under way already when the first ones failed.

    def suspect(self, now_s: float) -> None:
        """Note that others failed as well: if this one's last request did, it was not by chance."""
        if self._in_a_row and not self._pause_s:
            self._pause_s = FIRST_PAUSE_S
            self._probe_at_s = now_s + self._pause_s

    def given_up(self, request: object, now_s: float) -> None:
        """Note that nobody waits for a request any more that was sent."""
        if request is self._probe and now_s - self._probed_at_s >= SILENT_S:
            self.failed(request, now_s)  # by a service that is suspect and silent
        self.not_sent(request)

    def not_sent(self, request: object) -> None:
        """Note that a request told nothing: another may be the probe."""
        if request is self._probe:
            self._probe = None


class Circuits:
    """Circuit breakers: of the way to the service, and of each of its snapshots."""

    def __init__(self) -> None:
        self.way = Circuit()
        self._snapshots: defaultdict[str, Circuit] = defaultdict(Circuit)
        self._in_a_row = 0
        """Failures of all snapshots, without an answer to any in between."""
        self._was_open = False

    def change(self) -> bool | None:
        """Return whether some circuit is open, if that is not what it was last time; else None."""
        is_open = self.way.is_open or any(each.is_open for each in self._snapshots.values())
        was_open, self._was_open = self._was_open, is_open
        return None if is_open is was_open else is_open

    def of(self, snapshot: str) -> Circuit:
        """Return the circuit of a snapshot."""
        return self._snapshots[snapshot]

    def sent(self, request: object, snapshot: str, now_s: float) -> None:
        """Note that a request is sent."""
        self.way.sent(request, now_s)
        self.of(snapshot).sent(request, now_s)

    def answered(self, snapshot: str) -> None:
        """Note that the service answered something that makes sense."""
        self._in_a_row = 0
        self.way.answered()
        self.of(snapshot).answered()

    def failed(self, request: object, snapshot: str, failure: ServiceFailure, now_s: float) -> None:
        """Note that a request met one of `DEAD`."""
        own = self.of(snapshot)
        if failure.kind not in SENT_IN_VAIN:
            self.way.last_words = failure
            self.way.failed(request, now_s)
            if own.is_probe(request):
                own.last_words = failure
                own.failed(request, now_s)
            return
        # The way it went is there, unless it was a while ago.
        if failure.kind is not FailureKind.CUT_OFF or self.way.is_probe(request):
            self.way.answered()
        self._in_a_row += 1
        own.last_words = failure
        own.failed(request, now_s)
        if self._in_a_row >= SUSPECT_AFTER:
            for each in self._snapshots.values():
                each.suspect(now_s)

    def waits(self, snapshot: str) -> bool:
        """Return whether requests for a snapshot wait for a probe, and are not refused."""
        both = (self.way, self.of(snapshot))
        return not all(each.is_closed for each in both) and not any(each.is_open for each in both)

    def given_up(self, request: object, snapshot: str, now_s: float) -> None:
        """Note that nobody waits for a request any more."""
        self.way.given_up(request, now_s)
        self.of(snapshot).given_up(request, now_s)

    def not_sent(self, request: object, snapshot: str) -> None:
        """Note that a request told nothing of the service."""
        self.way.not_sent(request)
        self.of(snapshot).not_sent(request)
