"""The interface of error parsers: a failed step in, a diagnosis out; each language has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daytona_validate._models import Limit

COMPILER_REPORT = "compiler report"
"""Begins the line that a compiler of ours writes to stdout for `diagnose`; people do not see it."""
_FIRST_SIGNAL_CODE = 129  # shells and bwrap report death by signal N as exit code 128 + N


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Input of an error parser: the output and the exit status of a step."""

    text: str
    """Its stderr; of a compiler, both streams."""
    entry_file: str
    exit_code: int | None
    signal: int | None = None
    has_output: bool = False
    """Whether the program wrote to stdout: then it certainly ran."""
    output: str = ""
    """Its stdout, where some runtimes report failed tests, and our own compilers what is wrong."""
    is_compiler: bool = False
    """Whether a compiler wrote the text, which no program can forge."""
    code: str = ""
    """The entry file's, for parsers that find a line by its text."""

    @property
    def is_killed(self) -> bool:
        """Whether a signal ended it."""
        by_code = self.exit_code is not None and self.exit_code >= _FIRST_SIGNAL_CODE
        return self.signal is not None or by_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Parsed error: what a program's last output says about the error that ended it.

    Output is no proof: a program can print anything. So a parser claims more than a message only
    for what stands where the runtime itself writes its last error, and errs towards the program.
    """

    message: str
    """The most telling line."""
    line: int | None = None
    """1-based line of the entry file where it happened."""
    is_rejection: bool = False
    """The runtime refused the program before running any of it."""
    missing_module: str | None = None
    """The top-level module or package whose absence ended it."""
    told_package: str | None = None
    """The package that an installed library or a compiler said it lacks, in words of its own."""
    missing_resource: str | None = None
    """What the sandbox does not have and no package brings, such as a display, if that ended the
    program."""
    limit: Limit | None = None
    """The limit that the program exceeded, by its own runtime's account."""
    is_uncaught: bool = False
    """The runtime itself reported this as what ended the program."""
    also: int = 0
    """How many more tests failed beside the one in the message."""


Diagnose = Callable[[Ending], Diagnosis | None]


def last_line(ending: Ending) -> Diagnosis | None:
    """Return the last line that is not blank: the parser of languages without one of their own."""
    for line in reversed(ending.text.splitlines()):
        if line.strip():
            return Diagnosis(message=line.strip())
    return None
