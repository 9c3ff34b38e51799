"""Finds the configuration of a course: that of the nearest folder above a file which has one.

`daytona-validate.toml` and the table `[tool.daytona-validate]` of a pyproject.toml say the same
things; where both stand in one folder, the former counts, key by key.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from daytona_validate._core.course_config import NO_CONFIG, CourseConfig, course_config
from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import read_regular

OWN_FILE = "daytona-validate.toml"
_PYPROJECT = "pyproject.toml"
CONFIG_NAMES = frozenset({OWN_FILE, _PYPROJECT})
"""Of files that may hold a configuration."""
LARGEST_BYTES = 1024 * 1024
_TABLE = ("tool", "daytona-validate")


class CourseConfigs:
    """Cache of configurations, by folder: each file is read once."""

    def __init__(self) -> None:
        self._of_folder: dict[str, CourseConfig] = {}

    def of_file(self, path: str) -> CourseConfig:
        """Return the configuration that counts for a file.

        Raises:
            ConfigurationError: The nearest one cannot be read, or says what it may not.
        """
        return self.of_folder(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120 - of any bytes

    def of_folder(self, folder: str) -> CourseConfig:
        """Return the configuration that counts in a folder, given as an absolute path.

        Raises:
            ConfigurationError: As `of_file`.
        """
        above: list[str] = []
        found: CourseConfig | None = None
        while found is None and folder not in self._of_folder:
            above.append(folder)
            found = _own(folder)
            parent = os.path.dirname(folder)  # noqa: PTH120 - as above
            if parent == folder and found is None:
                found = NO_CONFIG
            folder = parent
        config = self._of_folder[folder] if found is None else found
        self._of_folder |= dict.fromkeys(above, config)
        return config

    def own(self, folder: str) -> CourseConfig | None:
        """Return the configuration that stands in a folder itself, or None."""
        config = self.of_folder(folder)
        return config if config.folder == folder else None


def _own(folder: str) -> CourseConfig | None:
    table: dict[str, object] = {}
    source = None
    for name, keys in ((_PYPROJECT, _TABLE), (OWN_FILE, ())):
        path = Path(folder) / name
        own = _table(path, keys) if os.path.isfile(path) else None  # noqa: PTH113 - Path.is_file raises on some
        if own is not None:
            table |= own
            source = f"{_shown(path)}" if not keys else f"[{'.'.join(keys)}] of {_shown(path)}"
    return None if source is None else course_config(table, source=source, folder=folder)


def _table(path: Path, keys: tuple[str, ...]) -> dict[str, object] | None:
    """Return a table of a file; None: it has none. A file of others that is broken is theirs."""
    try:
        content = read_regular(path, at_most_bytes=LARGEST_BYTES, inside=path.parent)
        document = _value_in(content, keys)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"cannot read {_shown(path)}: {_reason(error)}") from error
    if document is not None and not isinstance(document, dict):
        raise ConfigurationError(f"{'.'.join(keys)} in {_shown(path)} accepts a table")
    return document


def said_in(content: bytes, name: str) -> object:
    """Return what the content of a file of `CONFIG_NAMES` says to us; None: nothing.

    Raises:
        ValueError, RecursionError: It is no TOML.
    """
    return _value_in(content, _TABLE if name == _PYPROJECT else ())


def _value_in(content: bytes, keys: tuple[str, ...]) -> object:
    if keys and keys[-1].encode() not in content:
        return None
    document: object = tomllib.loads(content.decode())
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else document
    return document


def _shown(path: Path) -> str:
    """Return a path as text, from the working folder if it lies there."""
    text = os.fsencode(path).decode(errors="replace")
    try:
        return text.removeprefix(f"{os.getcwd()}/")  # noqa: PTH109 - a text is all that is asked for
    except OSError:
        return text


def _reason(error: Exception) -> str:
    """Return an error's message on one line, never the content of the file."""
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(text.split())
