"""Log one kind of message once in a while: a batch of 100,000 may fail for one reason.

What is held back is counted, and the count stands in the next record of its kind. A kind that was
not met for a while is logged again, so that a second outage is no less heard of than the first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

EVERY_S = 300.0
"""So long after a record, others of its kind are logged at DEBUG only."""
KINDS_REMEMBERED = 1000
"""Beyond it the kind that was logged longest ago is forgotten, and so is logged anew."""


@dataclass(slots=True)
class _Kind:
    logged_s: float
    held_back: int = 0


class LogOnce:
    """Log deduplication by kind: at its level once in `EVERY_S`, at DEBUG in between.

    Args:
        logger: Where to.
        clock: Monotonic seconds.
    """

    def __init__(
        self, logger: logging.Logger, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._clock = clock
        self._kinds: dict[Hashable, _Kind] = {}

    def warn(
        self,
        message: str,
        *,
        kind: Hashable = None,
        error: BaseException | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """Log what the operator of this process may want to change.

        Args:
            message: The text of the record.
            kind: What makes it the same as another; None: the text. An id in it is no kind.
            error: Its traceback is logged, and the level is ERROR; None: there is none.
            extra: More attributes of the record.
        """
        level = logging.WARNING if error is None else logging.ERROR
        held_back = self._held_back((level, message if kind is None else kind))
        if held_back is None:
            self._logger.debug("%s", message, extra=extra)
        else:
            self._logger.log(level, "%s%s", message, held_back, exc_info=error, extra=extra)

    def report(
        self,
        message: str,
        bug: Exception,
        *,
        kind: Hashable = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """Log an error that nobody expected, each time; with its traceback once in `EVERY_S`."""
        held_back = self._held_back(("bug", message if kind is None else kind))
        shown = None if held_back is None else bug
        self._logger.error("%s", message, exc_info=shown, extra=extra)

    def _held_back(self, kind: Hashable) -> str | None:
        """Return what is said of records that were held back; None: this one is, too."""
        now_s = self._clock()
        known = self._kinds.get(kind)
        if known is not None and now_s - known.logged_s < EVERY_S:
            known.held_back += 1
            return None
        self._kinds.pop(kind, None)  # the order is that of the last record
        self._kinds[kind] = _Kind(now_s)
        if len(self._kinds) > KINDS_REMEMBERED:
            del self._kinds[next(iter(self._kinds))]
        if known is None or not known.held_back:
            return ""
        minutes = (now_s - known.logged_s) / 60
        return f" ({known.held_back} more like it in the last {minutes:.0f} min)"
