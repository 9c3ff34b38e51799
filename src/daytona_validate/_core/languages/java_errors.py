"""How Java's last words are read; written against real texts of 17 and 25.

Our compiler reports on wrong code itself. What ends a program stands last, in the shape::

    Exception in thread "main" java.lang.IllegalStateException: no    what was thrown
        at Main.open(Main.java:7)                                     frames, innermost first
    Caused by: java.io.IOException: gone                              why, each with its frames
        ... 1 more

Everything works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.languages.diagnosis import (
    COMPILER_REPORT,
    Diagnosis,
    Ending,
    last_line,
)
from daytona_validate._models import Limit

FRAGMENT = "fragment: "
"""Begins the message of our compiler on code that lacks its class."""

_REPORTED_FIELDS = 5
"""The mark, line, own package, absent packages, message; see `Report.java`."""
_COMPILER_FAILED = "An exception has occurred in the compiler "

MAIN_THREAD = 'Exception in thread "main" '
"""Begins the line that says what ended a program; frames follow it."""
_HANDLER_FAILED = re.compile(
    r'Exception: (\S+) thrown from the UncaughtExceptionHandler in thread "main"$'
)
_TRACE = re.compile(r"\t+(?:at |\.\.\. \d+ |Suppressed: |Caused by: )|Caused by: |\t*\[CIRCULAR|$")
_CAUSE = re.compile(r"\t*Caused by: (.+)")
_NAME_ONLY = re.compile(r"[\w.$]+$")
_LAUNCHER = "Error: "
_CRASH = "# A fatal error has been detected by the Java Runtime Environment:"
_NO_MEMORY = "# There is insufficient memory for the Java Runtime Environment to continue."
_NOT_STARTED = "Error occurred during initialization of VM"
_NO_ROOM = re.compile(r"Could not (?:reserve|allocate) enough ")
_NOTHING_MORE_OF = (
    (
        Limit.PROCESSES,
        re.compile(r"java\.lang\.OutOfMemoryError: unable to create (?:new )?native thread"),
    ),
    (
        Limit.MEMORY,
        # An array of 2**31 - 1 elements is refused whatever memory there is.
        re.compile(r"java\.lang\.OutOfMemoryError(?!: Requested array size exceeds)(?::|$)"),
    ),
    # ENOMEM and EAGAIN, by 17 and by 25.
    (Limit.MEMORY, re.compile(r"java\.io\.IOException: (?:.* )?error(?:=12, |: 12 \()")),
    (Limit.PROCESSES, re.compile(r"java\.io\.IOException: (?:.* )?error(?:=11, |: 11 \()")),
    (
        Limit.DISK,
        re.compile(
            r"java\.(?:io\.\w+|nio\.file\.\w+): (?:.*: )?"
            r"(?:No space left on device|Disk quota exceeded|File too large)$"
        ),
    ),
)
# The second where only a JDK without a desktop is installed.
_NO_DISPLAY = re.compile(
    r"java\.awt\.HeadlessException(?::|$)"
    r"|java\.awt\.AWTError: Can't connect to X11 window server"
    r"|java\.lang\.UnsatisfiedLinkError: .*\blibawt"
)
_NOT_FOUND = re.compile(
    r"java\.lang\.(?:ClassNotFoundException|NoClassDefFoundError): ([\w./$]+)[./][\w$]+$"
)
FRAME = re.compile(r"\t+at (?:[\w.$@-]*/)*([\w.$]+)\.[\w$<>]+\(([^:()]*):(\d+)\)$")
"""A line of a trace: class, file, line."""
_PACKAGE = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)*$")
_OF_THE_JDK = re.compile(r"(?:java|jdk|sun|com\.sun)(?:\.|$)")
_JAVAX = re.compile(r"javax(?:\.|$)")
# Of `javax` these come from elsewhere; all else is the JDK's, or a slip of the pen.
_JAVAX_OF_OTHERS = re.compile(
    r"javax\.(?:activation|annotation(?!\.processing)|batch|cache|decorator|ejb|el|enterprise|faces"
    r"|inject|interceptor|jms|json|jws|mail|measure|persistence|portlet|resource|servlet|validation"
    r"|vecmath|websocket|ws|xml\.bind|xml\.soap|xml\.ws)(?:\.|$)"
)
_FAILED_EXIT_CODE = 1


def diagnose(ending: Ending) -> Diagnosis | None:
    """Read what the compiler or the runtime wrote when a program failed."""
    lines = ending.text.rstrip().split("\n")
    if ending.is_compiler:
        return _compiled(lines, ending) or last_line(ending)
    return _jvm(lines, ending) or _uncaught(lines, ending) or _printed(lines) or last_line(ending)


def _compiled(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Read our compiler's report, or why there is none: javac or the JVM failed."""
    fields = ending.output.rstrip("\n").rpartition("\n")[2].split("\t", 4)
    if len(fields) != _REPORTED_FIELDS or fields[0] != COMPILER_REPORT:
        return _compiler_failed(lines) or _compiler_starved(lines)
    _, line, own_package, absent, message = fields
    return Diagnosis(
        message=message.rstrip(";"),
        line=int(line) or None,
        missing_module=_to_be_added(absent.split(), own_package),
    )


def _to_be_added(absent: Sequence[str], own_package: str) -> str | None:
    """Return the first of some absent packages, if somebody could add them all."""
    is_own = bool(absent) and _root(absent[0]) == _root(own_package)
    return absent[0] if absent and all(map(is_foreign, absent)) and not is_own else None


