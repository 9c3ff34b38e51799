"""Hyperlinks for terminals: a place in a file that a click opens (OSC 8).

The name of a file may be a stranger's. In an address it has no character that a terminal, or
whoever opens the address, could take for anything else.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin

_LONGEST = 2000
"""Terminals take no more for an address."""
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def linked(text: str, path: str, line: int | None, *, base: str | None) -> str:
    """Return text as a link to a file, if its address can be known.

    Args:
        text: What is shown, safe for a terminal.
        path: The file, as it is shown: one whose bytes are no text has no address.
        line: 1-based; None: that of no line.
        base: The address of the folder that paths start from, its slash at the end; None: there
            are no links.
    """
    if base is None or _UNKNOWN in path:
        return text
    address = urljoin(base, quote(re.sub("^/+", "/", path), errors="replace"))
    if line is not None:
        address += f"#{line}"
    return text if len(address) > _LONGEST else f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"
