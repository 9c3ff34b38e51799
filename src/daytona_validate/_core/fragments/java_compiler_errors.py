"""The errors of javac, as far as completions are made and judged by them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from daytona_validate._core.fragments.java_program import OWN_FILES
from daytona_validate._models import CodeValidationResult

_ERROR = re.compile(r"(\w+\.java):(\d{1,9}): error: (.*)")
_SYMBOL = re.compile(r" +symbol: +(class|variable|method|interface|static) +(\w+)")


@dataclass(frozen=True, slots=True)
class JavaError:
    """Error message of the compiler."""

    file: str
    line: int
    message: str
    symbol: str | None = None
    """The name that nothing declares, if that is the error."""
    is_type: bool = False
    """Whether that is a type's."""

    @property
    def is_own(self) -> bool:
        """Whether it is in a line of the block."""
        return self.file in OWN_FILES

    @property
    def text(self) -> str:
        """Return the message with the name it is about."""
        return self.message if self.symbol is None else f"{self.message}: {self.symbol}"


def java_errors(result: CodeValidationResult) -> list[JavaError]:
    """Return the errors that a result tells, in order; none if nothing was compiled."""
    errors: list[JavaError] = []
    for line in (result.error or "").split("\n"):
        found = _ERROR.match(line)
        symbol = _SYMBOL.match(line)
        if found:
            errors.append(JavaError(found[1], int(found[2]), found[3]))
        elif errors and symbol:
            is_type = symbol[1] == "class"
            errors[-1] = replace(errors[-1], symbol=symbol[2], is_type=is_type)
    return errors
