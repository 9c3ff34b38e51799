"""Access to the Daytona service for the commands about it alone: `snapshots`, `sweep`, `doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from daytona_validate._cli.command_settings import DAYTONA, chosen_settings
from daytona_validate._cli.screen.interrupt import run_until_interrupted
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core import service_url
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._errors import ConfigurationError
from daytona_validate._providers.daytona.images import Image, image, resources_for
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from daytona_validate._settings import Settings

Answer = TypeVar("Answer")

NO_KEY = (
    "no API key of Daytona's is set: set DAYTONA_API_KEY to one from its dashboard; "
    "to try without an account, `daytona-validate emulator` says what to set"
)


def daytona_settings(env_file: Path | None, screen: Screen) -> Settings:
    """Return the settings of a command about Daytona alone.

    Raises:
        ConfigurationError: A setting is wrong; the caller's fault.
    """
    return chosen_settings(DAYTONA, env_file=env_file, screen=screen).settings


def images_of(settings: Settings, languages: Iterable[str] = ()) -> tuple[Image, ...]:
    """Return the images that these settings need.

    Args:
        settings: They have the packages and the limits.
        languages: Names in the table of languages; empty: all.
    """
    resources = resources_for(settings.limits(), cpu=settings.cpu)
    names = dict.fromkeys(languages) or LANGUAGES
    return tuple(image(name, settings.packages.get(name, ()), resources) for name in names)


@asynccontextmanager
async def service_of(settings: Settings) -> AsyncIterator[Service]:
    """Hold the service that the settings name.

    Raises:
        ConfigurationError: No key is set, or it may not be sent to this address.
    """
    key = settings.api_key
    refusal = NO_KEY if key is None else service_url.refusal(settings.base_url)
    if key is None or refusal is not None:
        raise ConfigurationError(refusal or NO_KEY)
    client = await asyncio.to_thread(http_client)  # it reads certificates
    async with client:
        yield Service(settings.base_url, key, client, request_timeout_s=settings.request_timeout_s)


def with_service(
    settings: Settings,
    work: Callable[[Service], Awaitable[Answer]],
    *,
    screen: Screen,
    if_interrupted: str,
) -> Answer:
    """Run a coroutine function with the service, and return its result.

    Args:
        settings: Name the service and the key.
        work: The coroutine function.
        screen: Told of an interruption.
        if_interrupted: What an interruption means for the work, for people.

    Raises:
        ConfigurationError: As for `service_of`.
        Interrupted: By a signal.
    """

    async def main() -> Answer:
        async with service_of(settings) as service:
            return await work(service)

    return run_until_interrupted(main, say=lambda _: screen.error(f"interrupted; {if_interrupted}"))
