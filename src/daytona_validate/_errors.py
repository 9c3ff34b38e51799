"""The exceptions that modules share, in one tree; those of a single module stay there.

A class exists only where a caller would handle it differently::

    DaytonaValidateError
    ├── ConfigurationError       the caller's settings or arguments are wrong
    ├── ValidatorClosed          the validator is not open (or no longer)
    ├── QueueFull                more calls wait than `max_queue` allows
    ├── CleanupTimeout           a clean-up did not end within its grace
    └── SandboxUnavailable       no sandbox, hence no verdict: the infrastructure's fault
        ├── ToolchainMissing     … a language's toolchain is not there: the environment's fault
        ├── SandboxLost          it started and was lost before a verdict: may be run once more
        │   └── ProgramStarved   … others kept the program from running: once more, and alone
        ├── SandboxUsedUp        it was used before and takes no more: nothing ran in it
        └── ConnectionFailed     the service was not reached: logged with the trace of the error

Public are `DaytonaValidateError`, `ConfigurationError`, `ValidatorClosed` and `QueueFull` in
`daytona_validate`, which a caller meets; and `SandboxUnavailable`, `ToolchainMissing`,
`SandboxLost`, `ProgramStarved` and `SandboxUsedUp` in `daytona_validate.testing`, which providers
raise.
`CleanupTimeout` and `ConnectionFailed` are not: a caller catches the class above them.

What a snippet does is never an exception: it is a result.
"""

from __future__ import annotations

from daytona_validate._reason import Reason


class DaytonaValidateError(Exception):
    """Anything that this package raises on purpose."""


class ConfigurationError(DaytonaValidateError):
    """A setting or an argument is wrong; the message names it and says what it accepts."""


class ValidatorClosed(DaytonaValidateError):
    """The validator was used before it was opened or after it was closed."""


class QueueFull(DaytonaValidateError):
    """Load shedding: as many calls wait for their first slot as `max_queue` allows.

    Args:
        message: What is full, and what the limit is.
        waiting: Calls that wait for their first slot now.
        slots: Snippets that the validator takes at a time.
        retry_after_s: Estimate of the seconds until those who wait now have their slots: from how
            long slots were held of late; between 0.1 and 60. It promises nothing. As a header:
            `Retry-After: {math.ceil(error.retry_after_s)}`.
    """

    def __init__(
        self, message: str, *, waiting: int = 0, slots: int = 0, retry_after_s: float = 1.0
    ) -> None:
        super().__init__(message)
        self.waiting = waiting
        self.slots = slots
        self.retry_after_s = retry_after_s


class CleanupTimeout(DaytonaValidateError):
    """A clean-up did not end within its grace period, and is no longer awaited."""


class SandboxUnavailable(DaytonaValidateError):
    """A sandbox could not be had, or gave no verdict.

    Args:
        message: What happened, to what, and what to do about it.
        reason: It in one word of the closed list; None: that of the class.
        retryable: Whether asking again may help.
        retry_after_s: Seconds that the service asked us to wait; None if it did not say.
    """

    reason: Reason = Reason.OTHER

    def __init__(
        self,
        message: str,
        *,
        reason: Reason | None = None,
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason
        self.retryable = retryable
        self.retry_after_s = retry_after_s


def reason_of(error: BaseException) -> Reason:
    """Return why there is no verdict, by the exception that says so."""
    return error.reason if isinstance(error, SandboxUnavailable) else Reason.BUG


class ToolchainMissing(SandboxUnavailable):
    """The language's toolchain is not installed here; the message has the line that installs it."""

    reason: Reason = Reason.NO_TOOLCHAIN


class SandboxLost(SandboxUnavailable):
    """The sandbox died under the snippet, through no act of the snippet: nothing was judged."""

    reason: Reason = Reason.SANDBOX_LOST


class ProgramStarved(SandboxLost):
    """CPU starvation: others kept, or may have kept, a program from running to its end."""

    reason: Reason = Reason.STARVED


class SandboxUsedUp(SandboxUnavailable):
    """A sandbox that was used before is not fit for another snippet: nothing was run in it."""

    reason: Reason = Reason.SANDBOX_LOST


class ConnectionFailed(SandboxUnavailable):
    """The service could not be reached, or did not answer; the network's error is its cause."""

    reason: Reason = Reason.UNREACHABLE
