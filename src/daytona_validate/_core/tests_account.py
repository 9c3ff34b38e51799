"""The summary line of a test runner, which it adds to stderr.

Whether tests ran is never read from what a program printed: that may look like any report. So the
line has a seal, which is made of the code and given to the runner alone. No program prints it by
accident; a program that means to forge it can, as it can let its tests pass.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from daytona_validate._models import Snippet

SEAL = "{seal}"
"""Stands in a command for the snippet's seal."""
SEALED = f"TESTS_SEAL={SEAL}"
"""For the environment of a runner."""
LISTENING_SEALED = f"UNTIL_LISTENING={SEAL}"
"""The same for what ends a server once it listens; see `listening.py`."""
_SEAL_DIGITS = 32


@dataclass(frozen=True, slots=True)
class CountedTests:
    """Test counts by kind, where none failed."""

    passed: int
    skipped: int = 0
    failed_as_expected: int = 0

    @property
    def has_run(self) -> bool:
        """Whether any was run."""
        return self.passed + self.failed_as_expected > 0


def seal(snippet: Snippet) -> str:
    """Return what a runner shows that the account of a snippet's tests is its own."""
    code = snippet.code.encode("utf-8", "surrogatepass")
    return hashlib.sha256(code).hexdigest()[:_SEAL_DIGITS]


def split_account(stderr: str, snippet: Snippet) -> tuple[str, CountedTests | None]:
    """Return what the program wrote itself, and the account of its tests if they were run.

    A runner adds the account to stderr as the line `tests <seal> <passed> <skipped> <failed as
    expected>`.

    Args:
        stderr: What was kept of it, as text.
        snippet: Whose.
    """
    if not snippet.run_tests:
        return stderr, None
    line = re.compile(rf"tests {seal(snippet)} (\d{{1,9}}) (\d{{1,9}}) (\d{{1,9}})\n")
    found = list(line.finditer(stderr))
    account = CountedTests(*map(int, found[-1].groups())) if found else None
    return line.sub("", stderr), account
