"""The line that a runner of tests adds to stderr, as each language's own runner writes it."""

from __future__ import annotations

from daytona_validate._core.tests_account import CountedTests, seal
from daytona_validate._models import Snippet


def account_line(snippet: Snippet, account: CountedTests) -> str:
    """Return the line of an account."""
    counts = f"{account.passed} {account.skipped} {account.failed_as_expected}"
    return f"tests {seal(snippet)} {counts}\n"
