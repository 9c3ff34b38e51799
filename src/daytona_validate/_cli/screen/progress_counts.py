"""What there is to show of a run that is under way."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.worst_code import code_of_result
from daytona_validate._models import CodeValidationResult


@dataclass(slots=True)
class Counts:
    """How many snippets are done, and how they ended."""

    total: int | None = None
    """None as long as it is not known."""
    done: int = 0
    failed: int = 0
    unavailable: int = 0

    def add(self, result: CodeValidationResult) -> None:
        """Count one result."""
        self.done += 1
        code = code_of_result(result)
        self.failed += code is ExitCode.FAILED
        self.unavailable += code is ExitCode.UNAVAILABLE

    def text(self) -> str:
        """Return `120/500, 3 failed, 1 unavailable`."""
        parts = [f"{self.done}" if self.total is None else f"{self.done}/{self.total}"]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.unavailable} unavailable"] if self.unavailable else []
        return ", ".join(parts)
