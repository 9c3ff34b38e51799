"""Functions whose names are nearly that of the one which a program begins with."""

from __future__ import annotations

import re

from daytona_validate._core.fragments.near_names import is_misspelt

_STARTS = {
    "go": re.compile(r"^func\s+(\w+)\s*\(\s*\)", re.MULTILINE),
    "java": re.compile(r"\bvoid\s+(\w+)\s*\(\s*(?:final\s+)?String\b"),
}


def nearly_main(code: str, language: str) -> str | None:
    """Return the function that was to be `main`; None: there is none, so it may be a library.

    Args:
        code: The block.
        language: `go` or `java`.
    """
    names = _STARTS[language].findall(code)
    return next((each for each in names if _is_nearly_main(each)), None)


def _is_nearly_main(name: str) -> bool:
    return name != "main" and (name.casefold() == "main" or is_misspelt(name, ["main"]))
