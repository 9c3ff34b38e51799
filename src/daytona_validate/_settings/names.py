"""Names of a setting: its variable, its key in pyproject.toml, and names near a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from daytona_validate._core.languages.table import LANGUAGES, find_language

PREFIX = "DAYTONA_"
TABLE = "tool.daytona-validate"
PER_LANGUAGE = frozenset({"timeouts", "packages"})
"""Settings that hold one value for each language."""

VARIABLE_ALIASES = {"base_url": ("DAYTONA_API_URL",)}
"""Other variables of a field, tried after its own; this one is the official SDK's."""


def key(field: str) -> str:
    """Return a field's name in pyproject.toml: without the unit of time."""
    return field.removesuffix("_s")


def variable(field: str, language: str | None = None) -> str:
    """Return a field's environment variable, or that of its value for one language."""
    name = PREFIX + key(field).upper()
    return name if language is None else f"{name}__{language.upper()}"


def language_name(name: str) -> str:
    """Return the table's name for a language's name or alias; an unknown one in lower case."""
    known = find_language(name)
    return name.strip().lower() if known is None else known.name


def unknown_language(name: str) -> str | None:
    """Return what to say of a language that is not in the table, or None."""
    if name in LANGUAGES:
        return None
    names = [*LANGUAGES, *(n for each in LANGUAGES.values() for n in each.aliases)]
    return f"no language is called {name!r}{did_you_mean(name, names)}"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean x?` for the nearest of some names, or nothing if none is near."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {near[0]}?" if near else ""
