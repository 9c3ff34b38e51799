"""Recognizers of Python that talks with a person at a terminal: prompts, arguments, an editor.

They go by what the libraries for command lines say, and by the code that makes them say it. Such a
library has other words for a mistake, and Python has a traceback for it.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import bare_lines, code_line
from daytona_validate._models import CodeValidationResult

_ABORT = re.compile(r"click\.exceptions\.Abort\b")
_PROMPTS = re.compile(r"\b(?:prompt|confirm|pause|getchar)\(")
_ABORTED = "Aborted!"
_ASKS = re.compile(r"\b(?:prompt|confirmation_prompt)\s*=|\b(?:prompt|confirm)\(|password_option")
_TOOLS = re.compile(r"^\s*(?:import|from)\s+(?:click|typer|cyclopts|fire|docopt)\b")
_LACKS_ARGUMENT = re.compile(
    r"^(?:Error: |│ )Missing (?:argument|option|parameter|command)\b", re.MULTILINE
)
_TRACEBACK = "Traceback (most recent call last)"
_TERMINALS = re.compile(
    r"OSError: \[Errno (?:6|25)\] (?:No such device or address: '/dev/tty'|Inappropriate ioctl)"
    r"|termios\.error: \(25, |click\.exceptions\.ClickException: \S{1,80}: Editing failed"
)
_USAGE_ERROR = 2


def asks_a_person(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks a question at a terminal, and that nobody answered."""
    said, bare = cause(result.details), bare_lines(code, "python")
    is_asked = _ABORT.match(said) is not None and _PROMPTS.search(
        code_line(bare, result.error_line)
    )
    last = (result.error or "").rstrip().rpartition("\n")[2]
    is_aborted = last == _ABORTED and any(map(_TOOLS.match, bare)) and any(map(_ASKS.search, bare))
    return "it reads what its reader types" if is_asked or is_aborted else None


def lacks_arguments(code: str, result: CodeValidationResult) -> str | None:
    """Return that a command's program was started without the arguments that it needs."""
    error = result.error or ""
    is_usage = result.exit_code == _USAGE_ERROR and _TRACEBACK not in error
    if not is_usage or not _LACKS_ARGUMENT.search(error):
        return None
    has_tool = any(map(_TOOLS.match, bare_lines(code, "python")))
    return "it needs arguments on its command line" if has_tool else None


def needs_terminal(code: str, result: CodeValidationResult) -> str | None:
    """Return that code needs a terminal, or an editor in one."""
    del code  # what it says is enough: no slip of the pen leads to it
    return "it needs a terminal" if _TERMINALS.match(cause(result.details)) else None
