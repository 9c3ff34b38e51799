"""What a block lacks because another block of its page is no program."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._models import CodeValidationResult, Snippet

_SCRIPT = r"\b(?:let|const|var|function|class|type|interface|enum)[ \t]+[{{\[]?[ \t]*{name}\b"
_MAKES = {
    "sql": r"\bcreate\s+(?:\w+\s+){{0,5}}[`\"\[]?(?:\w+[`\"]?\.[`\"]?)?{name}\b",
    "python": r"^[ \t]*(?:(?:(?:async[ \t]+)?def|class|for)[ \t]+{name}\b|{name}[ \t]*[=:,])",
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
}
"""What makes a name, by language."""


def needs_excused(
    snippet: Snippet, result: CodeValidationResult, excused: Sequence[Snippet]
) -> str | None:
    """Return why a block failed for want of what a block that is no program would make, else None.

    Args:
        snippet: The block of a page.
        result: After it was tried with all that the page has.
        excused: The page's blocks above that became `not_runnable`.
    """
    pattern = _MAKES.get(result.language)
    if not snippet.is_block or pattern is None or result.missing is None:
        return None
    name = re.escape(result.missing.name.rpartition(".")[2])
    makes = re.compile(pattern.format(name=name), re.IGNORECASE | re.MULTILINE)
    maker = next((each for each in reversed(excused) if makes.search(each.code)), None)
    if maker is None:
        return None
    place = "" if maker.location is None else f" in line {maker.location.line}"
    return f"it needs {result.missing.name} of the block{place}, which is not runnable"
