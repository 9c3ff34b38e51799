"""Settings of one source, parsed from variables of the environment or of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from daytona_validate._errors import ConfigurationError
from daytona_validate._settings.names import (
    PER_LANGUAGE,
    VARIABLE_ALIASES,
    language_name,
    variable,
)


@dataclass(frozen=True, slots=True)
class Layer:
    """The settings that one source has, by field."""

    source: str
    """How the source is named in messages."""
    values: Mapping[str, object]


def from_variables(
    variables: Mapping[str, str | None], fields: Iterable[str], *, source: str
) -> Layer:
    """Return the settings among some variables; empty ones count as not set."""
    values: dict[str, object] = {}
    for field in fields:
        for name in (variable(field), *VARIABLE_ALIASES.get(field, ())):
            if variables.get(name) and field not in values:
                values[field] = variables[name]
        if field in PER_LANGUAGE:
            whole = _json_or_text(values.pop(field, None))
            start = variable(field, "")
            single = {
                name.removeprefix(start): value
                for name, value in variables.items()
                if name.startswith(start) and value
            }
            if isinstance(whole, dict):
                values[field] = by_language(field, whole) | by_language(field, single)
            elif whole is not None:
                values[field] = whole
            elif single:
                values[field] = by_language(field, single)
    return Layer(source, values)


def by_language(field: str, values: Mapping[str, object]) -> dict[str, object]:
    """Return values keyed by the table's names of languages instead of aliases.

    Raises:
        ConfigurationError: One language is named twice.
    """
    named: dict[str, object] = {}
    for name, value in values.items():
        language = language_name(name)
        if language in named:
            raise ConfigurationError(f"{variable(field)} names {language} twice")
        named[language] = value
    return named


def _json_or_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
