"""The settings of a command, and a warning for each that its folder may not decide."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from daytona_validate._cli.ignored_settings_warnings import ignored_settings_warnings
from daytona_validate._cli.package_options import (
    NO_CHOICE,
    PackageChoice,
    allowed_packages,
    merged,
    wished_packages,
    without,
)
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._regular_file import is_inside
from daytona_validate._settings import Settings
from daytona_validate._settings.command_line import read_sources
from daytona_validate._settings.files import working_folder

DAYTONA = "daytona"


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """The provider that a command uses, and why."""

    name: str
    why: str
    """The reason, for people; empty if `--provider` named it, or a key is set."""
    is_named: bool = False
    """Whether the option or the setting named it."""


@dataclass(frozen=True, slots=True)
class ChosenSettings:
    """The settings of a command, and the provider that they select."""

    settings: Settings
    choice: ProviderChoice
    key_from: str | None
    """Where the key comes from, for people; None: there is none."""

    def provider_line(self) -> str | None:
        """Return the line that names the provider and why; at Daytona also host and key's source.

        None for this host where the user asked for it.
        """
        choice = self.choice
        if choice.name != DAYTONA:
            return f"provider: {choice.name} ({choice.why})" if choice.why else None
        key = f"key from {self.key_from}" if self.key_from else "no key"
        why = f"{choice.why}, {key}" if choice.why else key
        return f"provider: {choice.name} at {host_of(self.settings)} ({why})"


def chosen_settings(
    provider: str | None,
    *,
    env_file: Path | None,
    screen: Screen,
    sends: Iterable[str] = (),
    packages: PackageChoice = NO_CHOICE,
    courses: Iterable[str] = (),
) -> ChosenSettings:
    """Return the settings of a command, and warn of those in the working folder that are ignored.

    Args:
        provider: What `--provider` says; `daytona` for commands about that alone.
        env_file: What `--env-file` says.
        screen: Gets the warnings, also when quiet.
        sends: The paths of all that the command may send to a provider; `-` is stdin.
        packages: What the options say of packages.
        courses: The paths whose courses may ask for packages.

    Raises:
        ConfigurationError: A setting is wrong; the caller's fault.
    """
    folder = working_folder()
    takes_key = provider == DAYTONA or _all_inside(sends, folder)
    sources = read_sources(os.environ, folder, env_file=env_file, takes_key=takes_key)
    for line in sources.misspelt:
        screen.error(f"warning: {line}")
    has_key = sources.settings(is_at_daytona=False).settings.api_key is not None
    key_from = sources.key_from if has_key else None
    choice = choose_provider(
        provider,
        configured=sources.provider,
        key_from=key_from,
        is_key_left_out="api_key" in sources.dotenv.values,
    )
    found = sources.settings(is_at_daytona=choice.name == DAYTONA)
    wishes = wished_packages(courses)
    allowed = allowed_packages(packages, wishes, environ=os.environ, screen=screen)
    found = replace(
        found,
        settings=found.settings.model_copy(
            update={"packages": merged(found.settings.packages, allowed)}
        ),
        requested=without(found.requested, wishes),
    )
    is_local = choice.name == "local" and "local" in (provider, sources.provider)
    for line in ignored_settings_warnings(sources, found, is_local=is_local):
        screen.error(f"warning: {line}")
    return ChosenSettings(found.settings, choice, key_from)


def choose_provider(
    asked: str | None,
    *,
    configured: str | None,
    key_from: str | None,
    is_key_left_out: bool = False,
) -> ProviderChoice:
    """Return the provider to use.

    Args:
        asked: What `--provider` says; None if it was not given.
        configured: What DAYTONA_PROVIDER says; None if it is not set.
        key_from: Where the API key of Daytona's comes from; None if there is none.
        is_key_left_out: Whether the folder's `.env` has a key that does not count.
    """
    wanted = asked or configured or "auto"
    if wanted != "auto":
        return ProviderChoice(wanted, "" if asked else "DAYTONA_PROVIDER is set", is_named=True)
    if key_from is not None:
        return ProviderChoice("daytona", "")
    missing = "the key in .env does not count" if is_key_left_out else "no DAYTONA_API_KEY is set"
    return ProviderChoice("local", missing)


def local_settings(screen: Screen) -> Settings:
    """Return the settings of a command that sends nothing and runs no snippet.

    Raises:
        ConfigurationError: A setting is wrong; the caller's fault.
    """
    sources = read_sources(os.environ, working_folder(), env_file=None, takes_key=False)
    for line in sources.misspelt:
        screen.error(f"warning: {line}")
    return sources.settings(is_at_daytona=False).settings


def host_of(settings: Settings) -> str:
    """Return the host of the service, with its port if it has one; settings accept no password."""
    return urlsplit(settings.base_url).netloc


def _all_inside(paths: Iterable[str], folder: Path) -> bool:
    """Whether all paths lie in the folder; stdin never does, nor anything if it is gone."""
    return folder.is_absolute() and all(p != "-" and is_inside(p, str(folder)) for p in paths)
