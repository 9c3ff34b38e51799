"""Variables of Python that only a later block of the page assigns: the page shows their use first.

A page may assign the same name in many blocks, and so define what a slip of the pen made unknown.
So the block must bind nothing that it leaves unread: that would be the name's other half.
"""

from __future__ import annotations

from itertools import islice

from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.readers_names import (
    assigns,
    has_left_behind,
    is_slip_of_own,
    makes_for_others,
)
from daytona_validate._models import Missing, MissingKind

_MOST_BLOCKS = 200
"""Of a page, below the one that waits; what is further below is not looked at."""


def waits_for_value(page: CoursePage, position: int, missing: Missing) -> str | None:
    """Return the reason why a block cannot run yet: what it lacks is assigned below it.

    Args:
        page: Its page.
        position: Its place there.
        missing: What it failed for want of.
    """
    name, languages = missing.name, page.languages
    is_asked = languages[position] == "python" and missing.kind is MissingKind.NAME
    if not is_asked or name in FORGOTTEN_NAMES["python"]:
        return None
    others = [n for n, each in enumerate(languages) if each == "python" and n != position]
    codes = {n: page.code(n) for n in others}
    below = islice((n for n in others if n > position), _MOST_BLOCKS)
    found = next((n for n in below if assigns(codes[n], name)), None)
    is_above = any(makes_for_others(codes[n], name) for n in others if n < position)
    if found is None or is_above or has_left_behind(name, page.code(position), codes.values()):
        return None
    if is_slip_of_own(name, page.code(position)):
        return None
    location = page.snippets[found].snippet.location
    place = "" if location is None else f" (line {location.line})"
    return f"it needs {name}, which a later block{place} defines"
