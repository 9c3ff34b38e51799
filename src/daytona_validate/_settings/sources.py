"""Where settings come from, and what no file in a stranger's folder may say.

`check` is run inside folders that others wrote. Whoever writes a pyproject.toml there must
not choose where the key and the code go, what is installed, or which folder of ours is
written to. Refusing such a key loudly was preferred to ignoring it: whoever wrote it in good
faith learns why it has no effect.
"""

from __future__ import annotations

import json
import logging
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from daytona_validate._errors import ConfigurationError
from daytona_validate._settings.names import (
    PER_LANGUAGE,
    TABLE,
    VARIABLE_ALIASES,
    did_you_mean,
    key,
    language_name,
    variable,
)

_log = logging.getLogger("daytona_validate")

NEVER_FROM_PYPROJECT = frozenset(
    {"api_key", "base_url", "provider", "packages", "network", "target", "cpu", "cache_dir"}
)
NEVER_FROM_DOTENV = frozenset({"cache_dir"})
BESIDE_THE_KEY = ("base_url", "target", "cpu")
"""Where the code goes and what it costs is said by whoever gives the key: from `.env` these
count only if the key comes from there too."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The settings that one source has, by field."""

    source: str
    """How the source is named in messages."""
    values: Mapping[str, object]


def layers(
    fields: Iterable[str], *, environ: Mapping[str, str], folder: Path, has_key: bool
) -> tuple[Layer, Layer, Layer]:
    """Return what environment, `.env` and pyproject.toml say, the strongest first.

    Args:
        fields: The names of all settings.
        environ: The environment.
        folder: The working folder.
        has_key: Whether the caller gives an API key as an argument.

    Raises:
        ConfigurationError: A file cannot be read, or says what it may not.
    """
    fields = tuple(fields)
    environment = from_variables(environ, fields, source="the environment")
    dotenv = from_dotenv(folder / ".env", fields)
    if has_key or "api_key" in environment.values or "api_key" not in dotenv.values:
        dotenv = _without_what_belongs_to_the_key(dotenv)
    return environment, dotenv, from_pyproject(nearest_pyproject(folder), fields)


def _without_what_belongs_to_the_key(dotenv: Layer) -> Layer:
    # A stranger's .env could else have our key sent to a machine of theirs, or our money spent.
    for field in BESIDE_THE_KEY:
        if field in dotenv.values:
            _log.warning(
                "%s in .env is ignored: it counts only if the key comes from the same file",
                variable(field),
            )
    kept = {name: value for name, value in dotenv.values.items() if name not in BESIDE_THE_KEY}
    return Layer(dotenv.source, kept)


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


def from_dotenv(path: Path, fields: Iterable[str]) -> Layer:
    """Return the settings in a `.env` file; variables of other programs are passed over.

    References such as `${HOME}` are not replaced: a stranger's file could otherwise pick
    secrets out of our environment and have them sent to an address of its own.
    """
    if not _is_file(path):
        return Layer(".env", {})
    try:
        variables = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read .env: {_reason(error)}") from error
    layer = from_variables(variables, fields, source=".env")
    for field in sorted(NEVER_FROM_DOTENV & layer.values.keys()):
        raise ConfigurationError(
            f"{variable(field)} cannot be set in .env, which may be a stranger's; "
            "set it in the environment"
        )
    return layer


def nearest_pyproject(folder: Path) -> Path | None:
    """Return the pyproject.toml of a folder or of the nearest folder above it, or None."""
    candidates = (above / "pyproject.toml" for above in (folder, *folder.parents))
    return next((path for path in candidates if _is_file(path)), None)


def from_pyproject(path: Path | None, fields: Iterable[str]) -> Layer:
    """Return the settings in the table of a pyproject.toml.

    Raises:
        ConfigurationError: The file cannot be read, or the table has a key that it may not have.
    """
    source = f"[{TABLE}] of pyproject.toml"
    table = {} if path is None else _tool_table(path)
    field_of = {key(field): field for field in fields}
    values: dict[str, object] = {}
    for name, value in table.items():
        field = field_of.get(name)
        if field is None:
            allowed = [k for k, f in field_of.items() if f not in NEVER_FROM_PYPROJECT]
            raise ConfigurationError(
                f"{source} has an unknown key {name!r}{did_you_mean(name, allowed)}"
            )
        if field in NEVER_FROM_PYPROJECT:
            raise ConfigurationError(
                f"{name} cannot be set in {source}, which may be a stranger's; "
                f"set {variable(field)} in the environment"
            )
        if field in PER_LANGUAGE and isinstance(value, dict):
            value = by_language(field, value)  # noqa: PLW2901  # the same value, renamed
        values[field] = value
    return Layer(source, values)


def _is_file(path: Path) -> bool:
    """Whether a file is there; what is in a folder that may not be entered is not."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises there


def _tool_table(path: Path) -> dict[str, object]:
    try:
        document: object = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"cannot read {path}: {_reason(error)}") from error
    for name in TABLE.split("."):
        document = document.get(name, {}) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        raise ConfigurationError(f"{TABLE} in {path} accepts a table")
    return document


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


def _reason(error: Exception) -> str:
    """Return an error's own words on one line, never the content of the file."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(text.split())
