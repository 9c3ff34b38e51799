"""Parser of psql's error output; written against real texts of PostgreSQL 15, 16 and 18.

A server takes a script statement by statement, so that what stands before an error has run, even
if the error is one of syntax: nothing of SQL is ever a rejection. psql says the file and the line
where the statement ended, the server what is wrong and, if it knows, the line within the
statement, shown as it stands::

    psql:query.sql:5: ERROR:  relation "nosuch" does not exist
    LINE 2: from nosuch
                 ^
    HINT:  …                      also DETAIL, QUERY, and CONTEXT with the functions it came from

Everything works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._models import Limit

_HEAD = re.compile(
    r"psql:(?:(.+?):(\d{1,9}):)? "
    r"(?:(ERROR|FATAL|PANIC): {,2}|error: |(?=server closed the connection unexpectedly$))(.*)"
)
_LOST = "connection to server was lost"
_PLACE = re.compile(r"LINE \d+: (.*)")
_RAISED = re.compile(r"(?:CONTEXT:  )?PL/pgSQL function .* line \d+ at (?:RAISE|ASSERT)$")
_STATE = re.compile(r"[0-9A-Z]{5}: ")
"""Stands before the message where the program asked for that."""
_OUT_OF_MEMORY = ("out of memory", "out of memory for query result")
"""The whole message: «out of shared memory» means that the server's table of locks is full."""
_NOTHING_MORE_OF = (
    (Limit.DISK, "", ": No space left on device"),
    (Limit.DISK, "", ": File too large"),
    (Limit.DISK, "could not extend file ", " bytes at block"),
    (Limit.MEMORY, "could not ", ": Cannot allocate memory"),
    (Limit.PROCESSES, "could not fork ", ": Resource temporarily unavailable"),
)
"""What a message has in it, and how it ends but for a number."""
_NO_EXTENSION = re.compile(r'extension "(.+)" is not available$')
_TO_INSTALL = "HINT:  The extension must first be installed on the system "


@dataclass(frozen=True, slots=True)
class _ErrorMessage:
    """Error message at which psql stopped."""

    file: str | None
    line: int
    message: str
    """With its severity before it."""
    rest: Sequence[str]
    """The lines below it."""

    @property
    def is_raised(self) -> bool:
        """Whether the words are the program's own."""
        return any(_RAISED.match(line) for line in self.rest)


def diagnose(ending: Ending) -> Diagnosis | None:
    """Read what psql wrote when a script failed."""
    failure = _failure(ending.text.split("\n"))
    if failure is None:
        return last_line(ending)
    words = _STATE.sub("", failure.message.partition(": ")[2], count=1)
    return Diagnosis(
        message=failure.message,
        line=_line(failure, ending) if failure.file == ending.entry_file else None,
        missing_module=None if failure.is_raised else _missing_extension(words, failure.rest),
        limit=None if failure.is_raised else _limit(words),
        is_uncaught=True,
    )


def _failure(lines: Sequence[str]) -> _ErrorMessage | None:
    """Return the last error."""
    heads = [(n, head) for n, head in enumerate(map(_HEAD.match, lines)) if head is not None]
    # That a connection was lost is said in up to three ways, the most telling one first.
    if len(heads) > 1 and heads[-1][1][4] == _LOST:
        heads.pop()
    if len(heads) > 1 and _is_reason(heads[-2][1], heads[-1][1]):
        heads.pop()
    if not heads:
        return None
    number, head = heads[-1]
    message = f"{head[3] or 'psql'}: {head[4].strip() or 'an error without a message'}"
    return _ErrorMessage(head[1], int(head[2] or 0), message, lines[number + 1 :])


def _is_reason(head: re.Match[str], next_head: re.Match[str]) -> bool:
    """Return whether the server reported, for the same statement, why it closed the connection."""
    is_of_same_statement = head[3] is not None and head.group(1, 2) == next_head.group(1, 2)
    return is_of_same_statement and next_head[4].startswith("server closed")


def _line(failure: _ErrorMessage, ending: Ending) -> int:
    """Return the line that the server shows, if it is found; else that where psql stopped.

    The server counts lines from where the statement began, which is not reported. But psql had read
    no further than to its end, so that the line shown is the nearest equal line above that end.
    """
    place = next((match for match in map(_PLACE.match, failure.rest) if match), None)
    shown = place[1].removeprefix("...").removesuffix("...").strip() if place else ""
    if not shown:
        return failure.line
    lines = ending.code.split("\n")
    for number in range(min(failure.line, len(lines)), 0, -1):
        if shown in lines[number - 1].replace("\t", " "):
            return number
    return failure.line


def _limit(message: str) -> Limit | None:
    if message in _OUT_OF_MEMORY:
        return Limit.MEMORY
    said = message.rstrip(" 0123456789")
    for limit, contained, end in _NOTHING_MORE_OF:
        if said.endswith(end) and contained in said:
            return limit
    return None


def _missing_extension(message: str, rest: Sequence[str]) -> str | None:
    found = _NO_EXTENSION.match(message)
    is_told = any(line.startswith(_TO_INSTALL) for line in rest)
    return found[1] if found is not None and is_told else None