def _compiler_failed(lines: Sequence[str]) -> Diagnosis | None:
    """Read what ended javac itself: no memory, or an expression nested too deep."""
    if _NO_MEMORY in lines:
        return Diagnosis(message=_NO_MEMORY.strip("# "), limit=Limit.MEMORY)
    failed = next((n for n, line in enumerate(lines) if line.startswith(_COMPILER_FAILED)), None)
    if failed is None:
        return None
    thrown = "".join(lines[failed + 1 : failed + 2])
    return Diagnosis(message=f"the compiler failed: {thrown}", limit=_limit(thrown))


def _compiler_starved(lines: Sequence[str]) -> Diagnosis | None:
    """Read why the compiler's JVM did not start; the program is not quoted yet."""
    for line in lines:
        thrown = line.removeprefix(MAIN_THREAD)
        limit = Limit.MEMORY if _NO_ROOM.match(line) else _limit(thrown)
        if limit is not None:
            return Diagnosis(message=thrown, limit=limit)
    return None


def _jvm(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Read what Java itself says when it cannot start a program or go on with it."""
    reported = ending.output.splitlines()  # reports of its own death go to stdout
    if ending.is_killed:
        return _crash(reported)
    if ending.exit_code != _FAILED_EXIT_CODE:
        return None
    if _NO_MEMORY in reported:
        return Diagnosis(message=_NO_MEMORY.strip("# "), limit=Limit.MEMORY, is_uncaught=True)
    if lines[0] == _NOT_STARTED:
        is_memory = _NO_ROOM.match(lines[-1]) is not None
        return Diagnosis(
            message=lines[-1], limit=Limit.MEMORY if is_memory else None, is_uncaught=True
        )
    if lines[0].startswith(_LAUNCHER) and not ending.has_output:
        message = lines[0].removeprefix(_LAUNCHER).partition(", please define")[0]
        return Diagnosis(message=message, is_uncaught=True)
    return None


def _crash(reported: Sequence[str]) -> Diagnosis | None:
    """Return the signal or internal error that ended the JVM, which stands below its title."""
    if _CRASH not in reported:
        return None
    below = (line.strip("# ") for line in reported[reported.index(_CRASH) + 1 :])
    return Diagnosis(message=next(filter(None, below), _CRASH.strip("# ")), is_uncaught=True)


def _uncaught(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Read the error that ended the main thread, if nothing but its trace follows it."""
    unhandled = _HANDLER_FAILED.match(lines[-1])
    if unhandled is not None and ending.exit_code == _FAILED_EXIT_CODE:
        return Diagnosis(message=unhandled[1], limit=_limit(unhandled[1]), is_uncaught=True)
    start = next(
        (n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(MAIN_THREAD)), None
    )
    if start is None:
        return None
    thrown, trace = lines[start].removeprefix(MAIN_THREAD), lines[start + 1 :]
    causes = [found[1] for each in trace if (found := _CAUSE.match(each))]
    message = thrown
    if _NAME_ONLY.match(thrown) and causes:  # as of an error in a static initializer
        message = f"{thrown}, caused by {causes[0]}"
    own = (frame for each in trace if (frame := FRAME.match(each)))
    line = next((int(frame[3]) for frame in own if frame[2] == ending.entry_file), None)
    if ending.exit_code != _FAILED_EXIT_CODE or not _is_trace(trace):
        return Diagnosis(message=message, line=line)
    return Diagnosis(
        message=message,
        line=line,
        missing_module=_missing_package(thrown, trace, ending.entry_file),
        missing_resource="a display" if _NO_DISPLAY.match(thrown) else None,
        limit=next((limit for each in (thrown, *causes) if (limit := _limit(each))), None),
        is_uncaught=True,
    )


def _is_trace(lines: Sequence[str]) -> bool:
    """Whether nothing but a trace stands there, after what may be left of a long message."""
    frames = (number for number, line in enumerate(lines) if _TRACE.match(line))
    return all(_TRACE.match(line) for line in lines[next(frames, len(lines)) :])


def _limit(thrown: str) -> Limit | None:
    return next((limit for limit, pattern in _NOTHING_MORE_OF if pattern.match(thrown)), None)


def _missing_package(thrown: str, trace: Sequence[str], entry_file: str) -> str | None:
    """Return the package of a class that was looked for in vain, if it is not the program's."""
    found = _NOT_FOUND.match(thrown)
    package = None if found is None else found[1].replace("/", ".")
    if package is None or not is_foreign(package):
        return None
    frames = (frame for each in trace if (frame := FRAME.match(each)))
    own = {_root(frame[1]) for frame in frames if frame[2] == entry_file}
    return None if _root(package) in own else package


def is_foreign(package: str) -> bool:
    """Whether a package is neither the JDK's nor in a form that no package has."""
    if not _PACKAGE.match(package) or _OF_THE_JDK.match(package):
        return False
    return not _JAVAX.match(package) or _JAVAX_OF_OTHERS.match(package) is not None


def _root(name: str) -> tuple[str, ...]:
    """Return the two first parts of a package's or class's name: whose it is."""
    return tuple(name.split(".")[:2])


def _printed(lines: Sequence[str]) -> Diagnosis | None:
    """Return the last line that is no part of a trace: what was printed before the exit."""
    for line in reversed(lines):
        if not _TRACE.match(line):
            return Diagnosis(message=line.strip())
    return None
