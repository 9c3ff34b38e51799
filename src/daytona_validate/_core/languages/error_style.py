"""How a language's own messages are read: the shape that every language's reader fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daytona_validate._models import Limit

_FIRST_SIGNAL_CODE = 129  # shells and bwrap report death by signal N as exit code 128 + N


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a failed step left behind."""

    text: str
    """Its stderr; of a compiler, both streams."""
    entry_file: str
    exit_code: int | None
    signal: int | None = None
    has_output: bool = False
    """Whether the program wrote to stdout: then it certainly ran."""
    output: str = ""
    """Its stdout, where some runtimes report failed tests; of a compiler, nothing."""
    is_compiler: bool = False
    """Whether these are the words of a compiler, which no program has any part in."""
    code: str = ""
    """The entry file's, for readers that are told a place by what stands there."""

    @property
    def is_killed(self) -> bool:
        """Whether a signal ended it."""
        by_code = self.exit_code is not None and self.exit_code >= _FIRST_SIGNAL_CODE
        return self.signal is not None or by_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a program's last words say about the error that ended it.

    Words are no proof: a program can print anything. So a reader claims more than a message only
    for what stands where the runtime itself writes its last word, and errs towards the program.
    """

    message: str
    """The most telling line."""
    line: int | None = None
    """1-based line of the entry file where it happened."""
    is_rejection: bool = False
    """The runtime refused the program before running any of it."""
    missing_module: str | None = None
    """The top-level module or package whose absence ended it."""
    lacks: str | None = None
    """What a sandbox has not and no package brings, such as a display, for want of which it
    ended."""
    limit: Limit | None = None
    """The limit that it ran into, by its own runtime's account."""
    is_uncaught: bool = False
    """The runtime itself reported this as what ended the program."""
    also: int = 0
    """How many more tests failed, of which nothing is said."""


Diagnose = Callable[[Ending], Diagnosis | None]


def last_line(ending: Ending) -> Diagnosis | None:
    """Take the last line that says anything; the reader of languages that have no own."""
    for line in reversed(ending.text.splitlines()):
        if line.strip():
            return Diagnosis(message=line.strip())
    return None
