"""Servers that are ended once they listen: the line that says so, which is added to stderr.

What is preloaded for that adds `listening <seal> <port>` if it goes on for half a second, and ends
the program with code 0 once nothing in it can go on without a client. One that still does other
things has passed when its time is up, and not before; if it listens no more, the port is 0. The
seal is as for tests (`tests_account.py`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from daytona_validate._core.tests_account import seal
from daytona_validate._models import CodeValidationResult, Outcome, Snippet, Stage

_SERVER = re.compile(
    r"\b(?:listen|serve_forever|ListenAndServe\w*|createServer|HttpServer|uvicorn\.run|app\.run)\s*\("
)
"""Calls of programs that serve until they are ended. It only chooses which advice is given."""
_MAY_SERVE = re.compile(r"serve|listen|socket|\brun(?:_\w+)?\s*\(", re.IGNORECASE)
_LISTENS = re.compile(r"; it listens on port \d{1,5}$")
_CRASHED = re.compile(
    r"^Traceback \(most recent call last\):$|^ {4,}at .{1,300}:\d{1,9}:\d{1,9}\)?(?: \{)?$",
    re.MULTILINE,
)
"""A thread, a task or a handler that an error has ended, while the server went on."""
NO_END = "a server that does not end: `--until-listening`"
"""Why a block that serves is no program that can pass or fail by itself."""
_READ_CHARACTERS = 50_000
_ENDED = frozenset({"python", "javascript", "typescript"})
"""The languages whose servers can be ended."""


def is_server(code: str) -> bool:
    """Return whether code looks like a program that serves until it is ended."""
    return _SERVER.search(code) is not None


def to_listening(snippet: Snippet, result: CodeValidationResult) -> Snippet | None:
    """Return what to run to learn whether a block whose time was up serves; None: it does not.

    Args:
        snippet: What ran. A session cannot be ended so, and a program that stands alone has to end.
        result: Its result.
    """
    is_up = result.outcome is Outcome.TIMEOUT and result.stage is Stage.RUN
    is_asked = snippet.is_block and not (snippet.earlier or snippet.until_listening)
    has_other_end = snippet.run_tests or snippet.must_reach_end
    may_serve = result.language in _ENDED and _MAY_SERVE.search(snippet.code[:_READ_CHARACTERS])
    if not (is_up and is_asked and may_serve) or has_other_end:
        return None
    return replace(snippet, until_listening=True, expected_output=None, should_fail=None)


def is_listening(result: CodeValidationResult) -> bool:
    """Return whether a program was ended since it only waited on a port that it listened on."""
    has_listened = _LISTENS.search(result.details) is not None
    return has_listened and result.outcome is Outcome.PASSED and result.exit_code == 0


def has_crashed(result: CodeValidationResult) -> bool:
    """Return whether a part of a program that went on has ended with an error, as it wrote."""
    return _CRASHED.search(result.error or "") is not None


def listening_advice(snippet: Snippet, language: str) -> str:
    """Return what would end a server whose time was up, as the end of a line, or nothing.

    Args:
        snippet: What ran.
        language: Its language's name in the table.
    """
    if snippet.until_listening or language not in _ENDED or not is_server(snippet.code):
        return ""
    return "; --until-listening ends a server once it listens"


def split_listening(stderr: str, snippet: Snippet) -> tuple[str, str | None]:
    """Return what the program wrote itself, and the port it listened on when it ended.

    Args:
        stderr: What was kept of it, as text.
        snippet: Whose.
    """
    if not snippet.until_listening:
        return stderr, None
    line = re.compile(rf"listening {seal(snippet)} (\d{{1,5}})\n")
    found = list(line.finditer(stderr))
    port = found[-1][1] if found else "0"
    return line.sub("", stderr), port if int(port) else None
