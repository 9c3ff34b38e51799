"""What a report says about one snippet: its result, and the code that it is about."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daytona_validate._core.details import cause
from daytona_validate._core.fingerprint import fingerprint
from daytona_validate._core.outcomes import outcome_row
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
    is_block: bool = False
    """Whether it is a block or cell of a page; else it stands alone."""
    input_fingerprint: str = ""
    """The hash of its code, of what it was given and of what it had to do."""
    page_fingerprint: str = ""
    """The hash of all that its page depends on; empty: it stands alone."""
    fails_run: bool | None = None
    """Whether the run fails by it: not if a baseline knows it; None: as its outcome says."""

    @property
    def is_failure(self) -> bool:
        """Return whether it is reported as a failure, or as one that could not be judged."""
        by_outcome = outcome_row(self.result.outcome).exit_code != 0
        return by_outcome if self.fails_run is None else self.fails_run

    @property
    def fingerprint(self) -> str:
        """Return its content hash: the same wherever the same code stands."""
        return fingerprint(self.result.language, self.code)

    @property
    def error_line(self) -> int | None:
        """Return the 1-based line of the file where it failed; None: not known."""
        location = self.result.location
        is_elsewhere = location is None or location.included is not None
        if self.code_line is None or self.result.error_line is None or is_elsewhere:
            return None
        return self.code_line + self.result.error_line - 1

    @property
    def place(self) -> str:
        """Return where it failed or stands, else what it is called, else its number."""
        result = self.result
        if result.location is None:
            return f"snippet {result.index}" if result.snippet_id is None else result.snippet_id
        line = self.error_line
        return str(result.location if line is None else replace(result.location, line=line))

    @property
    def cause(self) -> str:
        """Return the cause in its details, without the line that `place` has."""
        said = cause(self.result.details)
        if self.error_line is None:
            return said
        return said.replace(f" (line {self.result.error_line})", "", 1)
