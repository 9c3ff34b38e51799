"""The one line for people in every result; its wording is a promise."""

from __future__ import annotations

from daytona_validate._core.printable import one_line

_FAILED = "Code execution failed: "


def success_details(elapsed_s: float) -> str:
    """Return the line of a program that ran well, as in `… successfully in 0.23 seconds`."""
    return f"Code executed successfully in {elapsed_s:.2f} seconds"


def check_details(elapsed_s: float) -> str:
    """Return the line of a program that was only checked."""
    return f"Code checked successfully in {elapsed_s:.2f} seconds"


def failure_details(cause: str) -> str:
    """Return the line of a program that failed."""
    return one_line(_FAILED + cause)


def fragment_details(reason: str) -> str:
    """Return the line of a fragment that was never meant as a program."""
    return one_line(f"Code not runnable: {reason}")


def unavailable_details(reason: str) -> str:
    """Return the line that says why there is no verdict."""
    return one_line(f"Code validation unavailable - {reason}")


def cause(details: str) -> str:
    """Return the cause that `failure_details` was given, other lines as they are."""
    return details.removeprefix(_FAILED)
