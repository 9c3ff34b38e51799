"""Sessions: code that runs before a snippet in one interpreter, and the protocol of its drivers.

A language with `session_steps` has a driver: a program of ours that stands in sandboxes and runs
the earlier codes of a snippet, one after the other, and then the snippet itself, so that it finds
the names, tables and files made there. Drivers of all languages keep to this protocol.

**Files.** The snippet stands in the work folder under the language's `entry_file`, as ever. The
earlier codes stand beside it as `.earlier-0001.py`, `.earlier-0002.py` and so on, in their order,
with the suffix of the entry file. A driver reads them and then removes them, before any of them
runs. That is also the name that a code has in the errors of its own. There are at most
`MOST_EARLIER`, and a code may be empty.

**Command.** The last of `session_steps` is of `Stage.RUN` and starts the driver. The run's seal is
in the file `.session-seal`, and what tells its end in `.session-end` (`reached_end.py`). The driver
reads and removes both before any code runs. The snippet's arguments follow; its stdin is the
snippet's alone: an earlier code that reads finds its end. The exit code, the signal and all output
after the report are the snippet's own, just as if it had run alone.

**Report.** The driver writes lines to stderr, each `session SEAL {JSON}`, at the start of a line::

    {"session": 1}                             at once: the driver has started
    {"code": 1, "passed": true, "stdout": "…", "stderr": "…"}
    {"code": 2, "passed": false, "failure": "…"}       each as soon as that code has ended
    {"begins": true, "elapsed_s": 1.25}        everything after this line is the snippet's

- `code` counts from 1, in order, and none is left out. `passed` is whether it ended well; without
  it, the code failed if its stderr holds an error that the language's `diagnose` knows for one
  that ended a program. `stdout` and `stderr` are the first `STREAM_CHARACTERS` of what that code
  and its children wrote; nothing of that may reach the streams themselves. `failure` is what the
  runtime would have written about the error that ended it (the last characters, as many), which
  `diagnose` reads with the code's own file name as that of the entry file. What is empty may be
  left out.
- What stands on stderr before the snippet begins and is no such line is stderr of the code in
  progress; on stdout it is dropped, if a line with `begins` stands on stdout as well.
- `elapsed_s` are the wall seconds from the driver's start, or null if it does not know.
- The line `ended SECRET` follows once the snippet itself has left: by its last statement, or where
  it ends its program. With exit code 0 and without that line something else ended it.
- All lines together have at most `REPORT_BYTES`. A driver whose report grows beyond that leaves
  `stdout` and `stderr` out.

**Values.** Once an earlier code of Python's has set `builtins.__show_value__`, each code prints the
value of its last expression as well, as a notebook shows it in text, unless a `;` follows it.

**Errs.** A session that ended before the snippet began is no verdict on the snippet: it is
`not_runnable`. One whose driver never started is nobody's fault but ours: `unavailable`. The
earlier codes have as much time again as the snippet, together; what they leave of it the snippet
may use.
"""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.languages.language import Language
from daytona_validate._core.limits import MIB
from daytona_validate._models import Limits, Snippet

MOST_EARLIER = 1000
"""Earlier codes of one snippet."""
REPORT_BYTES = 4 * MIB
"""Of all lines of a report together."""
STREAM_CHARACTERS = 8 * 1024
"""Of each stream of an earlier code."""
FILE_PREFIX = ".earlier-"
"""Begins the names of the files that earlier codes stand in."""


def is_in_session(snippet: Snippet, language: Language) -> bool:
    """Whether a snippet runs after other code, by the driver of its language."""
    return bool(snippet.earlier and language.session_steps) and not snippet.check_only


def file_name(number: int, language: Language) -> str:
    """Return the name of the file that an earlier code stands in.

    Args:
        number: Which, from 1.
        language: The snippet's.
    """
    return f"{FILE_PREFIX}{number:04}.{language.entry_file.rpartition('.')[2]}"


def session_limits(limits: Limits) -> Limits:
    """Return what a sandbox keeps to for a session, so that the snippet has its own limits."""
    return replace(
        limits,
        timeout_s=2 * limits.timeout_s,
        # Half of what is kept is of the head, where the report stands.
        kept_output_bytes=limits.kept_output_bytes + 2 * REPORT_BYTES,
        max_output_bytes=limits.max_output_bytes + REPORT_BYTES,
    )
