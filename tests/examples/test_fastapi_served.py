"""The example service as it is run, by uvicorn's command: it is ended, and a worker is killed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from daytona_validate._emulator.threaded import ThreadedEmulator
from eventually import eventually

from .conftest import SERVICE

ROOT = SERVICE.parents[1]
COMMAND = re.findall(
    r"^    uvicorn (app:app .*)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE
)
SLEEPS = {"code": "import time\ntime.sleep(100)", "language": "python"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.jail,
    pytest.mark.thorough,
    pytest.mark.timeout(300),
]


def right(number: int) -> dict[str, str]:
    code, expected = f"print({number} ** 2)", f"{number**2}\n"
    return {"code": code, "language": "python", "expected_output": expected}


class Served:
    """A running service and a client of it."""

    def __init__(
        self, process: asyncio.subprocess.Process, client: httpx.AsyncClient, place: Path
    ) -> None:
        self.process = process
        self.client = client
        self._place = place

    def answers(self) -> bool:
        """Whether it listens; what is asked then waits until it has started."""
        assert self.process.returncode is None
        with socket.socket(socket.AF_UNIX) as tried:
            return tried.connect_ex(str(self._place)) == 0

    async def outcomes(self, count: int) -> list[str]:
        """Return what becomes of so many requests at a time, each of which should pass."""
        asked = (self.client.post("/validate", json=right(n)) for n in range(count))
        return [each.json()["outcome"] for each in await asyncio.gather(*asked)]

    def workers(self) -> list[int]:
        """Return its children that serve, oldest first."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [n for n in map(int, children) if b"spawn_main" in _command_line(n)]


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@asynccontextmanager
async def served(folder: Path, options: str, **variables: str) -> AsyncIterator[Served]:
    """Run uvicorn on a socket in a folder until it answers; end it."""
    place = folder / "service"
    words = [sys.executable, "-m", "uvicorn", *options.split(), "--uds", str(place)]
    there = {**os.environ, **variables}
    process = await asyncio.create_subprocess_exec(*words, cwd=SERVICE, env=there)
    transport = httpx.AsyncHTTPTransport(uds=str(place))
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://service", timeout=120
        ) as client:
            running = Served(process, client, place)
            await eventually(running.answers)
            yield running
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_sigterm_calls_off_what_runs_after_the_grace_and_removes_it(
    tmp_path: Path, daytona_for: Callable[..., ThreadedEmulator], loop: str
) -> None:
    held = await asyncio.to_thread(daytona_for, "python")
    before = held.emulator.counts
    options = f"app:app --loop {loop} --timeout-graceful-shutdown 1"
    there = {**held.emulator.environment, "DAYTONA_PROVIDER": "daytona"}
    async with served(tmp_path, options, **there) as service:
        assert await service.outcomes(6) == ["passed"] * 6
        asking = asyncio.create_task(service.client.post("/validate/batch", json=[SLEEPS] * 6))
        await asyncio.to_thread(held.until, lambda counts: counts.executing == 6, longest_s=60)
        service.process.terminate()
        await service.process.wait()
        with pytest.raises(httpx.TransportError):
            await asking
    after = await asyncio.to_thread(held.until, lambda counts: counts.alive == 0, longest_s=60)
    assert after.created - before.created == after.deleted - before.deleted >= 12


async def test_a_killed_worker_costs_its_own_requests_and_no_verdict(
    tmp_path: Path, shared_cache: None
) -> None:
    (options,) = COMMAND
    async with served(tmp_path, options, DAYTONA_PROVIDER="local") as service:
        assert await service.outcomes(8) == ["passed"] * 8
        first, second = service.workers()
        asking = [
            asyncio.create_task(service.client.post("/validate", json=right(n))) for n in range(40)
        ]
        os.kill(first, signal.SIGKILL)
        answers = await asyncio.gather(*asking, return_exceptions=True)
        came = [each.json()["outcome"] for each in answers if isinstance(each, httpx.Response)]
        assert set(came) == {"passed"}
        lost = [each for each in answers if not isinstance(each, httpx.Response)]
        assert all(isinstance(each, httpx.TransportError) for each in lost)
        await eventually(lambda: len({*service.workers()} - {first}) == 2)
        assert second in service.workers()
        assert await service.outcomes(8) == ["passed"] * 8
