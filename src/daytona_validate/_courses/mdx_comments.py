"""Takes the comments of MDX out of a page, which are no comments to Markdown.

Also where the page's name ends in `.md`: Docusaurus reads such pages as MDX, and nobody else begins
a line with `{/*`.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})(.*)")
_BEGIN, _END = "{/*", "*/}"


def without_comments(text: str) -> str:
    """Return the page with blank lines for those of its `{/* … */}`: the others keep their numbers.

    Only a comment that begins a line and ends is taken, and none within a fence.
    """
    if _BEGIN not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    last_end = max((at for at, line in enumerate(lines) if _END in line), default=-1)
    fence, at = "", 0
    while at < len(lines):
        bare = lines[at].strip().removeprefix("\ufeff")
        if not fence and bare.startswith(_BEGIN) and at <= last_end:
            at = _blank(lines, at)
        else:
            fence = _fence_after(bare, fence)
            at += 1
    return "\n".join(lines)


def _blank(lines: list[str], at: int) -> int:
    """Blank a comment's lines from its first on, and return the place after its last."""
    is_last = False
    while not is_last:
        is_last = _END in lines[at]
        lines[at] = ""
        at += 1
    return at


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after a line, given the one before it; "" if none is."""
    found = _FENCE.fullmatch(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) and not found[2] else fence
