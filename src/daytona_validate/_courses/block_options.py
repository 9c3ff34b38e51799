"""Reads the options at the top of a cell or a directive, and blanks their lines.

Three forms: `#| key: value` of Quarto, after whichever mark of a comment; `:key: value` of MyST;
and a block of YAML between two lines `---`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daytona_validate._courses.flat_yaml import flat_yaml

_DIRECTIVE_OPTION = re.compile(r"[ ]{0,8}:([\w-]{1,100}:)(?:(\s.*))?")
_CELL_OPTION = re.compile(r"\s{0,100}+(?:#|//|--|%%)\| ?(.*)")


@dataclass(frozen=True, slots=True)
class Optioned:
    """Code and the options that stood at its top."""

    code: str
    """With as many lines as before: those of options are blank."""
    options: Mapping[str, str]


def of_directive(content: str) -> Optioned:
    """Return the code of a MyST directive, and its options."""
    lines = content.split("\n")
    if lines[0].rstrip() == "---":
        ends = (number for number, line in enumerate(lines) if number and line.rstrip() == "---")
        count = next(ends, -1) + 1
        return _parted(lines, count, flat_yaml(lines[1 : max(count - 1, 1)]))
    found = _leading(lines, _DIRECTIVE_OPTION)
    return Optioned(found.code, with_doctest_skip(found.options))


def with_doctest_skip(options: Mapping[str, str]) -> dict[str, str]:
    """Return options with `skip`, if they have doctest's flag for it, as `:options: +SKIP`."""
    flags = re.split(r"[\s,]+", options.get("options", ""))
    return {**options, "skip": "true"} if "+SKIP" in flags else dict(options)


def of_cell(content: str) -> Optioned:
    """Return the code of a cell, and its options."""
    return _leading(content.split("\n"), _CELL_OPTION)


def _leading(lines: Sequence[str], form: re.Pattern[str]) -> Optioned:
    found: list[str] = []
    for line in lines:
        option = form.fullmatch(line)
        if option is None:
            break
        found.append("".join(each or "" for each in option.groups()))
    return _parted(lines, len(found), flat_yaml(found))


def _parted(lines: Sequence[str], count: int, options: Mapping[str, str]) -> Optioned:
    return Optioned("\n".join(["" for _ in lines[:count]] + [*lines[count:]]), options)
