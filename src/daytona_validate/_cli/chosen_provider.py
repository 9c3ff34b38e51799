"""The provider that a command runs its snippets with, and the validator over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from daytona_validate._cli.command_settings import ProviderChoice, chosen_settings
from daytona_validate._cli.package_options import (
    NO_CHOICE,
    PackageChoice,
)
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._client import Validator
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.protocol import (
    MeteredProvider,
    ProvableProvider,
    SandboxProvider,
)
from daytona_validate._providers.registry import ProviderParts, provider_entry
from daytona_validate._reason import Reason
from daytona_validate._settings import Settings


@dataclass(frozen=True, slots=True)
class ChosenProvider:
    """A provider, and the settings that it works under."""

    settings: Settings
    choice: ProviderChoice
    provider: SandboxProvider

    @classmethod
    def of(
        cls,
        settings: Settings,
        choice: ProviderChoice,
        *,
        given: SandboxProvider | None,
        screen: Screen,
    ) -> Self:
        """Return the provider of a choice, not yet opened.

        Args:
            settings: The settings of this process.
            choice: The provider by name.
            given: A provider to use instead, for those who call the commands from Python.
            screen: Told when something takes long, such as preparing a toolchain.
        """
        parts = ProviderParts(on_notice=screen.note, on_waiting=screen.waiting)
        provider = given if given is not None else provider_entry(choice.name).make(settings, parts)
        return cls(settings, choice, provider)

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves this host."""
        return self.choice.name == "local"

    def validator(
        self, *, concurrency: int | None = None, settings: Settings | None = None
    ) -> Validator:
        """Return a validator, not yet opened; it closes the provider.

        Args:
            concurrency: Snippets at one time; None: as the settings have it.
            settings: Those of this provider, with the use of the result cache that counts; None:
                with none.
        """
        default = provider_entry(self.choice.name).concurrency()
        wanted = concurrency or self.settings.concurrency or default
        if settings is None:
            settings = self.settings.model_copy(update={"cache": "off"})
        return Validator(settings, provider=self.provider, concurrency=wanted)

    def account(self) -> SandboxAccount | None:
        """Return what the sandboxes came to; None if the provider does not count them."""
        return self.provider.account() if isinstance(self.provider, MeteredProvider) else None

    async def refuse_if_hopeless(self) -> None:
        """Fail early, and once, where every snippet would be unavailable for the same reason.

        Raises:
            SandboxUnavailable: No sandbox at all can be had; the message says what to change.
        """
        if self.provider.name == "daytona" and self.settings.api_key is None:
            raise SandboxUnavailable(
                "API key not configured: set DAYTONA_API_KEY, or use this machine: "
                "--provider local",
                reason=Reason.NO_KEY,
            )
        if isinstance(self.provider, ProvableProvider):
            await self.provider.prove()


def chosen_provider(
    asked: str | None,
    *,
    env_file: Path | None,
    sends: Iterable[str],
    given: SandboxProvider | None,
    screen: Screen,
    snippets_per_sandbox: int | None = None,
    fast_python: bool = False,
    packages: PackageChoice = NO_CHOICE,
    courses: Iterable[str] = (),
) -> ChosenProvider:
    """Return the provider that the options and the settings choose, and say which it is.

    Args:
        asked: What `--provider` says; None if it was not given.
        env_file: What `--env-file` says; None if it was not given.
        sends: The paths of all that is sent to the provider; `-` is stdin.
        given: A provider to use instead.
        screen: Told which it is, and what of the folder's files does not count.
        snippets_per_sandbox: What `--snippets-per-sandbox` says; None if it was not given.
        fast_python: Whether `--fast-python` was given.
        packages: What the options say of packages.
        courses: The paths whose courses may ask for packages.

    Raises:
        ConfigurationError: A setting is wrong; the caller's fault.
    """
    chosen = chosen_settings(
        asked,
        env_file=env_file,
        sends=sends,
        screen=screen,
        packages=packages,
        courses=courses,
    )
    line = chosen.provider_line()
    if line is not None and given is None:
        screen.note(line)
    settings = chosen.settings
    if snippets_per_sandbox is not None:
        settings = settings.model_copy(update={"snippets_per_sandbox": snippets_per_sandbox})
    if fast_python:
        settings = settings.model_copy(update={"python_engine": "zygote"})
    if fast_python and chosen.choice.name != "local" and given is None:
        screen.note("--fast-python is for local sandboxes: it changes nothing here")
    if settings.snippets_per_sandbox > 1 and chosen.choice.name == "local" and given is None:
        screen.note("each local sandbox is used once: snippets per sandbox are Daytona's")
    return ChosenProvider.of(settings, chosen.choice, given=given, screen=screen)
