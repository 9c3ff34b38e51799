"""`--provider`, and the validator that a command opens with it.

`auto` exists on the command line only: the library never takes up strangers' code on its own
machine because a key got lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # each of them costs more than the whole of --help
    from daytona_validate._client import Validator
    from daytona_validate._providers.protocol import SandboxProvider
    from daytona_validate._settings import Settings

provider_option = click.option(
    "--provider",
    type=click.Choice(["auto", "daytona", "local"]),
    default=None,
    help="Who makes the sandboxes. auto (the default): Daytona if a key is set, else this machine.",
)


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """The provider that a command uses, and why."""

    name: str
    why: str
    """For people; empty if it was asked for by name."""


def choose_provider(asked: str | None, *, configured: str | None, has_key: bool) -> ProviderChoice:
    """Return the provider to use.

    Args:
        asked: What `--provider` says; None if it was not given.
        configured: What DAYTONA_PROVIDER says; None if it is not set.
        has_key: Whether an API key of Daytona's is set.
    """
    wanted = asked or configured or "auto"
    if wanted != "auto":
        return ProviderChoice(wanted, "" if asked else "DAYTONA_PROVIDER is set")
    if has_key:
        return ProviderChoice("daytona", "DAYTONA_API_KEY is set")
    return ProviderChoice("local", "no DAYTONA_API_KEY is set")


def provider_of(settings: Settings, asked: str | None) -> ProviderChoice:
    """Return the provider to use under some settings."""
    return choose_provider(
        asked,
        configured=settings.provider if "provider" in settings.model_fields_set else None,
        has_key=settings.api_key is not None,
    )


def new_validator(
    settings: Settings,
    choice: ProviderChoice,
    *,
    given: SandboxProvider | None,
    concurrency: int | None,
    on_notice: Callable[[str], None],
) -> Validator:
    """Return the validator for a command, not yet opened.

    Args:
        settings: The settings of this process.
        choice: The provider by name.
        given: A provider to use instead, for those who call the commands from Python.
        concurrency: Snippets at one time; None: as the settings have it.
        on_notice: Told one line when a toolchain is prepared.
    """
    from daytona_validate._client import Validator  # noqa: PLC0415 - see above
    from daytona_validate._providers.registry import (  # noqa: PLC0415
        ProviderSettings,
        provider_entry,
    )

    entry = provider_entry(choice.name)
    provider = given or entry.make(
        ProviderSettings(
            has_api_key=settings.api_key is not None,
            cache_dir=settings.cache_dir,
            on_notice=on_notice,
        )
    )
    return Validator(
        settings,
        provider=provider,
        concurrency=concurrency or settings.concurrency or entry.concurrency(),
    )
