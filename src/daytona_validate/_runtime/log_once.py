"""Log a message once, however often it is given: a batch of 100,000 may fail for one reason."""

from __future__ import annotations

import logging

MESSAGES_REMEMBERED = 1000
"""More different messages than these are not remembered, and only logged at DEBUG."""


class LogOnce:
    """Log deduplication: each message at its level the first time, at DEBUG from then on."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._messages: set[str] = set()

    def warn(self, message: str) -> None:
        """Log what the operator of this process may want to change."""
        self._log(logging.WARNING, message, None)

    def report(self, message: str, bug: Exception) -> None:
        """Log an error that nobody expected, with its traceback the first time."""
        self._log(logging.ERROR, message, bug)

    def _log(self, level: int, message: str, bug: Exception | None) -> None:
        if message in self._messages or len(self._messages) >= MESSAGES_REMEMBERED:
            self._logger.debug("%s", message)
            return
        self._messages.add(message)
        self._logger.log(level, "%s", message, exc_info=bug)
