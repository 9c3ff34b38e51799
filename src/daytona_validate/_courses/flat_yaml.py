"""Reads the part of YAML that front matter and options of blocks are written in.

No parser of YAML is a dependency, and what is looked for here is one word in a line of its own.
So values are texts, mappings are flattened to `outer.inner`, and lists to their items with `, `
between them. It errs towards texts: whatever it does not know is kept as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_KEY = re.compile(
    r"(?P<quote>[\"']?)(?P<key>[\w.$/][\w.$/ -]{0,99})(?P=quote):(?:\s+(?P<value>.*))?"
)
_ITEM = re.compile(r"-(?:\s+(?P<value>.*))?")
_BLOCK_TEXT = re.compile(r"[|>][-+\d]{0,2}(?:\s+#.*)?")
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<text>[^\"']*)(?P=quote)(?:\s*+#.*)?")
_DEEPEST = 5
"""Mappings in one another; a deeper key is named as if it stood there."""


def flat_yaml(lines: Iterable[str]) -> dict[str, str]:
    """Return the keys and values of some lines; any lines are accepted."""
    found: dict[str, list[str]] = {}
    outer: list[tuple[int, str]] = []
    """The keys around a line, each with its indentation."""
    text_indent: int | None = None
    """Of the key whose value is the deeper lines below it, as they are."""
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if text_indent is not None and indent > text_indent and outer:
            found[_path(outer)].append(line.strip())
            continue
        text_indent = None
        item = _ITEM.fullmatch(line.strip())
        if item and outer:
            found[_path(outer)].append(_scalar(item["value"] or ""))
            continue
        key = _KEY.fullmatch(line.strip())
        if key is None:
            continue
        outer = [each for each in outer if each[0] < indent][: _DEEPEST - 1]
        outer.append((indent, key["key"].strip()))
        value = (key["value"] or "").strip()
        if _BLOCK_TEXT.fullmatch(value):
            text_indent, value = indent, ""
        found[_path(outer)] = [] if not value else [_scalar(value)]
    return {key: ", ".join(values) for key, values in found.items()}


def is_yaml_line(line: str) -> bool:
    """Whether a line may stand in a mapping: a key, an item, a comment, or deeper than a key."""
    text = line.strip()
    return (
        line[:1] in ("", " ", "\t")
        or not text
        or text.startswith("#")
        or _ITEM.fullmatch(text) is not None
        or _KEY.fullmatch(text) is not None
    )


def items(value: str) -> tuple[str, ...]:
    """Return the items of a value that is a list."""
    inside = value.strip().removeprefix("[").removesuffix("]")
    return tuple(item for part in inside.split(",") if (item := part.strip().strip("\"'")))


def _path(outer: list[tuple[int, str]]) -> str:
    return ".".join(key for _, key in outer)


def _scalar(text: str) -> str:
    """Return a value without its quotes and the comment after it; a list in one line as items."""
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted["text"]
    text = text.partition(" #")[0].strip()
    return ", ".join(items(text)) if text.startswith("[") and text.endswith("]") else text
