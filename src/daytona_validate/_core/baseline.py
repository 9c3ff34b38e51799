"""Baseline: the failures that a course is known to have, so that only new ones count.

They are known by content, never by line: what moves within a page or to another one is the same
failure, and what is changed is a new one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from daytona_validate._core.reported import Reported
from daytona_validate._json_text import json_text
from daytona_validate._models import Outcome

SCHEMA_VERSION = 1
_Key = tuple[str, str]


class BrokenBaseline(Exception):
    """A text is no baseline; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    """Entry of a baseline: one content that fails in one way, however often it is there."""

    fingerprint: str
    outcome: str
    count: int
    language: str = ""
    place: str = ""
    """Where the first of them stood when it was recorded: for people, nothing is matched by it."""

    @property
    def key(self) -> _Key:
        """What it is matched by."""
        return self.fingerprint, self.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineAccount:
    """Comparison of a run with its baseline: how many snippets are what."""

    known: int
    new: int
    fixed: int
    """Known failures whose content no longer fails."""
    gone: int
    """Known failures whose content was not met in this run."""


class BaselineRun:
    """Matches the results of one run with the failures that are known.

    Args:
        known: The baseline.
    """

    def __init__(self, known: Iterable[KnownFailure]) -> None:
        self._known = tuple(known)
        self._left = Counter({each.key: each.count for each in self._known})
        self._failing: dict[_Key, KnownFailure] = {}
        self._failing_contents: set[str] = set()
        self._unjudged: set[str] = set()
        self._passed: Counter[str] = Counter()
        self._counts: Counter[bool] = Counter()

    def add(self, reported: Reported, *, has_failed: bool) -> bool:
        """Take a result, and return whether it is a known failure.

        Args:
            reported: The result and its code.
            has_failed: Whether it would fail a run without a baseline.
        """
        content, outcome = reported.fingerprint, reported.result.outcome
        if outcome is Outcome.UNAVAILABLE:
            self._unjudged.add(content)
            return False
        if not has_failed:
            self._passed[content] += 1
            return False
        key = content, outcome.value
        found = self._failing.get(key) or _entry(reported)
        self._failing[key] = replace(found, count=found.count + 1)
        self._failing_contents.add(content)
        is_known = self._left[key] > 0
        self._left[key] -= is_known
        self._counts[is_known] += 1
        return is_known

    def account(self) -> BaselineAccount:
        """Return how the run so far differs from the baseline."""
        fixed = gone = 0
        passed = self._passed.copy()
        for (content, _), left in self._left.items():
            ended = min(left, passed[content])
            passed[content] -= ended
            fixed += ended
            is_met = content in self._failing_contents or content in self._unjudged
            gone += 0 if is_met else left - ended
        return BaselineAccount(
            known=self._counts[True], new=self._counts[False], fixed=fixed, gone=gone
        )

    def recorded(self) -> tuple[KnownFailure, ...]:
        """Return the baseline of this run; what it could not judge stays as it was known."""
        kept = {
            each.key: replace(each, count=self._left[each.key])
            for each in self._known
            if each.fingerprint in self._unjudged and self._left[each.key] > 0
        }
        return tuple((kept | self._failing).values())


def _entry(reported: Reported) -> KnownFailure:
    result = reported.result
    return KnownFailure(
        fingerprint=reported.fingerprint,
        outcome=result.outcome.value,
        count=0,
        language=result.language,
        place=str(result.location) if result.location else result.snippet_id or "",
    )


def baseline_text(failures: Iterable[KnownFailure]) -> str:
    """Return a baseline as JSON, an entry a line, always in the same order."""
    rows = sorted(failures, key=lambda each: (each.place.partition(":")[0], *each.key))
    lines = ",\n".join(f"  {json_text(asdict(each))}" for each in rows)
    failing = f"[\n{lines}\n]" if rows else "[]"
    return f'{{"schema_version": {SCHEMA_VERSION}, "failures": {failing}}}\n'


def baseline_of(text: str) -> tuple[KnownFailure, ...]:
    """Return what a baseline's text says.

    Raises:
        BrokenBaseline: It is no baseline.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenBaseline(f"it is no JSON: {error}") from error
    rows = value.get("failures") if isinstance(value, dict) else None
    if not isinstance(rows, list) or value.get("schema_version") != SCHEMA_VERSION:
        raise BrokenBaseline(f"it is no baseline of schema version {SCHEMA_VERSION}")
    return tuple(_failure(row, number) for number, row in enumerate(rows, 1))


def _failure(row: object, number: int) -> KnownFailure:
    values = row if isinstance(row, dict) else {}
    texts = {
        name: value
        for name in ("fingerprint", "outcome", "language", "place")
        if isinstance(value := values.get(name), str)
    }
    count = values.get("count")
    if not {"fingerprint", "outcome"} <= texts.keys() or type(count) is not int or count < 1:
        raise BrokenBaseline(f"its entry {number} has no fingerprint, outcome or count")
    return KnownFailure(**texts, count=count)
