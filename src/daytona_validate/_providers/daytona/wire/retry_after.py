"""How long the service asks its callers to wait, in any of the forms it has for that.

The throttlers of the control plane send `Retry-After-<throttler>`, the one for failed logins
sends plain `Retry-After`, and proxies may send a date. Without any of them the counters'
`X-RateLimit-Reset-<throttler>` tell when they start again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_RETRY = "retry-after"
_RESET = "x-ratelimit-reset"
_REMAINING = "x-ratelimit-remaining"
CREATIONS_LEFT = _REMAINING + "-sandbox-create"
"""The header by which the service says how many creations are left of those it allows."""
LONGEST_S = 3600.0
"""No answer makes us wait longer than this: it is a mistake, or it is no use to wait."""


def seconds(headers: Mapping[str, str], *, is_throttled: bool, now_s: float) -> float | None:
    """Return the seconds to wait, or None if the service did not say.

    Args:
        headers: Of the answer, names in lower case.
        is_throttled: Whether a counter is used up; only then a counter's reset means us.
        now_s: Seconds since the epoch, for dates.
    """
    asked = _longest(
        _seconds_or_date(value, now_s)
        for name, value in headers.items()
        if name == _RETRY or name.startswith(_RETRY + "-")
    )
    if asked is None and is_throttled:
        return _longest(_number(value) for value in _resets(headers))
    return asked


@dataclass(frozen=True, slots=True)
class CreationsLeft:
    """How many sandboxes may be asked for until the service counts anew."""

    count: int
    for_s: float


def creations_left(headers: Mapping[str, str]) -> CreationsLeft | None:
    """Return what an answer says of it; None: nothing that makes sense.

    Args:
        headers: Of the answer, names in any letter case, or in lower case.
    """
    left = _number(headers.get(CREATIONS_LEFT, ""))
    for_s = _number(headers.get(_RESET + "-sandbox-create", ""))
    if left is None or for_s is None:
        return None
    return CreationsLeft(int(left), min(for_s, LONGEST_S))


def _resets(headers: Mapping[str, str]) -> list[str]:
    """Return the resets of the counters that are used up; of all, if none says that it is."""
    resets = {
        name.removeprefix(_RESET): value
        for name, value in headers.items()
        if name.startswith(_RESET)
    }
    used_up = [
        value
        for which, value in resets.items()
        if headers.get(_REMAINING + which, "").strip() == "0"
    ]
    return used_up or list(resets.values())


def _longest(waits: Iterable[float | None]) -> float | None:
    known = [wait for wait in waits if wait is not None]
    return min(max(known), LONGEST_S) if known else None


def _seconds_or_date(value: str, now_s: float) -> float | None:
    number = _number(value)
    if number is not None:
        return number
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now_s)
    except (ValueError, TypeError, OverflowError):  # TypeError: Python 3.11 for some nonsense
        return None


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None
