"""Figures of results for Prometheus, in its text format."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from daytona_validate import CodeValidationResult

BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
COUNTED = "daytona_validate_validations_total"
QUEUED = "daytona_validate_queue_duration_seconds"


class Metrics:
    """Counters of one process."""

    def __init__(self) -> None:
        self._results: Counter[tuple[str, str, str, str]] = Counter()
        self._waits = [0] * (len(BUCKETS_S) + 1)
        self._waited_s = 0.0

    def add(self, result: CodeValidationResult) -> None:
        """Count a result."""
        language = result.language if result.runtime else "none"  # else any text of a client's
        key = (language, result.outcome.value, result.fault.value, str(result.reason or ""))
        self._results[key] += 1
        self._waits[bisect_left(BUCKETS_S, result.timings.queued_s)] += 1
        self._waited_s += result.timings.queued_s

    def text(self) -> str:
        """Return all of it in Prometheus' text format."""
        lines = [f"# HELP {COUNTED} Results by language and outcome.", f"# TYPE {COUNTED} counter"]
        for (language, outcome, fault, reason), count in sorted(self._results.items()):
            labels = f'language="{language}",outcome="{outcome}",fault="{fault}",reason="{reason}"'
            lines.append(f"{COUNTED}{{{labels}}} {count}")
        lines += [f"# HELP {QUEUED} Seconds waited for a slot.", f"# TYPE {QUEUED} histogram"]
        below = 0
        for most_s, count in zip((*map(str, BUCKETS_S), "+Inf"), self._waits, strict=True):
            below += count
            lines.append(f'{QUEUED}_bucket{{le="{most_s}"}} {below}')
        lines += [f"{QUEUED}_sum {self._waited_s}", f"{QUEUED}_count {below}"]
        return "\n".join(lines) + "\n"
