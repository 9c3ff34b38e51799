"""What is known of the last run of a course: which contents failed, and which did not.

A content is known by a hash of all that its program is and is given, never by its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from daytona_validate._json_text import json_text

SCHEMA_VERSION = 1
MOST_CONTENTS = 200_000
"""Of which a run is remembered: 6 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """Record of a run: its contents by whether the run failed by them."""

    failed: frozenset[str] = frozenset()
    """Those that failed at least once."""
    passed: frozenset[str] = frozenset()

    def has_to_run(self, content: str) -> bool:
        """Whether a content failed, or is not known; where nothing failed, each has to."""
        return not self.failed or content not in self.passed

    def followed_by(self, now: LastRun, *, has_all_failed: bool) -> LastRun:
        """Return what is known after another run of some of the contents.

        Args:
            now: What that run found.
            has_all_failed: Whether all that failed was to run in it; what it did not meet of that
                is no longer there.
        """
        left = frozenset() if has_all_failed else self.failed - now.passed
        failed = left | now.failed
        return LastRun(failed=failed, passed=(self.passed | now.passed) - failed)


def last_run_text(run: LastRun) -> str | None:
    """Return a run as JSON; None if it is too large to be kept."""
    if len(run.failed) + len(run.passed) > MOST_CONTENTS:
        return None
    contents = {"failed": sorted(run.failed), "passed": sorted(run.passed)}
    return json_text({"schema_version": SCHEMA_VERSION, **contents}) + "\n"


def last_run_of(text: str) -> LastRun | None:
    """Return what a text says; None if it is none of ours, as of another version."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("schema_version") != SCHEMA_VERSION:
        return None
    failed, passed = _texts(value.get("failed")), _texts(value.get("passed"))
    return None if failed is None or passed is None else LastRun(failed=failed, passed=passed)


def _texts(value: object) -> frozenset[str] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    return frozenset(value)
