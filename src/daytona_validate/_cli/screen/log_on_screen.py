"""Log handler: this package's warnings and errors on the screen."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.details import unavailable_details
from daytona_validate._errors import DaytonaValidateError

_ALREADY_A_RESULT = unavailable_details("").rstrip()


class _OnScreen(logging.Handler):
    """Log handler: a record as one line, with a traceback only for a bug."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.WARNING)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        is_bug = error is not None and not isinstance(error, DaytonaValidateError)
        if message.startswith(_ALREADY_A_RESULT) and not is_bug:
            return
        why = "" if error is None or is_bug else f" ({error})"
        self._screen.error(f"{record.levelname.lower()}: {message}{why}")
        if error is not None and is_bug:
            self._screen.error("".join(traceback.format_exception(error)).rstrip("\n"))


@contextmanager
def log_on(screen: Screen) -> Iterator[None]:
    """Show warnings and errors on a screen within the context, but for those in a result."""
    logger = logging.getLogger("daytona_validate")
    handler = _OnScreen(screen)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
