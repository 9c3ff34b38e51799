"""The choice of a provider: by `--provider`, by the settings, or by whether a key is set.

`auto` exists on the command line only: the library never takes up strangers' code on its own
machine because a key got lost.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """The provider that a command uses, and why."""

    name: str
    why: str
    """The reason, for people; empty if `--provider` named it, or a key is set."""
    is_named: bool = False
    """Whether the option or the setting named it."""


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
