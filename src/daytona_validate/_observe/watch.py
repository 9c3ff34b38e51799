"""Where pipeline and providers tell what happens; counts, meters and the caller's hook hear of it.

The counts are always kept, so they are added to directly; an event is made only for a hook.
"""

from __future__ import annotations

from itertools import count
from typing import Any, Protocol

from daytona_validate._models import CodeValidationResult, Reason, Snippet
from daytona_validate._observe.counts import Counts, Stats
from daytona_validate._observe.events import Event, EventKind, OnEvent
from daytona_validate._observe.hook import Hook
from daytona_validate._observe.telemetry import NO_TELEMETRY, Telemetry, known_language
from daytona_validate._runtime.now import now_s


class Watched(Protocol):
    """A snippet on its way, as far as events name it."""

    snippet: Snippet
    language: str
    index: int
    began_s: float
    number: int
    is_waiting: bool
    is_running: bool
    queued_s: float
    created_s: float
    ran_s: float
    attempts: int
    sandbox_id: str | None


class Watch:
    """Observer of one validator.

    Args:
        on_event: The caller's hook; None: there is none.
        telemetry: Spans and meters.
    """

    def __init__(
        self, on_event: OnEvent | None = None, *, telemetry: Telemetry = NO_TELEMETRY
    ) -> None:
        self.telemetry = telemetry
        self._meters = None if telemetry is NO_TELEMETRY else telemetry
        self._counts = Counts()
        self._hook = None if on_event is None else Hook(on_event)
        self._numbers = count(1)

    def stats(self) -> Stats:
        """Return a snapshot of all counts."""
        return self._counts.stats(events_lost=0 if self._hook is None else self._hook.lost)

    def close(self) -> None:
        """Let the hook have the last events."""
        if self._hook is not None:
            self._hook.flush()

    def queued(self, of: Watched) -> None:
        """Note that a snippet waits for a slot."""
        of.number = next(self._numbers)
        of.is_waiting = True
        self._counts.waiting += 1
        if self._meters is not None:
            self._meters.waits(1)
        if self._hook is not None:
            self._tell(EventKind.QUEUED, of)

    def has_slot(self, of: Watched) -> None:
        """Note that a snippet has its slot."""
        of.is_waiting, of.is_running = False, True
        self._counts.waiting -= 1
        self._counts.running += 1
        if self._meters is not None:
            self._meters.waits(-1)

    def started(self, of: Watched) -> None:
        """Note that a snippet begins to run."""
        if self._hook is not None:
            self._tell(EventKind.STARTED, of, seconds=now_s() - of.began_s)

    def retried(self, of: Watched, operation: str, reason: Reason) -> None:
        """Note that something is done once more for a snippet."""
        self._counts.retries += 1
        if self._meters is not None:
            self._meters.retried(operation, reason)
        if self._hook is not None:
            self._tell(EventKind.RETRIED, of, operation=operation, reason=reason)

    def finished(self, of: Watched, result: CodeValidationResult | None) -> None:
        """Note that a snippet has its result; None: its caller left."""
        counts = self._counts
        if of.is_waiting:
            counts.waiting -= 1
            if self._meters is not None:
                self._meters.waits(-1)
        counts.running -= of.is_running
        of.is_waiting = of.is_running = False
        # `str.__str__` is many times as fast as `.value` in Python 3.11.
        counts.outcomes["cancelled" if result is None else str.__str__(result.outcome)] += 1
        counts.languages[known_language(of.language)] += 1
        if result is not None and result.reason is not None:
            counts.reasons[str.__str__(result.reason)] += 1
        if of.number:
            counts.queue_s.add(of.queued_s)
        if of.attempts:
            counts.create_s.add(of.created_s)
            counts.run_s.add(of.ran_s)
        if self._meters is not None and result is not None:
            self._meters.finished(result, now_s() - of.began_s)
        if self._hook is not None:
            self._tell(EventKind.FINISHED, of, result=result, seconds=now_s() - of.began_s)

    def created(self, sandbox_id: str) -> None:
        """Note that a sandbox was made."""
        self._counts.created += 1
        if self._meters is not None:
            self._meters.sandboxes(1)
        if self._hook is not None:
            self._tell(EventKind.CREATED, sandbox_id=sandbox_id)

    def deleted(self, sandbox_id: str) -> None:
        """Note that a sandbox is gone."""
        self._counts.deleted += 1
        if self._meters is not None:
            self._meters.sandboxes(-1)
        if self._hook is not None:
            self._tell(EventKind.DELETED, sandbox_id=sandbox_id)

    def unconfirmed(self, sandbox_id: str, *, is_doubtful: bool) -> None:
        """Note that a sandbox was not removed, as far as is known."""
        self._counts.unconfirmed += 1
        self._counts.doubtful += is_doubtful
        if self._meters is not None:
            self._meters.unconfirmed(is_doubtful=is_doubtful)
        if not is_doubtful and self._meters is not None:
            self._meters.sandboxes(-1)
        if self._hook is not None:
            self._tell(EventKind.UNCONFIRMED, sandbox_id=sandbox_id, is_doubtful=is_doubtful)

    def throttled(self, seconds: float) -> None:
        """Note that all are held back for some seconds more."""
        self._counts.throttled_s += seconds
        if self._meters is not None:
            self._meters.throttled(seconds)
        if self._hook is not None:
            self._tell(EventKind.THROTTLED, seconds=seconds)

    def circuit(self, *, is_open: bool) -> None:
        """Note that the service is given up, or works again."""
        if self._hook is not None:
            self._tell(EventKind.CIRCUIT, is_open=is_open)

    def _tell(
        self,
        kind: EventKind,
        of: Watched | None = None,
        **fields: Any,  # noqa: ANN401 - those of `Event`
    ) -> None:
        if self._hook is None:
            return
        if of is not None:
            fields = {
                "number": of.number or None,
                "index": of.index,
                "snippet_id": of.snippet.snippet_id,
                "language": of.language,
                "sandbox_id": of.sandbox_id,
                **fields,
            }
        self._hook.post(Event(kind=kind, at_s=now_s(), **fields))
