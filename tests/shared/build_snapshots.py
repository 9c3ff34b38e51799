"""Snapshots of an emulator's, as `snapshots build` makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from pydantic import SecretStr

from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.snapshots import Done, build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client


async def build_snapshots(running: ThreadedEmulator, languages: Iterable[str]) -> None:
    """Build one for each language; Java is not on every machine."""
    key = SecretStr(running.emulator.api_key)
    images = [image(each, (), resources_for(Limits(), cpu=1)) for each in languages]
    async with http_client() as client:
        service = Service(running.emulator.base_url, key, client, request_timeout_s=30)
        came = await asyncio.gather(*(build(service, x) for x in images), return_exceptions=True)
    assert all(isinstance(each, Done | SandboxUnavailable) for each in came), came
