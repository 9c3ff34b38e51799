"""Parser of Node's error output; written against real texts of Node 18, 20, 22 and 24.

What ends a program stands at the very end of stderr and has one shape::

    /work/index.js:3                 where it was thrown
    throw new Error("no");           that line
    ^                                carets

    Error: no                        the message; no blank line above it if no Error was thrown
        at f (/work/index.js:3:7)    frames, innermost first
        … {
      code: 'MODULE_NOT_FOUND'       the error's own properties
    }

    Node.js v24.1.0                  nothing of the program's can come after this

Everything works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.languages.node_tests import failed_test
from daytona_validate._core.printable import one_line
from daytona_validate._models import Limit

_END = re.compile(r"Node\.js v\d+\.\d+\.\d+\S*$")
_PLACE = re.compile(r"\S.*:(\d+)$")
_CARETS = re.compile(r"\s*\^+\s*$")
_BARE = re.compile(r"\[(.+)\](?: \{)?$")  # how an error without a stack is shown
_TRACE_HINT = re.compile(r"\(Use `\S+ --trace-uncaught")
_NODE_WARNING = re.compile(r"\(node:\d+\) |\(Use `\S+ --trace-(?:warnings|deprecation)")
_REASON = " The promise rejected with the reason "
_NOT_FOUND = (
    ("code: 'MODULE_NOT_FOUND'", re.compile(r"Error: Cannot find module '([^']+)'$")),
    (
        "code: 'ERR_MODULE_NOT_FOUND'",
        re.compile(r"Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package '([^']+)' imported from "),
    ),
)
# The package that a specifier starts with; a path, a URL and `#internal` start with none.
_PACKAGE = re.compile(r"(@[\w.~-]+/[\w.~-]+|[\w~-][\w.~-]*)(?:/|$)")
_NOTHING_MORE_OF = (
    (
        Limit.MEMORY,
        re.compile(r"RangeError: (?:Array buffer allocation failed|Failed to allocate memory)$"),
    ),
    (Limit.MEMORY, re.compile(r"Error: (?:spawn\w* .*)?ENOMEM\b")),
    (Limit.MEMORY, re.compile(r"Error \[ERR_WORKER_OUT_OF_MEMORY\]")),
    (Limit.DISK, re.compile(r"Error: (?:ENOSPC|EDQUOT|EFBIG): ")),
    (Limit.PROCESSES, re.compile(r"Error: spawn(?:Sync)? .* EAGAIN$")),
    (Limit.PROCESSES, re.compile(r"Error: EAGAIN$")),  # what `new Worker` throws
)
_ABORTED = (
    (Limit.MEMORY, re.compile(r"^FATAL ERROR: .*out of memory")),
    (Limit.MEMORY, re.compile(r"^# Fatal (?:process|JavaScript) .*out of memory")),
    (Limit.PROCESSES, re.compile(r"\(uv_thread_create\(")),
    (None, re.compile(r"^FATAL ERROR: ")),
)
_UNTELLING = re.compile(r"\s|[}\])^]|- |Require stack:|Node\.js v|$")
_UNSETTLED_EXIT_CODE = 13


@dataclass(frozen=True, slots=True)
class _Uncaught:
    place: str
    body: Sequence[str]
    """From below the carets to above the last line."""
    is_first: bool
    """Whether nothing but Node's own warnings stands before it."""


def diagnose(ending: Ending) -> Diagnosis | None:
    """Read what Node wrote when a program failed."""
    lines = ending.text.rstrip().split("\n")
    aborted = _aborted(lines) if ending.is_killed else None
    if aborted is not None or ending.signal is not None:
        return aborted
    if ending.exit_code == _UNSETTLED_EXIT_CODE:
        return Diagnosis(message="Warning: a top-level await was never settled")
    uncaught = _uncaught(lines) if _END.match(lines[-1]) else None
    if uncaught is None:
        return failed_test(ending) or _printed(lines) or last_line(ending)
    return _diagnosis_of(uncaught, ending)


