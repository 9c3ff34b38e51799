"""After kill -9 of a client with many snippets on their way, nothing of it stays at Daytona."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from daytona_validate import Limits
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client

pytestmark = [pytest.mark.slow, pytest.mark.jail]

LONGEST_S = 60
CLIENT = """
import asyncio
from daytona_validate import Snippet, Validator

async def main():
    sleepers = (Snippet(code="import time; time.sleep(60)", language="python") for _ in range(100))
    async with Validator(provider="daytona", concurrency=20) as validator:
        await validator.validate_many(sleepers)

asyncio.run(main())
"""


@pytest.fixture
def house(jail_cache_dir: Path) -> Callable[..., AbstractContextManager[ThreadedEmulator]]:
    """Start an emulator with minutes of one's own length."""
    return lambda minute_s: threaded(partial(emulator, cache_dir=jail_cache_dir, minute_s=minute_s))


def kill_a_busy_client(running: ThreadedEmulator, folder: Path) -> None:
    """Start a client, and end it by SIGKILL while many of its programs run."""
    asyncio.run(_build(running))
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT], env=os.environ | running.emulator.environment, cwd=folder
    )
    try:
        running.until(lambda counts: counts.executing >= 10, longest_s=LONGEST_S)
    finally:
        client.send_signal(signal.SIGKILL)
        client.wait()
    assert running.emulator.counts.alive >= 10


async def _build(running: ThreadedEmulator) -> None:
    async with http_client() as client:
        key = SecretStr(running.emulator.api_key)
        service = Service(running.emulator.base_url, key, client, request_timeout_s=30)
        await build(service, image("python", (), resources_for(Limits(), cpu=1)))


@pytest.mark.thorough
def test_the_limits_that_the_server_keeps_end_them(
    house: Callable[..., AbstractContextManager[ThreadedEmulator]], tmp_path: Path
) -> None:
    with house(minute_s=1.0) as running:
        kill_a_busy_client(running, tmp_path)
        counts = running.until(lambda counts: counts.alive == 0, longest_s=LONGEST_S)
    assert counts.created == counts.deleted
    assert counts.expired >= 10
    assert counts.machines == 0


@pytest.mark.thorough
def test_a_sweep_ends_them(
    house: Callable[..., AbstractContextManager[ThreadedEmulator]], tmp_path: Path
) -> None:
    with house(minute_s=600.0) as running:
        kill_a_busy_client(running, tmp_path)
        sweep = subprocess.run(
            [sys.executable, "-m", "daytona_validate", "sweep", "--older-than", "0s"],
            env=os.environ | running.emulator.environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert sweep.returncode == 0, sweep.stderr
        counts = running.until(lambda counts: counts.alive == 0, longest_s=LONGEST_S)
    assert counts.created == counts.deleted
    assert counts.expired == 0
