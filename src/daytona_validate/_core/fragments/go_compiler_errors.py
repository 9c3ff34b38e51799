"""The errors of Go's compiler, as far as completions are made and judged by them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from daytona_validate._core.languages.go import GO
from daytona_validate._models import CodeValidationResult

_ERROR = re.compile(r"(?:\./)?([\w.]+\.go):(\d{1,9})(?::\d+)?: (.*)")
_UNDEFINED = re.compile(r"undefined: (\w+)$")


@dataclass(frozen=True, slots=True)
class GoError:
    """Error message of the compiler."""

    file: str
    line: int
    message: str
    rest: str
    """The lines below it that belong to it."""

    @property
    def is_own(self) -> bool:
        """Whether it is in a line of the block."""
        return self.file in (GO.entry_file, "main_test.go")

    @property
    def undefined(self) -> str | None:
        """Return the name that nothing declares, if that is the error."""
        found = _UNDEFINED.match(self.message)
        return found[1] if found else None


def go_errors(result: CodeValidationResult) -> list[GoError]:
    """Return the errors that a result tells, in order; none if nothing was compiled."""
    errors: list[GoError] = []
    for line in (result.error or "").split("\n"):
        found = _ERROR.match(line)
        if found:
            errors.append(GoError(found[1], int(found[2]), found[3], ""))
        elif errors and line.startswith("\t"):
            errors[-1] = replace(errors[-1], rest=f"{errors[-1].rest}{line}\n")
    return errors