def _aborted(lines: Sequence[str]) -> Diagnosis | None:
    for line in lines:
        for limit, pattern in _ABORTED:
            if pattern.search(line):
                return Diagnosis(message=line.strip("# "), limit=limit, is_uncaught=True)
    return None


def _uncaught(lines: Sequence[str]) -> _Uncaught | None:
    """Return the last place, source line and carets that stand below one another."""
    for number in range(len(lines) - 4, -1, -1):
        if _PLACE.match(lines[number]) and _has_carets(lines, number + 2):
            before = lines[:number]
            is_first = all(not line.strip() or _NODE_WARNING.match(line) for line in before)
            return _Uncaught(lines[number], lines[number + 3 : -1], is_first)
    return None


def _has_carets(lines: Sequence[str], number: int) -> bool:
    """Return whether a line has carets, or is as blank as those below the end of the code."""
    if lines[number].strip():
        return _CARETS.match(lines[number]) is not None
    return any(line.startswith("SyntaxError: ") for line in lines[number + 1 : number + 3])


def _diagnosis_of(uncaught: _Uncaught, ending: Ending) -> Diagnosis:
    in_entry_file = re.compile(rf"(?:.*[/(\s])?{re.escape(ending.entry_file)}:(\d+)")
    frames = [line for line in uncaught.body if line.startswith("    at ")]
    places = (in_entry_file.match(line) for line in (uncaught.place, *frames))
    line = next((int(place[1]) for place in places if place), None)
    message = _message(uncaught.body, has_frames=bool(frames))
    # An error of the same kind that the program makes itself, by `new RegExp("(")`, has a frame
    # in the file; one that the parser found has none.
    is_rejection = (
        message.startswith("SyntaxError")
        and uncaught.is_first
        and not ending.has_output
        and in_entry_file.match(uncaught.place) is not None
        and not any(in_entry_file.match(frame) for frame in frames)
    )
    limit = next((limit for limit, pattern in _NOTHING_MORE_OF if pattern.match(message)), None)
    return Diagnosis(
        message=message,
        line=line,
        is_rejection=is_rejection,
        missing_module=_missing_package(message, uncaught.body),
        limit=limit,
        is_uncaught=True,
    )


def _message(body: Sequence[str], *, has_frames: bool) -> str:
    said_lines = [line for line in body if line.strip() and not line.startswith("    at ")]
    first = said_lines[0] if said_lines else "an error without a message"
    if not has_frames and body and body[0].strip() and not _BARE.match(first):
        hint = next((n for n, line in enumerate(body) if _TRACE_HINT.match(line)), len(body))
        return f"Uncaught {one_line(' '.join(body[:hint]))}"
    bare = _BARE.match(first)
    message = first if bare is None else bare[1]
    if _REASON in message:  # between the kind and the reason stands a lesson on promises
        return f"{message.partition(':')[0]}: {message.partition(_REASON)[2].rstrip('.')}"
    # An assertion says what it compared on a line of its own.
    return " ".join(said_lines[:2]) if message.endswith(":") else message


def _missing_package(message: str, body: Sequence[str]) -> str | None:
    for code, pattern in _NOT_FOUND:
        found = pattern.match(message)
        if found is not None and any(line.strip().rstrip(",") == code for line in body):
            return package_of(found[1])
    return None


def package_of(specifier: str) -> str | None:
    """Return the package that an import names, or None if it names something else."""
    package = _PACKAGE.match(specifier)
    return None if package is None else package[1]


def _printed(lines: Sequence[str]) -> Diagnosis | None:
    """Return the last line that is no frame, property or bracket: what was logged before exit."""
    for number in range(len(lines) - 1, -1, -1):
        if not _UNTELLING.match(lines[number]):
            return Diagnosis(message=lines[number])
    return None
