"""Reads `.env` and pyproject.toml, which may be anybody's.

A key of pyproject.toml that may not stand there is refused loudly rather than ignored: whoever
wrote it in good faith learns why it has no effect.
"""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from daytona_validate._core.course_config import COURSE_KEYS
from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import read_regular
from daytona_validate._settings.folder_rules import FROM_A_FOLDER, ONLY_REQUESTED
from daytona_validate._settings.names import PER_LANGUAGE, TABLE, did_you_mean, key, variable
from daytona_validate._settings.variables import Layer, by_language

OWN_FILE = "daytona-validate.toml"
LARGEST_FILE_BYTES = 1024 * 1024
"""A larger file has no settings, and would only fill memory."""


def read_dotenv(path: Path, *, inside: Path | None = None) -> Mapping[str, str | None]:
    """Return the variables in a `.env` file.

    References such as `${HOME}` are not replaced: a stranger's file could otherwise pick
    secrets out of our environment and have them sent to an address of its own.

    Args:
        path: Of the file.
        inside: The folder that it must not lead out of; None: anywhere.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        content = read_regular(path, at_most_bytes=LARGEST_FILE_BYTES, inside=inside)
        return _variables(content)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path.name}: {_reason(error)}") from error


def read_env_file(path: Path) -> Mapping[str, str | None]:
    """Return the variables in a file that the user named: it may be a link or a pipe.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
        if len(content) > LARGEST_FILE_BYTES:
            raise ConfigurationError(f"{path} is larger than {LARGEST_FILE_BYTES} bytes")
        return _variables(content)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {_reason(error)}") from error


def _variables(content: bytes) -> Mapping[str, str | None]:
    return dotenv_values(stream=io.StringIO(content.decode(), newline=None), interpolate=False)


def working_folder() -> Path:
    """Return the working folder, relative if it is gone or closed: there are no files in it."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def nearest_pyproject(folder: Path) -> Path | None:
    """Return the pyproject.toml of a folder or of the nearest folder above it, or None."""
    return _nearest(folder, "pyproject.toml")


def _nearest(folder: Path, name: str) -> Path | None:
    candidates = (above / name for above in (folder, *folder.parents))
    return next((path for path in candidates if os.path.isfile(path)), None)  # noqa: PTH113 - as above


def from_folder(folder: Path, fields: Iterable[str]) -> Layer:
    """Return the settings in the configuration of the nearest folder that has one.

    What `daytona-validate.toml` says counts before what the pyproject.toml beside it says.

    Raises:
        ConfigurationError: As `from_pyproject`.
    """
    fields = tuple(fields)
    pyproject, own = nearest_pyproject(folder), _nearest(folder, OWN_FILE)
    if own is None or (pyproject and own.parent in pyproject.parent.parents):
        return from_pyproject(pyproject, fields, folder=folder)
    shown = own.name if own.parent == folder else str(own)
    layer = _layer(_document(own), fields, source=shown)
    if pyproject is None or pyproject.parent != own.parent:
        return layer
    beside = from_pyproject(pyproject, fields, folder=folder)
    return Layer(shown, {**beside.values, **layer.values})


def from_pyproject(path: Path | None, fields: Iterable[str], *, folder: Path) -> Layer:
    """Return the settings and requests in the table of a pyproject.toml, not bounded yet.

    Args:
        path: The file, or None.
        fields: The names of all settings.
        folder: The working folder: a file in another one is named with its path.

    Raises:
        ConfigurationError: The file cannot be read, or the table has a key that it may not have.
    """
    shown = "pyproject.toml" if path is None or path.parent == folder else str(path)
    source = f"[{TABLE}] of {shown}"
    return _layer({} if path is None else _tool_table(path), fields, source=source)


def _layer(table: Mapping[str, object], fields: Iterable[str], *, source: str) -> Layer:
    """Return the settings of a table; the keys of a course, which each file has its own, are left.

    Raises:
        ConfigurationError: It has a key that it may not have.
    """
    field_of = {key(field): field for field in fields}
    allowed = FROM_A_FOLDER.keys() | ONLY_REQUESTED
    values: dict[str, object] = {}
    for name, value in table.items():
        field = field_of.get(name)
        if field is None and name.replace("-", "_") in COURSE_KEYS:
            continue
        if field is None:
            near = did_you_mean(
                name, [*COURSE_KEYS, *(each for each, of in field_of.items() if of in allowed)]
            )
            raise ConfigurationError(f"{source} has an unknown key {name!r}{near}")
        if field not in allowed:
            raise ConfigurationError(
                f"{name} cannot be set in {source}, which may be a stranger's; "
                f"set {variable(field)} in the environment"
            )
        if field in PER_LANGUAGE and isinstance(value, dict):
            value = by_language(field, value)  # noqa: PLW2901  # the same value, renamed
        values[field] = value
    return Layer(source, values)


def _document(path: Path) -> dict[str, object]:
    try:
        content = read_regular(path, at_most_bytes=LARGEST_FILE_BYTES)
        return tomllib.loads(content.decode())
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"cannot read {path}: {_reason(error)}") from error


def _tool_table(path: Path) -> dict[str, object]:
    document: object = _document(path)
    for name in TABLE.split("."):
        document = document.get(name, {}) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        raise ConfigurationError(f"{TABLE} in {path} accepts a table")
    return document


def _reason(error: Exception) -> str:
    """Return an error's message on one line, never the content of the file."""
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(text.split())
