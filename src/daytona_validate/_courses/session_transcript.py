"""The result of a session of Python, by the transcript that `shown_session.py` writes in sandboxes.

The transcript has the page's own words where these agree with what happened, as it is compared with
the page. Of a session that agrees as a whole, people are told what happened.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from daytona_validate._courses.repl_session import shown_session
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_LINE = re.compile(r"(?:: line (\d+) of the output is | ends before line (\d+), )")
_OTHERS = re.compile(r"^shown-session (\[.{0,200000}\])\n", re.MULTILINE)


def read_transcript(snippet: Snippet, result: CodeValidationResult) -> CodeValidationResult:
    """Return the result of a session with its output, and with the line that shows another one.

    Args:
        snippet: The program that ran; results of others stay as they are.
        result: Its result.
    """
    if shown_session(snippet) is None:
        return result
    error = result.error or ""
    found = _OTHERS.search(error)
    if found is not None:
        is_whole = result.outcome is Outcome.PASSED and not result.lost_bytes.stdout
        output = _as_happened(result.output, found[1]) if is_whole else result.output
        left = error[: found.start()] + error[found.end() :]
        result = replace(result, error=left or None, output=output)
    line = _LINE.search(result.details) if result.outcome is Outcome.WRONG_OUTPUT else None
    return result if line is None else replace(result, error_line=int(line[1] or line[2]))


def _as_happened(transcript: str, told: str) -> str:
    """Return a transcript with what happened for what is shown; as it is, if that is not told."""
    lines = transcript.split("\n")
    try:
        for at, count, others in reversed(json.loads(told)):
            if 0 <= at <= len(lines) and count > 0:
                lines[at : at + count] = map(str, others)
    except (ValueError, TypeError, RecursionError):
        return transcript
    return "\n".join(lines)
