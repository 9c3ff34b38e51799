"""Whether what is shown may have colours."""

from __future__ import annotations

from collections.abc import Mapping


def has_colours(*, is_terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether a stream may have colours: a terminal's, if nothing speaks against it.

    Args:
        is_terminal: Whether the stream is a terminal.
        environ: `NO_COLOR` (any value but the empty one) and `TERM` are looked at.
    """
    is_plain = environ.get("TERM", "dumb") in ("", "dumb") or bool(environ.get("NO_COLOR"))
    return is_terminal and not is_plain
