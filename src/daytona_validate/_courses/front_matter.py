"""Finds the front matter of a page: what stands above its text, between two lines of its own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from daytona_validate._core.fence_line import fence_line
from daytona_validate._courses.flat_yaml import flat_yaml, is_yaml_line

_ENDS = {"---": ("---", "..."), "+++": ("+++",)}
_MOST_LINES = 1000
_MOST_DEEP = 5


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Front matter: metadata above a page's text."""

    values: Mapping[str, str]
    lines: int
    """How many lines it takes, its first and its last one included; 0: the page has none."""


def front_matter(lines: Sequence[str]) -> FrontMatter:
    """Return the front matter of a page; any lines are accepted.

    A page may open with a rule, too. So what stands between the two lines has to look like YAML,
    and holds no fence.
    """
    ends = _ENDS.get(lines[0].rstrip()) if lines else None
    if ends is None:
        return FrontMatter({}, 0)
    last = next(
        (at for at in range(1, min(len(lines), _MOST_LINES)) if lines[at].rstrip() in ends), None
    )
    if last is None:
        return FrontMatter({}, 0)
    inside = lines[1:last]
    if ends == ("+++",):
        values = _toml(inside)
        return FrontMatter({}, 0) if values is None else FrontMatter(values, last + 1)
    if not all(map(is_yaml_line, inside)) or any(map(fence_line, inside)):
        return FrontMatter({}, 0)
    return FrontMatter(flat_yaml(inside), last + 1)


def _toml(lines: Sequence[str]) -> dict[str, str] | None:
    try:
        document: dict[str, object] = tomllib.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None
    return flattened(document)


def flattened(value: Mapping[str, object]) -> dict[str, str]:
    """Return a mapping as texts: lists as their items, mappings as `outer.inner`."""
    return dict(_flat(value, "", 1))


def _flat(value: Mapping[str, object], before: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, each in value.items():
        if isinstance(each, dict) and depth < _MOST_DEEP:
            yield from _flat(each, f"{before}{key}.", depth + 1)
        else:
            yield f"{before}{key}", _text(each)


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value if not isinstance(each, list | dict))
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value) if isinstance(value, str | int | float) else ""
