"""Imports in comments: a block that shows no more than where a name comes from."""

from __future__ import annotations

import re

from daytona_validate._core.fragments.code_text import READ_CHARACTERS

_ITEM = r"[\w$.]+(?:[ \t]+as[ \t]+[\w$]+)?"
_ITEMS = rf"{_ITEM}(?:[ \t]*,[ \t]*{_ITEM})*[ \t]*,?"
_SCRIPT = re.compile(
    r"^[ \t]*// ?import[ \t]+(?:type[ \t]+)?"
    rf"(?P<names>(?:[\w$]+[ \t]*,?[ \t]*)?(?:\{{[ \t]*{_ITEMS}[ \t]*\}}|\*[ \t]+as[ \t]+[\w$]+)?)"
    r"[ \t]*\bfrom[ \t]*['\"][^'\"\n]+['\"];?[ \t]*$",
    re.MULTILINE,
)
_IMPORTS = {
    "python": re.compile(
        r"^[ \t]*# ?(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+"
        rf"\(?(?P<names>{_ITEMS})\)?[ \t]*(?:#.*)?$",
        re.MULTILINE,
    ),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
}
"""By language: a comment that is an import statement, and not prose with that word."""
_NAME = re.compile(r"(?:[\w$.*]+[ \t]+as[ \t]+)?([\w$]+)(?:\.[\w.]*)?")


def imports_in_comments(code: str, language: str) -> set[str]:
    """Return the names that import statements in a block's comments would bind."""
    pattern = _IMPORTS.get(language)
    if pattern is None:
        return set()
    found = pattern.finditer(code[:READ_CHARACTERS])
    return {name[1] for each in found for name in _NAME.finditer(each["names"])}
