"""Matches paths with the patterns of `.gitignore`.

Libraries for it make one regular expression of a pattern, and a stranger's pattern with many stars
can keep that busy for ever. Here a path is matched part by part, in time that grows with its length
times the pattern's.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST_CHARACTERS = 1000
"""Of a pattern: none that is longer is a path's."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    is_negated: bool
    only_folders: bool
    parts: tuple[Callable[[str], object] | None, ...]
    """One for each part of a path; None: any number of parts, `**`."""

    def has(self, parts: Sequence[str]) -> bool:
        reached = {0}
        for each in self.parts:
            if each is None:
                reached = set(range(min(reached), len(parts) + 1)) if reached else reached
            else:
                reached = {at + 1 for at in reached if at < len(parts) and each(parts[at])}
        return len(parts) in reached


class IgnorePatterns:
    """Patterns of one file, in order; the last one that matches counts.

    Args:
        lines: Those of the file.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = [each for each in map(_pattern, lines) if each is not None]

    def ignores(self, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether a path is ignored; None: no pattern says.

        Args:
            path: Relative to the folder of the patterns, with `/` between its parts.
            is_folder: Whether it is a folder.
        """
        parts = path.split("/")
        for each in reversed(self._patterns):
            if (is_folder or not each.only_folders) and each.has(parts):
                return not each.is_negated
        return None


def _pattern(line: str) -> _Pattern | None:
    """Return the pattern of a line; None: it has none."""
    text = line.rstrip("\r\n")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text.startswith("#") or len(text) > _MOST_CHARACTERS:
        return None
    is_negated = text.startswith("!")
    text = text[is_negated:]
    only_folders = text.endswith("/")
    text = text.removesuffix("/")
    if not text:
        return None
    parts = text.removeprefix("/").split("/")
    if "/" not in text:
        parts = ["**", *parts]
    if parts[-1] == "**" and len(parts) > 1:
        parts.append("*")
    return _Pattern(is_negated, only_folders, tuple(map(_part, parts)))


def _escaped(found: re.Match[str]) -> str:
    return f"[{found[1]}]" if found[1] in "*?[" else found[1]


def _part(text: str) -> Callable[[str], object] | None:
    if text == "**":
        return None
    plain = _ESCAPED.sub(_escaped, text.replace("[^", "[!"))
    return re.compile(fnmatch.translate(plain)).match
