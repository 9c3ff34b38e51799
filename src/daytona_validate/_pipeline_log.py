"""What the pipeline logs of a snippet: why there is no verdict, and what is tried once more."""

from __future__ import annotations

import logging

from daytona_validate._core.details import unavailable_details
from daytona_validate._errors import ConnectionFailed, SandboxUnavailable, reason_of
from daytona_validate._pipeline_trace import Trace
from daytona_validate._reason import Reason
from daytona_validate._runtime.log_once import LogOnce

_logger = logging.getLogger("daytona_validate")


def as_unavailable(error: Exception) -> SandboxUnavailable:
    """Translate an exception into the one whose message becomes the result's details."""
    if isinstance(error, SandboxUnavailable):
        return error
    return SandboxUnavailable(
        f"Unexpected {type(error).__name__}: a bug, see the log", reason=Reason.BUG
    )


def log_unavailable(
    once: LogOnce, trace: Trace, reason: SandboxUnavailable, error: Exception
) -> None:
    """Log why a snippet has no verdict.

    Args:
        once: Where to.
        trace: The snippet's.
        reason: What its result says.
        error: What was raised; another one than `reason` is a bug.
    """
    message, extra = unavailable_details(str(reason)), trace.noted(reason.reason)
    if reason is not error:
        once.report(message, error, kind=(type(error), _place(error)), extra=extra)
        return
    traced = error if isinstance(error, ConnectionFailed) else None
    kind = (type(error), reason.reason, trace.language)
    once.warn(message, kind=kind, error=traced, extra=extra)


def log_cancelled(trace: Trace, error: Exception) -> None:
    """Log what was raised while a snippet was cancelled."""
    _logger.warning("A cancelled validation failed as well.", exc_info=error, extra=trace.noted())


def log_retry(trace: Trace, attempt: int, error: BaseException, wait_s: float) -> None:
    """Log that no sandbox was made, and another is asked for."""
    said = "Attempt %d made no sandbox; retrying in %.2f s: %s"
    _logger.info(said, attempt, wait_s, error, extra=trace.noted(reason_of(error)))


def _place(error: Exception) -> tuple[str, int] | None:
    """Return where an error was raised, which tells one bug from another."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return None if last is None else (last.tb_frame.f_code.co_filename, last.tb_lineno)
