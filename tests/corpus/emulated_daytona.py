"""Daytona as the corpus meets it: the emulator in a thread, with a snapshot for each language."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pydantic import SecretStr

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import threaded
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from daytona_validate._settings import Settings


@contextmanager
def emulated_daytona() -> Iterator[Settings]:
    """Hold an emulator, and say how to reach it; nothing may be left in it afterwards.

    Raises:
        SandboxUnavailable: This machine does not isolate.
        TimeoutError: Sandboxes were left.
    """
    with threaded(emulator) as running:
        key = SecretStr(running.emulator.api_key)
        config = Settings(api_key=key, base_url=running.emulator.base_url)
        asyncio.run(_build_snapshots(config.base_url, key))
        yield config
        running.until(lambda counts: counts.alive == 0, longest_s=60)


async def _build_snapshots(base_url: str, key: SecretStr) -> None:
    async with http_client() as client:
        service = Service(base_url, key, client, request_timeout_s=30)
        for language in LANGUAGES:
            with suppress(SandboxUnavailable):  # Java is not on every machine
                await build(service, image(language, (), resources_for(Limits(), cpu=1)))
