"""Settings of the command line: precedence of sources, in a folder that others may have made.

A stranger's folder must not reach out. So of its `.env`, as of its pyproject.toml, only what
`folder_rules.py` lists counts, with one exception, which many have in their folders: a key, for
the address that is used anyway, and for files of that folder. A key beside another address would
send whatever is checked to whoever wrote the file; neither counts then, until the user says so
with `--env-file` or in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._core import service_url
from daytona_validate._regular_file import is_inside
from daytona_validate._settings.files import (
    from_folder,
    read_dotenv,
    read_env_file,
)
from daytona_validate._settings.folder_rules import (
    AT_DAYTONA,
    FROM_A_FOLDER,
    Lowered,
    folder_settings,
)
from daytona_validate._settings.misspelt import misspelt_variables
from daytona_validate._settings.model import Settings, settings_of
from daytona_validate._settings.variables import Layer, from_variables

DOTENV = ".env"
_FIELDS = tuple(Settings.model_fields)


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """The settings of a command, and the ignored ones of its folder's files."""

    settings: Settings
    left_out: tuple[str, ...]
    """Fields that `.env` has and may not decide, but for those that the user has set, and those of
    which it says what counts anyway."""
    requested: Mapping[str, tuple[str, ...]]
    """Packages that only the folder's files ask for, by language."""
    lowered: tuple[Lowered, ...]


@dataclass(frozen=True, slots=True)
class CommandSources:
    """All sources of a command's settings, as they were read."""

    user_layers: tuple[Layer, Layer]
    """The user's own settings: the environment, and below it `--env-file`."""
    dotenv: Layer
    pyproject: Layer
    dotenv_key: Mapping[str, object]
    """The key in `.env`, which counts if the user asks for Daytona."""
    accepted_key: Mapping[str, object]
    """The key in `.env` if it counts here, else nothing."""
    key_from: str | None
    """Where the key comes from, for people; None: there is none."""
    misspelt: tuple[str, ...]
    """A line for each variable that is nearly one of ours."""
    dotenv_problem: str | None
    """Why `.env` was not read at all, for people."""

    @property
    def provider(self) -> str | None:
        """The provider that the user has set."""
        value = _own_value(self.user_layers, "provider")
        return None if value is None else str(value)

    def settings(self, *, is_at_daytona: bool) -> CommandSettings:
        """Return the settings that count, and those that are ignored.

        Args:
            is_at_daytona: Whether the work is done there, where a larger sandbox costs more.

        Raises:
            ConfigurationError: A value is wrong.
        """
        most = AT_DAYTONA if is_at_daytona else FROM_A_FOLDER
        dotenv, pyproject = (
            folder_settings(self.dotenv, most),
            folder_settings(self.pyproject, most),
        )
        key = Layer(DOTENV, self.accepted_key)
        settings = settings_of((*self.user_layers, key, dotenv.layer, pyproject.layer))
        requested = settings_of((dotenv.requested, pyproject.requested)).packages
        missing = {
            language: tuple(n for n in names if n not in settings.packages.get(language, ()))
            for language, names in requested.items()
        }
        return CommandSettings(
            settings=settings,
            left_out=tuple(
                field
                for field in dotenv.refused
                if field not in self.accepted_key
                and _own_value(self.user_layers, field) is None
                and _plain(str(self.dotenv.values[field])) != str(getattr(settings, field))
            ),
            requested={language: names for language, names in missing.items() if names},
            lowered=tuple(
                each
                for each in (*dotenv.lowered, *pyproject.lowered)
                if _own_value(self.user_layers, each.field, each.language) is None
            ),
        )


def read_sources(
    environ: Mapping[str, str], folder: Path, *, env_file: Path | None, takes_key: bool
) -> CommandSources:
    """Read all sources of a command's settings.

    Args:
        environ: The environment.
        folder: The working folder.
        env_file: What `--env-file` names.
        takes_key: Whether a key in the folder's `.env` may count: all that would be sent with it
            lies in that folder, or the user asked for Daytona.

    Raises:
        ConfigurationError: A file cannot be read, or has what it may not.
    """
    by_user = {} if env_file is None else read_env_file(env_file)
    by_folder, dotenv_problem = _of_the_folder(folder, env_file)
    known = (("the environment", environ), (f"{env_file}", by_user), (DOTENV, by_folder))
    environment, named, dotenv = (
        from_variables(variables, _FIELDS, source=source) for source, variables in known
    )
    dotenv_key = _key_of(dotenv, (environment, named))
    accepted_key = dotenv_key if takes_key else {}
    places: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("the environment", environment.values),
        (f"{env_file}", named.values),
        (f"{folder / DOTENV}", accepted_key),
    )
    return CommandSources(
        user_layers=(environment, named),
        dotenv=dotenv,
        pyproject=from_folder(folder, _FIELDS),
        dotenv_key=dotenv_key,
        accepted_key=accepted_key,
        key_from=next((place for place, values in places if "api_key" in values), None),
        misspelt=tuple(
            line
            for source, variables in known
            for line in misspelt_variables(variables, _FIELDS, source=source)
        ),
        dotenv_problem=dotenv_problem,
    )


def _of_the_folder(
    folder: Path, env_file: Path | None
) -> tuple[Mapping[str, str | None], str | None]:
    """Return the variables in a folder's `.env`, or why it is not read."""
    path = folder / DOTENV
    if not os.path.lexists(path) or os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises on some
        return {}, None  # some keep their virtual environment there
    if env_file is not None and os.path.realpath(env_file) == os.path.realpath(path):
        return {}, None  # it is read already, as the user's
    if not is_inside(str(path), str(folder)):
        return {}, "the link leads out of the folder"
    if not os.path.isfile(path):  # noqa: PTH113 - as above
        return {}, "the path is no plain file"
    return read_dotenv(path, inside=folder), None


def _key_of(dotenv: Layer, own: tuple[Layer, Layer]) -> Mapping[str, object]:
    """Return the key in `.env` if it stands there for the address that is used anyway.

    With the address that this project was born with, that address is returned too: nothing is
    sent there, and who has it is told the right one.
    """
    if "api_key" not in dotenv.values or _own_value(own, "api_key") is not None:
        return {}
    key = {"api_key": dotenv.values["api_key"]}
    address = str(dotenv.values.get("base_url", ""))
    used = str(_own_value(own, "base_url") or service_url.DEFAULT_BASE_URL)
    if not address or _plain(address) == _plain(used):
        return key
    return {**key, "base_url": address} if service_url.has_old_host(address) else {}


def _plain(address: str) -> str:
    return address.strip().rstrip("/")


def _own_value(own: tuple[Layer, Layer], field: str, language: str | None = None) -> object:
    """Return the user's own value of a setting, or None."""
    for layer in own:
        value = layer.values.get(field)
        if language is not None:
            value = value.get(language) if isinstance(value, Mapping) else None
        if value is not None:
            return value
    return None
