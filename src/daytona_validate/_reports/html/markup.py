"""Text as HTML: whatever a program printed or a course says is text and nothing else."""

from __future__ import annotations

from html import escape

from daytona_validate._core.printable import one_line, printable
from daytona_validate._reports.workflow_commands import referenced_commands


def inline(text: str) -> str:
    """Return one line of text, escaped for an element or an attribute in double quotes."""
    return referenced_commands(escape(one_line(text)))


def block(text: str) -> str:
    """Return text of several lines, escaped; its control characters are visible."""
    return referenced_commands(escape(printable(text)))


def answer(text: str) -> str:
    """Return an answer of ours; what stands in backticks there is code."""
    parts = text.split("`")
    return "".join(
        f"<code>{escape(part)}</code>" if n % 2 else escape(part) for n, part in enumerate(parts)
    )


def cut(text: str, limit_characters: int) -> str:
    """Return the head and tail of text that is longer than a limit, and how much lies between."""
    if len(text) <= limit_characters:
        return text
    half = limit_characters // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n… {left_out} characters left out …\n{text[-half:]}"
