"""Whether what is shown may have hyperlinks, and from where their addresses start.

A terminal cannot be asked, and some show an address that they do not know as garbage. So only those
that say who they are, and are known to have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from daytona_validate._cli.screen.colours import has_colours

_PROGRAMS = frozenset(
    {"iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "rio", "Tabby", "WarpTerminal"}
)
_TERMS = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "wezterm"})
_VARIABLES = ("WT_SESSION", "DOMTERM", "KONSOLE_VERSION")
_LEAST_VTE = 5000
"""Version 0.50 of GNOME's terminal, and of all others made of it."""
_WITHOUT_HOST = "vscode"
"""It takes the host for the first folder."""


def link_base(
    folder: str | None, *, is_terminal: bool, environ: Mapping[str, str], host: str
) -> str | None:
    """Return the address of a folder, if a stream may have links to what is in it; else None.

    Args:
        folder: Its path; None: it is gone.
        is_terminal: Whether the stream is a terminal.
        environ: `FORCE_HYPERLINK` decides: `0`, or anything else; without it, what terminals say
            of themselves. No colours, no links.
        host: The name of this computer: its files may be shown on another one.
    """
    if folder is None or not has_colours(is_terminal=is_terminal, environ=environ):
        return None
    forced = environ.get("FORCE_HYPERLINK")
    if not (_is_known(environ) if forced is None else forced != "0"):
        return None
    shown_host = "" if environ.get("TERM_PROGRAM") == _WITHOUT_HOST else quote(host, safe="")
    path = quote(folder.rstrip("/"), errors="replace")
    return f"file://{shown_host}{path}/"


def _is_known(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal says that it is one of those that have links."""
    term = environ.get("TERM", "")
    if term.startswith(("screen", "tmux")) or environ.get("CI"):
        return False  # what is between hands them on or not, by its version and settings
    vte = environ.get("VTE_VERSION", "")
    return (
        (vte.isdecimal() and int(vte[:9]) >= _LEAST_VTE)
        or environ.get("TERM_PROGRAM") in _PROGRAMS
        or term in _TERMS
        or any(environ.get(each) for each in _VARIABLES)
    )
