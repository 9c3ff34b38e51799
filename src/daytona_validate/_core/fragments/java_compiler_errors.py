"""The errors of javac and of its programs, as far as completions are made and judged by them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from daytona_validate._core.fragments.java_program import OWN_FILES
from daytona_validate._core.languages.java_errors import FRAME, MAIN_THREAD
from daytona_validate._models import CodeValidationResult

_ERROR = re.compile(r"((?:\S{1,200}/)?\w+\.java):(\d{1,9}): error: (.*)")
_SYMBOL = re.compile(r" +symbol: +(class|variable|method|interface|static) +(\w+)")
_OWNER = re.compile(
    r" +location: +(?:class|interface|(variable) \w+ of type) +(?:[\w$]{1,80}\.){0,9}(\w+)"
)


@dataclass(frozen=True, slots=True)
class JavaError:
    """Error message of the compiler."""

    file: str
    line: int
    message: str
    symbol: str | None = None
    """The name that nothing declares, if that is the error."""
    kind: str | None = None
    """What it would be the name of: `class`, `variable`, `method`."""
    owner: str | None = None
    """The type that has no such member, or in which the name stands."""
    is_of_value: bool = False
    """Whether a member of a variable's type is asked for, and not any name."""
    is_own: bool = True
    """Whether it is in a line of the block."""

    @property
    def is_type(self) -> bool:
        """Return whether the name that nothing declares is a type's."""
        return self.kind == "class"

    @property
    def text(self) -> str:
        """Return the message with the name it is about."""
        return self.message if self.symbol is None else f"{self.message}: {self.symbol}"


def java_errors(
    result: CodeValidationResult, own_files: Collection[str] = OWN_FILES
) -> list[JavaError]:
    """Return the errors that a result tells, in order; none if nothing was compiled.

    Args:
        result: Of the program.
        own_files: The names of its files that hold lines of the block.
    """
    errors: list[JavaError] = []
    for line in (result.error or "").split("\n"):
        found = _ERROR.match(line)
        symbol = _SYMBOL.match(line)
        if found:
            is_own = found[1] in own_files
            errors.append(JavaError(found[1], int(found[2]), found[3], is_own=is_own))
        elif errors and symbol:
            errors[-1] = replace(errors[-1], kind=symbol[1], symbol=symbol[2])
        elif errors and errors[-1].symbol is not None and (owner := _OWNER.match(line)):
            is_of_value = owner[1] is not None
            errors[-1] = replace(errors[-1], owner=owner[2], is_of_value=is_of_value)
    return errors


def at_own_line(result: CodeValidationResult, own_files: Collection[str]) -> CodeValidationResult:
    """Return the result of a program that failed, blaming the innermost line of the block's own.

    Args:
        result: Of the program.
        own_files: As in `java_errors`; that of the entry is not the only one.
    """
    lines = (result.error or "").split("\n")
    start = max((n for n, line in enumerate(lines) if line.startswith(MAIN_THREAD)), default=None)
    trace = () if start is None else lines[start + 1 :]
    frames = (frame for each in trace if (frame := FRAME.match(each)))
    line = next((int(frame[3]) for frame in frames if frame[2] in own_files), None)
    if line is None or line == result.error_line:
        return result
    details = result.details.removesuffix(f" (line {result.error_line})")
    return replace(result, error_line=line, details=f"{details} (line {line})")
