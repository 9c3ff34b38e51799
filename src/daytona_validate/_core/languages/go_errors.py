"""Parser of Go's error output; written against real texts of Go 1.21, 1.26 and 1.27.

What the go command refuses has no heading, what the compiler refuses has one::

    main.go:6:2: no required module provides package github.com/x/y; to add it:

    # command-line-arguments
    ./main.go:4:2: declared and not used: x

What ends a program is at the end of stderr, and the exit code is 2::

    panic: boom                      or «fatal error: all goroutines are asleep - deadlock!»

    goroutine 1 [running]:
    main.main()
        /work/main.go:4 +0x25

What fails a test is on stdout, which then ends in a line «FAIL»::

    --- FAIL: TestAdd (0.00s)
        main_test.go:7: got 2, want 3

Everything works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.printable import one_line
from daytona_validate._models import Limit

_CRASH_EXIT_CODE = 2
_COLLAPSED = (
    (Limit.MEMORY, re.compile(r"fatal error: (?:runtime: )?(?:out of|cannot allocate) memory")),
    (Limit.PROCESSES, re.compile(r"runtime: failed to create new OS thread")),
    (None, re.compile(r"fatal error: |panic: ")),
)
_PLACE = re.compile(r"\s*(?:\./)?([^\s:]+\.go):(\d+)(?::\d+)?: (.*)")
_LOADED_PLACE = re.compile(r"[^\s:]+\.go:\d+:\d+: (.*)")
_SETUP_FAILED = re.compile(r"FAIL\t\S+ \[setup failed\]$")
_ABSENT = re.compile(
    r"(?:no required module provides package|cannot find module providing package"
    r"|missing go\.sum entry for module providing package) ([^\s;:]+)"
)
_NOT_FETCHED = re.compile(r"(?:\S+: )?module lookup disabled by GOPROXY=off$")
_FETCHED = re.compile(r"go: downloading (\S+) ")
# Only these have a first element with a dot: what the standard library's paths never have.
_THIRD_PARTY = re.compile(r"[\w~-]+(?:\.[\w~-]+)+(?:/|$)")
_SYMBOL = re.compile(r"[\w./]+·\w+: (?=function )")
_TOOL_HAS_NO_ROOM = re.compile(
    r"/opt/go/pkg/tool/\S+: .*: (?:no space left on device|file too large)$"
)
_REPORT = re.compile(r"(?:panic: |fatal error: |SIG[A-Z]+: )\S")
_GOROUTINE = re.compile(r"goroutine \d+ ")  # and it ends in «[running]:» or the like
_OWN_STACK = "runtime stack:"  # instead of a goroutine's; with cut output it may be all there is
_REPANICKED = re.compile(r" \[recovered(?:, repanicked)?\]$")
_TIME_STAMP = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?=\S)")
_FAILED_TEST = re.compile(r" *--- FAIL: (\S+) \(\d")
_LOGGED = re.compile(r" +(\S+\.go):(\d+): (.*)")
_LIMITS = (
    (Limit.MEMORY, re.compile(r"fatal error: (?:runtime: )?(?:out of|cannot allocate) memory")),
    (Limit.MEMORY, re.compile(r"panic: fork/exec .*: cannot allocate memory$")),
    (Limit.PROCESSES, re.compile(r"fatal error: newosproc$")),
    (Limit.PROCESSES, re.compile(r"panic: fork/exec .*: resource temporarily unavailable$")),
    (Limit.DISK, re.compile(r"panic: .*: (?:no space left on device|file too large)$")),
)


def diagnose(ending: Ending) -> Diagnosis | None:
    """Read what Go's commands, a program's runtime or its tests wrote."""
    if ending.is_compiler:
        return _refused(ending)
    if ending.is_killed:
        return last_line(ending)
    lines = ending.text.rstrip().split("\n")
    crash = _crash(lines, ending) if ending.exit_code == _CRASH_EXIT_CODE else None
    return crash or _failed_tests(ending) or _printed(lines, ending)


def _refused(ending: Ending) -> Diagnosis | None:
    lines = ending.text.split("\n")
    for number, line in enumerate(lines):
        place = _PLACE.match(line)
        if place is None:
            continue
        absent = _ABSENT.match(place[3])
        message = absent[0] if absent else place[3]  # without advice that is of no use here
        if message.endswith(":") and number + 1 < len(lines):
            message = f"{message} {lines[number + 1].strip()}"
        own_line = int(place[2]) if place[1] in _own_names(ending) else None
        return Diagnosis(
            message=message if own_line is not None else f"{place[1]}:{place[2]}: {message}",
            line=own_line,
            missing_module=_missing_module(lines),
        )
    return collapse(lines) or _unplaced(lines)


def _unplaced(lines: Sequence[str]) -> Diagnosis | None:
    """Return the message of the linker or the go command on a program as a whole."""
    said = [line for line in lines if line.strip() and not line.startswith(("# ", "FAIL"))]
    if not said:
        return None
    message = said[0]
    if message.startswith("package ") and said[-1].startswith("\t"):  # a chain of imports
        message = said[-1].strip()
    if message.endswith(":") and len(said) > 1:
        message = f"{message} {said[1].strip()}"
    limit = Limit.DISK if _TOOL_HAS_NO_ROOM.match(message) else None
    return Diagnosis(message=_without(_SYMBOL, message).removeprefix("go: "), limit=limit)


def _missing_module(lines: Sequence[str]) -> str | None:
    """Return the first third-party package that is absent, if there is no other error.

    Under a heading stands the compiler's output, which knows no modules and may quote the program.
    """
    is_setup = _SETUP_FAILED.match(lines[0]) is not None
    if not is_setup and any(line.startswith("# ") for line in lines):
        return None
    absent: list[str] = []
    fetched: str | None = None
    for line in lines:
        downloading = _FETCHED.match(line)
        fetched = downloading[1] if downloading else fetched
        place = _LOADED_PLACE.match(line)
        if place is None:
            continue
        found = _ABSENT.match(place[1])
        name = found[1] if found else fetched if _NOT_FETCHED.match(place[1]) else None
        if name is None or not _THIRD_PARTY.match(name):
            return None
        absent.append(name)
    return absent[0] if absent else None


def _own_names(ending: Ending) -> tuple[str, str]:
    """Return the names that the entry file has: a file of tests is compiled under another."""
    return ending.entry_file, f"{ending.entry_file.removesuffix('.go')}_test.go"


def _crash(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Return the last crash report of the runtime: goroutines stand below it to the very end."""
    traced = False
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        traced = traced or line == _OWN_STACK or _is_goroutine(line)
        if traced and _REPORT.match(line):
            break
    else:
        return None
    message = _reported(lines[number:])
    return Diagnosis(
        message=message,
        line=next(_frames(lines[number:], ending), None),
        limit=next((limit for limit, pattern in _LIMITS if pattern.match(message)), None),
        is_uncaught=True,
    )


