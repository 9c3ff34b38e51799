"""Allow-list: the settings that a folder's files may have, and their bounds.

`check` is run inside folders that others made. What stands there, in `.env` or pyproject.toml,
says what its own programs need, and nothing else: not where code and key go, not what a sandbox
may reach, not what is installed, not which folder of ours is written to, and not what the machine
and the service are asked to do at one time. So this is a list of what is allowed: a setting that
is not on it is refused, a new one too.

What is on it is bounded, because time, memory and disk are the user's: more than that takes a
word of the user's own, in the environment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from daytona_validate._settings.variables import Layer

FROM_A_FOLDER: Mapping[str, float] = MappingProxyType(
    {
        "timeout_s": 300,
        "timeouts": 300,
        "compile_timeout_s": 300,
        "memory_mib": 2048,
        "processes": 512,
        "open_files": 1024,
        "disk_mib": 1024,
        "kept_output_kib": 1024,
        "max_output_mib": 64,
        "max_code_kib": 4096,
    }
)
"""The settings that a folder's file may have, each with the most that it may ask for."""

AT_DAYTONA: Mapping[str, float] = MappingProxyType({**FROM_A_FOLDER, "memory_mib": 768})
"""The same at Daytona, where larger sandboxes cost more and need snapshots of their own: what a
sandbox of the default size holds."""

ONLY_REQUESTED = frozenset({"packages"})
"""Settings that a folder's file may only ask for: a warning tells the user, and nothing is done."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A value of a folder's file that was lowered to its bound."""

    source: str
    field: str
    language: str | None
    asked: str
    most: float


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """The settings of a folder's file, sorted by whether they count."""

    layer: Layer
    """The settings that count, bounded."""
    refused: tuple[str, ...]
    """Fields that are not on the list."""
    requested: Layer
    lowered: tuple[Lowered, ...]


def folder_settings(layer: Layer, most: Mapping[str, float] = FROM_A_FOLDER) -> FolderSettings:
    """Return the settings of a folder's file that count, bounded, and those that do not.

    Args:
        layer: All that the file says.
        most: The settings that count, each with its bound.
    """
    values: dict[str, object] = {}
    lowered: list[Lowered] = []
    for field, value in layer.values.items():
        if field not in most:
            continue
        parts = value if isinstance(value, Mapping) else {None: value}
        bounded = {language: _bounded(part, most[field]) for language, part in parts.items()}
        lowered += (
            Lowered(layer.source, field, language, asked, most[field])
            for language, (_, asked) in bounded.items()
            if asked is not None
        )
        kept = {language: part for language, (part, _) in bounded.items()}
        values[field] = kept if isinstance(value, Mapping) else kept[None]
    return FolderSettings(
        layer=Layer(layer.source, values),
        refused=tuple(each for each in layer.values if each not in {*most, *ONLY_REQUESTED}),
        requested=Layer(
            layer.source, {k: v for k, v in layer.values.items() if k in ONLY_REQUESTED}
        ),
        lowered=tuple(lowered),
    )


def _bounded(value: object, most: float) -> tuple[object, str | None]:
    """Return a value and None, or the bound and what was asked for.

    What is no number is left for the check of the values.
    """
    if not isinstance(value, str | int | float):
        return value, None
    try:
        number = float(value)
    except ValueError:
        return value, None
    except OverflowError:
        number = math.inf
    if not number > most:
        return value, None
    return most, f"{number:.0f}" if number.is_integer() else f"{number:g}"
