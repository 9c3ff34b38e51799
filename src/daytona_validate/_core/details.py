"""The one line for people in every result; its wording is a promise."""

from __future__ import annotations

from daytona_validate._core.printable import ONE_LINE_CHARACTERS, one_line
from daytona_validate._core.tests_account import CountedTests
from daytona_validate._models import Caveat

_CAVEATS = {
    Caveat.TESTS_NOT_RUN: "defines tests and runs none",
    Caveat.TESTS_CUT_OFF: "ended before its tests had run",
    Caveat.TESTS_FAILED: "ran tests that failed",
}
_FAILED = "Code execution failed: "
_EXPECTED = "Failed as expected: "
_FRAGMENT = "Code not runnable: "
_SKIPPED = "Code skipped: "
_INVALID = "Invalid snippet: "
_UNAVAILABLE = "Code validation unavailable - "
_CANCELLED = "Code validation cancelled - "


def success_details(elapsed_s: float, caveat: Caveat | None = None, cause: str = "") -> str:
    """Return the line of a program that ran well, as in `… successfully in 0.23 seconds`.

    Args:
        elapsed_s: Wall seconds.
        caveat: What its success does not prove.
        cause: The cause of the caveat.
    """
    but = "" if caveat is None else f"; it {_CAVEATS[caveat]}"
    more = f": {cause}" if cause else ""
    return one_line(f"Code executed successfully in {elapsed_s:.2f} seconds{but}{more}")


def listening_details(port: str | None) -> str:
    """Return what is added for a server that was ended because it listens on a port."""
    return "" if port is None else f"; it listens on port {port}"


def tests_details(elapsed_s: float, account: CountedTests) -> str:
    """Return the line of a snippet whose tests ran well, as in `…; 3 tests passed, 1 skipped`."""
    if not account.has_run:
        return success_details(elapsed_s, Caveat.TESTS_NOT_RUN, f"{account.skipped} skipped")
    noun = "test" if account.passed == 1 else "tests"
    others = ((account.skipped, "skipped"), (account.failed_as_expected, "failed as expected"))
    more = "".join(f", {count} {what}" for count, what in others if count)
    return f"{success_details(elapsed_s)}; {account.passed} {noun} passed{more}"


def check_details(elapsed_s: float) -> str:
    """Return the line of a program that was only checked."""
    return f"Code checked successfully in {elapsed_s:.2f} seconds; it was not run"


def failure_details(cause: str, advice: str = "") -> str:
    """Return the line of a program that failed; the advice at its end is never cut."""
    shown = one_line(_FAILED + cause, ONE_LINE_CHARACTERS - len(advice))
    return shown + one_line(advice)


def as_expected_details(cause: str) -> str:
    """Return the line of a program that failed as it was meant to."""
    return one_line(_EXPECTED + cause)


def skipped_details(reason: str) -> str:
    """Return the line of a snippet that is left out on purpose."""
    return one_line(_SKIPPED + reason)


def fragment_details(reason: str) -> str:
    """Return the line of a fragment that was never meant as a program."""
    return one_line(_FRAGMENT + reason)


def unavailable_details(reason: str) -> str:
    """Return the line that says why there is no verdict."""
    return one_line(_UNAVAILABLE + reason)


def cancelled_details(reason: str) -> str:
    """Return the line that says why a snippet was called off."""
    return one_line(_CANCELLED + reason)


def invalid_details(problem: str) -> str:
    """Return the line of a snippet that cannot be run as given."""
    return one_line(_INVALID + problem)


def cause(details: str) -> str:
    """Return the cause in a line of details, without the prefix of its outcome."""
    for prefix in (_FAILED, _EXPECTED, _FRAGMENT, _SKIPPED, _INVALID, _UNAVAILABLE, _CANCELLED):
        if details.startswith(prefix):
            return details.removeprefix(prefix)
    return details