def _is_goroutine(line: str) -> bool:
    return line.endswith("]:") and _GOROUTINE.match(line) is not None


def _reported(lines: Sequence[str]) -> str:
    """Return a report's message; of panics while panicking, the last."""
    message = lines[0]
    for line in takewhile(lambda line: line.startswith("\t"), lines[1:]):
        if line.startswith("\tpanic: "):
            message = line.strip()
    return _REPANICKED.sub("", message, count=1)


def _frames(lines: Sequence[str], ending: Ending) -> Iterator[int]:
    """Yield the lines of the entry file that the first goroutine was in, innermost first."""
    names = "|".join(re.escape(name) for name in _own_names(ending))
    # By `//line` directives, as around fragments, a file has a name without its folder.
    frame = re.compile(rf"\t(?:/work/)?(?:{names}):(\d+)(?: |$)")
    start = next((n for n, line in enumerate(lines) if _is_goroutine(line)), len(lines))
    for line in lines[start:]:
        if not line.strip():
            return
        found = frame.match(line)
        if found:
            yield int(found[1])


def _failed_tests(ending: Ending) -> Diagnosis | None:
    lines = ending.output.rstrip().split("\n")
    first = _failed_test(lines, ending) if lines[-1] == "FAIL" else None
    if first is None:
        return None
    names = {found[1] for line in lines if (found := _FAILED_TEST.match(line))}
    parents = {name.rpartition("/")[0] for name in names}  # which fail with their subtests
    return replace(first, also=len(names - parents) - 1)


def _failed_test(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    test: str | None = None
    for number, line in enumerate(lines):
        failed = _FAILED_TEST.match(line)
        if failed:
            test = failed[1]
            continue
        if test is None:
            continue
        said = _LOGGED.match(line)
        if said is None:  # an example's output, or nothing: what follows belongs to others
            return Diagnosis(message=one_line(f"{test}: {_compared(lines[number:])}".rstrip(": ")))
        return _logged(test, said, lines[number + 1 :], ending)
    return None


def _compared(lines: Sequence[str]) -> str:
    """Return an example's output and its expected output, as Go reports them."""
    if lines[0] != "got:":
        return ""
    end = next((n for n, line in enumerate(lines) if line.startswith(("FAIL", "--- "))), len(lines))
    return " ".join(lines[:end])


def _is_logged(line: str) -> bool:
    is_continued = line.startswith("        ") and not _FAILED_TEST.match(line)
    return is_continued or _LOGGED.match(line) is not None


def _logged(test: str, said: re.Match[str], following: Sequence[str], ending: Ending) -> Diagnosis:
    """Return what a failed test logged last, with the lines that belong to it."""
    more: list[str] = []
    for line in takewhile(_is_logged, following):
        another = _LOGGED.match(line)
        if another:
            said, more = another, []
        else:
            more.append(line.strip())
    message = one_line(" ".join([f"{test}: {said[3]}", *more]))
    if said[1] in _own_names(ending):
        return Diagnosis(message=message, line=int(said[2]))
    return Diagnosis(message=f"{message} ({said[1]}:{said[2]})")


def _printed(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Return what was printed before the program ended itself."""
    usage = next((n for n, line in enumerate(lines) if line.startswith("Usage of ")), 0)
    if usage and ending.exit_code == _CRASH_EXIT_CODE:  # of package flag, below its complaint
        return Diagnosis(message=lines[usage - 1])
    last = last_line(ending)
    return last and Diagnosis(message=_without(_TIME_STAMP, last.message))


def _without(prefix: re.Pattern[str], text: str) -> str:
    found = prefix.match(text)
    return text[found.end() :] if found else text


def collapse(lines: Sequence[str]) -> Diagnosis | None:
    """Read the first line in which Go's runtime says what it lacked, or what went wrong.

    The compilers of Go and of TypeScript are themselves written in Go, and end so.
    """
    for line in lines:
        for limit, pattern in _COLLAPSED:
            if pattern.match(line):
                return Diagnosis(message=line, limit=limit, is_uncaught=True)
    return None
