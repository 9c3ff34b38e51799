"""When so many results in a row have no verdict that what they run in counts as broken."""

from __future__ import annotations

from daytona_validate._models import CodeValidationResult, Outcome, Reason


class UnavailableStreak:
    """Counter of consecutive results that are `unavailable`, with nothing that ran between them.

    Who got no slot in time tells of its own limit and of how much is to do, and of nothing that is
    broken: it neither counts nor ends a streak.

    Args:
        stop_after: So many in a row are enough.
    """

    __slots__ = ("_in_a_row", "_stop_after")

    def __init__(self, stop_after: int) -> None:
        self._stop_after = stop_after
        self._in_a_row = 0

    def add(self, result: CodeValidationResult) -> str | None:
        """Take a result; return why the rest is to be called off, if it is."""
        if result.outcome is Outcome.UNAVAILABLE:
            self._in_a_row += result.reason is not Reason.QUEUE_TIMEOUT
        elif result.attempts > 0:  # else nothing ran, which tells nothing of what it runs in
            self._in_a_row = 0
        if self._in_a_row < self._stop_after:
            return None
        return f"{self._stop_after} in a row had no verdict, the last: {result.details}"
