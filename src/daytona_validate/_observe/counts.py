"""The figures of one validator since it was opened, in memory that does not grow."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_LEAST_S = 0.001
_STEPS_A_DOUBLING = 4
_BOUNDS_S = tuple(_LEAST_S * 2 ** (n / _STEPS_A_DOUBLING) for n in range(81))
"""From 1 ms to 1,049 s, each 19 % above the one before."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Percentiles of a duration in seconds; each is at most 19 % too high, and 1 ms at least."""

    p50: float = 0.0
    """Half of all took no longer; 0.0: there was none."""
    p95: float = 0.0
    """95 of 100 took no longer."""
    p99: float = 0.0
    """99 of 100 took no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Snapshot of a validator's figures since it was opened; it does not change any more."""

    running: int
    """Snippets that hold a slot now."""
    waiting: int
    """Snippets that wait for one now, or for what is prepared once."""
    sandboxes: int
    """Sandboxes in use now, idle, or on their way out."""
    created: int
    """Sandboxes that were made."""
    deleted: int
    """Sandboxes that are gone."""
    unconfirmed: int
    """Sandboxes that were not removed, and those that nobody knows to have existed."""
    doubtful: int
    """Of these, the ones that may never have existed."""
    throttled_s: float
    """Seconds for which the service's rate limit held requests back."""
    retries: int
    """What was repeated beside runs, over all snippets."""
    outcomes: Mapping[str, int]
    """Snippets by outcome; `cancelled` are those whose caller left, or whose call was ended."""
    languages: Mapping[str, int]
    """Snippets by language; those of no known language together as `other`."""
    reasons: Mapping[str, int]
    """Those that were `unavailable`, by reason."""
    events_lost: int
    """Events that `on_event` was too slow for."""
    queue_s: Percentiles
    """Waiting for a slot, behind a throttle, or for what is prepared once."""
    create_s: Percentiles
    """Making the sandbox."""
    run_s: Percentiles
    """Running the snippet."""


class Histogram:
    """Histogram of durations with fixed buckets."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS_S) + 1)

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(_BOUNDS_S, seconds)] += 1

    def percentiles(self) -> Percentiles:
        """Return the upper bounds of the buckets in which the percentiles are."""
        return Percentiles(*(self._percentile(part) for part in (0.50, 0.95, 0.99)))

    def _percentile(self, part: float) -> float:
        wanted, seen = math.ceil(part * sum(self._counts)), 0
        if wanted == 0:
            return 0.0
        for count, bound_s in zip(self._counts, (*_BOUNDS_S, _BOUNDS_S[-1]), strict=True):
            seen += count
            if seen >= wanted:
                return bound_s
        return _BOUNDS_S[-1]  # pragma: no cover - the counts add up


class Counts:
    """Counters of one validator: bounded, and cheap to add to."""

    def __init__(self) -> None:
        self.running = 0
        self.waiting = 0
        self.created = 0
        self.deleted = 0
        self.unconfirmed = 0
        self.doubtful = 0
        self.throttled_s = 0.0
        self.retries = 0
        self.outcomes: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.queue_s, self.create_s, self.run_s = Histogram(), Histogram(), Histogram()

    def stats(self, *, events_lost: int) -> Stats:
        """Return a snapshot."""
        return Stats(
            running=self.running,
            waiting=self.waiting,
            sandboxes=self.created - self.deleted - (self.unconfirmed - self.doubtful),
            created=self.created,
            deleted=self.deleted,
            unconfirmed=self.unconfirmed,
            doubtful=self.doubtful,
            throttled_s=self.throttled_s,
            retries=self.retries,
            outcomes=MappingProxyType(dict(self.outcomes)),
            languages=MappingProxyType(dict(self.languages)),
            reasons=MappingProxyType(dict(self.reasons)),
            events_lost=events_lost,
            queue_s=self.queue_s.percentiles(),
            create_s=self.create_s.percentiles(),
            run_s=self.run_s.percentiles(),
        )


NO_STATS = Counts().stats(events_lost=0)
"""Of a validator that was not opened."""
