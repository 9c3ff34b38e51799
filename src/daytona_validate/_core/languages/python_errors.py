"""Parser of CPython's error output; written against real texts of 3.11 to 3.14.

An uncaught error stands at the end of stderr, but not always at its very end: what interpreter
shutdown, threads and forgotten tasks report may follow it, each under a line of its own kind.
Everything works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.languages.python_tests import failed_test
from daytona_validate._core.languages.python_told_packages import told_package
from daytona_validate._core.languages.python_traceback import (
    FRAME,
    SURVIVED,
    Uncaught,
    absent_module,
    dumped_type,
    last_uncaught,
    line_of,
)
from daytona_validate._models import Limit

_WARNING = re.compile(r"\S.*:\d+: \w+Warning: ")
_UNPARSED = re.compile(r"(?:SyntaxError|IndentationError|TabError)(?::|$)")
_TOO_COMPLEX = re.compile(
    r"RecursionError: maximum recursion depth exceeded during compilation$"
    r"|MemoryError: Parser stack overflowed"
)
_NOTHING_MORE_OF = (
    (Limit.MEMORY, re.compile(r"(?:[\w.]+\.)?(?:_Array)?MemoryError\b")),
    (Limit.MEMORY, re.compile(r"OSError: \[Errno 12\] ")),  # ENOMEM
    (Limit.DISK, re.compile(r"OSError: \[Errno (?:27|28|122)\] ")),  # EFBIG, ENOSPC, EDQUOT
    (Limit.DISK, re.compile(r"sqlite3\.OperationalError: database or disk is full$")),
    (Limit.PROCESSES, re.compile(r"RuntimeError: can't start new thread$")),
)
_LACKS = (
    (
        "a display",
        re.compile(r"_tkinter\.TclError: (?:no display name|couldn't connect to display)"),
    ),
    ("the locale", re.compile(r"locale\.Error: unsupported locale setting$")),
)
# EAGAIN says that only where a process was to be started; a socket raises it every day.
_NOT_STARTED = re.compile(r"BlockingIOError: \[Errno 11\] ")
_STARTS_PROCESS = re.compile(r"fork|spawn")


def diagnose(ending: Ending) -> Diagnosis | None:
    """Read what CPython wrote when a program failed."""
    lines = ending.text.rstrip().split("\n")
    tested = failed_test(ending)
    if tested is not None:
        return tested
    uncaught = last_uncaught(lines)
    if uncaught is None:
        return _rejection(lines, ending) or _out_of_memory(lines) or last_line(ending)
    # Any other exit code was asked for by the program, after it had caught what it printed.
    if ending.exit_code != 1 and not uncaught.message.startswith("KeyboardInterrupt"):
        return Diagnosis(message=uncaught.message, line=line_of(uncaught.trace, ending.entry_file))
    return Diagnosis(
        message=uncaught.message,
        line=line_of(uncaught.trace, ending.entry_file),
        missing_module=_missing_module(uncaught),
        told_package=told_package(uncaught.message, uncaught.trace, ending.code),
        missing_resource=next(
            (what for what, words in _LACKS if words.match(uncaught.message)), None
        ),
        limit=_limit(uncaught),
        is_uncaught=True,
    )


def _out_of_memory(lines: Sequence[str]) -> Diagnosis | None:
    """Read what is left of a traceback for which there was no memory either."""
    words = "MemoryError"
    if lines != [words] and dumped_type(lines) != words:
        return None
    return Diagnosis(message=words, limit=Limit.MEMORY, is_uncaught=True)


def _missing_module(uncaught: Uncaught) -> str | None:
    """Return the module that was not found, if the last line of the error names it."""
    found = absent_module(uncaught.message)
    follower = next((line for line in uncaught.rest if line.strip()), None)
    is_last = follower is None or follower.startswith(SURVIVED)
    return found if is_last else None


def _limit(uncaught: Uncaught) -> Limit | None:
    if _NOT_STARTED.match(uncaught.message):
        return Limit.PROCESSES if _starts_process(uncaught.trace) else None
    return next(
        (limit for limit, pattern in _NOTHING_MORE_OF if pattern.match(uncaught.message)), None
    )


def _starts_process(trace: Sequence[str]) -> bool:
    """Return whether the innermost call was to start a process; 3.13 shows all lines of a call."""
    for line in reversed(trace):
        if FRAME.match(line):
            return False
        if _STARTS_PROCESS.search(line):
            return True
    return False


def _rejection(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Return why the program was refused before it ran; then there is no traceback at all."""
    if ending.exit_code != 1 or ending.has_output:
        return None
    start = _after_warnings(lines)
    last = lines[-1]
    if start == len(lines) - 1 and (_UNPARSED.match(last) or _TOO_COMPLEX.match(last)):
        return Diagnosis(message=last, is_rejection=True)
    frame = FRAME.match(lines[start])
    is_whole = all(line[:1].isspace() for line in lines[start + 1 : -1])
    if frame is None or frame[1] != ending.entry_file or not is_whole or not _UNPARSED.match(last):
        return None
    # Line 0 is that of a whole file, whose encoding is unknown.
    return Diagnosis(message=last, line=int(frame[2]) or None, is_rejection=True)


def _after_warnings(lines: Sequence[str]) -> int:
    """Return where the compiler's warnings end: each is a line and, if it can, its source."""
    start = 0
    while start < len(lines) - 1 and _WARNING.match(lines[start]):
        start += 1
        if lines[start].startswith("  ") and not FRAME.match(lines[start]):
            start = min(start + 1, len(lines) - 1)
    return start
