"""`--provider`, and what it comes to.

`auto` exists on the command line only: the library never takes up strangers' code on its own
machine because a key got lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import click

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
    is_named: bool = False
    """Whether somebody named it: the option, or the setting."""


def choose_provider(asked: str | None, *, configured: str | None, has_key: bool) -> ProviderChoice:
    """Return the provider to use.

    Args:
        asked: What `--provider` says; None if it was not given.
        configured: What DAYTONA_PROVIDER says; None if it is not set.
        has_key: Whether an API key of Daytona's is set.
    """
    wanted = asked or configured or "auto"
    if wanted != "auto":
        return ProviderChoice(wanted, "" if asked else "DAYTONA_PROVIDER is set", is_named=True)
    if has_key:
        return ProviderChoice("daytona", "DAYTONA_API_KEY is set")
    return ProviderChoice("local", "no DAYTONA_API_KEY is set")
