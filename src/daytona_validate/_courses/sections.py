"""Named sections of a source file, marked as pymdownx, mdBook and VitePress do."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKS = (
    (r"8<-+\s*\[\s*start:\s*{}\s*\]", r"8<-+\s*\[\s*end:\s*{}\s*\]"),  # pymdownx.snippets
    (r"\bANCHOR:\s*{}(?![\w-])", r"\bANCHOR_END:\s*{}(?![\w-])"),  # mdBook
    (r"#\s*region\s+{}(?![\w-])", r"#\s*endregion\b(?:\s+{})?\s*\W*$"),  # VitePress
)
"""Start and end mark of a section, `{}` for its name."""


class NoSuchSection(Exception):
    """A file has no section of that name, or one that never ends."""


def section(lines: Sequence[str], name: str) -> tuple[int, int]:
    """Return the 1-based first and last line of a section, without its marks.

    Raises:
        NoSuchSection: The file has none of that name.
    """
    for begins, ends in _MARKS:
        start = _line(lines, begins.format(re.escape(name)), 0)
        end = _line(lines, ends.format(re.escape(name)), start or 0)
        if start is not None and end is not None:
            return start + 1, end - 1
    raise NoSuchSection(f"the file has no part called {name}")


def _line(lines: Sequence[str], pattern: str, after: int) -> int | None:
    """Return the 1-based number of the first line, after so many, that has a mark."""
    mark = re.compile(pattern)
    return next(
        (number for number, line in enumerate(lines, 1) if number > after and mark.search(line)),
        None,
    )
