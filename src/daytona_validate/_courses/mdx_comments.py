"""Takes the comments out of an MDX page, which are no comments to Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})(.*)")


def without_comments(text: str) -> str:
    """Return the page with blank lines for those of its `{/* … */}`: the others keep their numbers.

    Only a comment that begins a line is taken, and none within a fence.
    """
    return "\n".join(_lines(text.replace("\r\n", "\n").split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    fence, is_comment = "", False
    for line in lines:
        bare = line.strip()
        if is_comment or (not fence and bare.startswith("{/*")):
            is_comment = "*/}" not in bare
            yield ""
            continue
        found = _FENCE.fullmatch(bare)
        if found is not None and not fence:
            fence = found[1]
        elif found is not None and found[1].startswith(fence) and not found[2]:
            fence = ""
        yield line
