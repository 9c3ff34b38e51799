"""Log a message once, however often it is given: a batch of 100,000 may fail for one reason."""

from __future__ import annotations

import logging

MESSAGES_REMEMBERED = 1000
"""So many different warnings, and as many different errors: more are only logged at DEBUG."""


class LogOnce:
    """Log deduplication: each message at its level the first time, at DEBUG from then on."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._warnings: set[str] = set()
        self._errors: set[str] = set()

    def warn(self, message: str) -> None:
        """Log what the operator of this process may want to change."""
        if self._is_new(message, self._warnings):
            self._logger.warning("%s", message)

    def report(self, message: str, bug: Exception) -> None:
        """Log an error that nobody expected, with its traceback the first time.

        However many warnings there were, none of them hides it.
        """
        if self._is_new(message, self._errors):
            self._logger.error("%s", message, exc_info=bug)

    def _is_new(self, message: str, known: set[str]) -> bool:
        """Remember a message and return True; log one that is no news at DEBUG."""
        if message in known or len(known) >= MESSAGES_REMEMBERED:
            self._logger.debug("%s", message)
            return False
        known.add(message)
        return True
