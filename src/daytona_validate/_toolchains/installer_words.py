"""What pip and npm say when they fail, brought down to the line that tells most."""

from __future__ import annotations

import re

_SHOWN_LENGTH = 200
_TELLING = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"connection broken by '(.*)': \S+$",
        r"^npm (?:error|ERR!) .*failed, reason: (.*)$",
        r"^npm (?:error|ERR!) (?:404|notarget) +(.*(?:could not be found|No matching version).*)$",
        r"^ERROR: (No matching distribution.*|.*conflict.*)$",
        r"^ERROR: (.*)$",
        r"^npm (?:error|ERR!) (?!A complete log|code )(.*\S.*)$",
        r"^(.*\S.*)$",
    )
)
"""The last match of the first that matches tells most."""


def telling(said: str) -> str:
    """Return the line of an installer's output that tells most, without control characters."""
    for pattern in _TELLING:
        found = pattern.findall(said)
        if found:
            line = "".join(c if c.isprintable() else " " for c in found[-1].strip().rstrip("."))
            return line if len(line) <= _SHOWN_LENGTH else line[: _SHOWN_LENGTH - 1] + "…"
    return ""
