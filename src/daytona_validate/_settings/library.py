"""Settings of the library: precedence of sources, in a folder of its programmer's own.

The command line, which is run in folders that others made, takes less from `.env`: see
`command_line.py`. What a pyproject.toml may say is the same for both.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from daytona_validate._errors import ConfigurationError
from daytona_validate._settings.files import from_folder, read_dotenv
from daytona_validate._settings.folder_rules import FolderSettings, folder_settings
from daytona_validate._settings.misspelt import misspelt_variables
from daytona_validate._settings.names import key, variable
from daytona_validate._settings.variables import Layer, from_variables

_log = logging.getLogger("daytona_validate")

NEVER_FROM_DOTENV = frozenset({"cache_dir"})
BESIDE_THE_KEY = ("base_url", "target", "cpu")
"""Where the code goes and what it costs is said by whoever gives the key: from `.env` these
count only if the key comes from there too."""


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
    variables = _dotenv_of_the_library(folder / ".env")
    dotenv = from_variables(variables, fields, source=".env")
    for field in sorted(NEVER_FROM_DOTENV & dotenv.values.keys()):
        raise ConfigurationError(
            f"{variable(field)} cannot be set in .env, which may be a stranger's; "
            "set it in the environment"
        )
    if has_key or "api_key" in environment.values or "api_key" not in dotenv.values:
        dotenv = _without_what_belongs_to_the_key(dotenv)
    for source, found in (("the environment", environ), (".env", variables)):
        for line in misspelt_variables(found, fields, source=source):
            _warn_once(line)
    says = folder_settings(from_folder(folder, fields))
    for line in _without_effect(says):
        _warn_once(line)
    return environment, dotenv, says.layer


@lru_cache(maxsize=1000)
def _warn_once(line: str) -> None:
    """Log a line the first time that it is met: every validator reads the settings anew."""
    _log.warning("%s", line)


def _without_effect(says: FolderSettings) -> Iterable[str]:
    for each in says.lowered:
        yield (
            f"{key(each.field)} = {each.asked} in {each.source} counts as {each.most:g}, the most "
            f"there; set {variable(each.field, each.language)} in the environment or in .env"
        )
    for field in says.requested.values:
        yield (
            f"{key(field)} in {says.layer.source} installs nothing; "
            f"set {variable(field, '<LANGUAGE>')} in the environment or in .env"
        )


def _dotenv_of_the_library(path: Path) -> Mapping[str, str | None]:
    return read_dotenv(path) if os.path.isfile(path) else {}  # noqa: PTH113 - Path.is_file raises on some


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
