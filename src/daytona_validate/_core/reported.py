"""What a report says about one snippet: its result, and the code that it is about."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._models import CodeValidationResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Row of a report: a result beside its code."""

    result: CodeValidationResult
    code: str = ""
    """As its page or record has it, before anything was put around it."""
    code_line: int | None = None
    """1-based line of the file at which the code begins; None: it has no lines of its own there,
    as in a record or a notebook."""
    section: str = ""
    """The headings above it, outermost first, with ` > ` between them."""

    @property
    def error_line(self) -> int | None:
        """Return the 1-based line of the file where it failed; None: not known."""
        if self.code_line is None or self.result.error_line is None:
            return None
        return self.code_line + self.result.error_line - 1
