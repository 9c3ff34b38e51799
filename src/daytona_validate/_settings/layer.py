"""The settings of one source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """The settings that one source has, by field."""

    source: str
    """How the source is named in messages."""
    values: Mapping[str, object]
