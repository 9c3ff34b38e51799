"""What is known of the last run of a course: which contents failed, and which did not.

An input is known by a hash of all that its program is and is given, never by its place. Of what
passed by the help of its page, it is known too what that page was: of another one, it has to run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from daytona_validate._json_text import json_text

SCHEMA_VERSION = 2
MOST_CONTENTS = 200_000
"""Of which a run is remembered: 10 MB."""
_APART = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """Record of a run: its inputs by whether the run failed by them."""

    failed: frozenset[str] = frozenset()
    """Inputs that failed at least once."""
    passed: frozenset[str] = frozenset()
    """Inputs that passed alone, and those that did with their pages, as `with_page` names them."""

    def has_to_run(self, content: str, page: str) -> bool:
        """Whether an input failed, or is not known; where nothing failed, each has to.

        Args:
            content: The hash of the input.
            page: The hash of all that its page depends on.
        """
        return not self.failed or self.passed.isdisjoint((content, with_page(content, page)))

    def followed_by(self, now: LastRun, *, has_all_failed: bool) -> LastRun:
        """Return what is known after another run of some of the inputs.

        Args:
            now: What that run found.
            has_all_failed: Whether all that failed was to run in it; what it did not meet of that
                is no longer there.
        """
        left = frozenset() if has_all_failed else self.failed - {*map(_input, now.passed)}
        failed = left | now.failed
        passed = {each for each in self.passed | now.passed if _input(each) not in failed}
        return LastRun(failed=failed, passed=frozenset(passed))


def with_page(content: str, page: str) -> str:
    """Return what an input is known by that passed with the help of a page."""
    return f"{content}{_APART}{page}"


def _input(known: str) -> str:
    return known.partition(_APART)[0]


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
