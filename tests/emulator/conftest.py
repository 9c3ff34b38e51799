"""An emulator for every test: over machines that a test scripts, or over jails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.machine_interface import CommandResult, MachineLike
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from manual_clock import ManualClock

HAS_MODELS = find_spec("daytona_api_client_async") is not None
"""The extra `test-sdk` is installed; without it, bodies are compared with nothing."""


class ScriptedMachine:
    """A machine that runs nothing: a test says what its commands do."""

    def __init__(self, owner: ScriptedMachines) -> None:
        self._owner = owner
        self.files: dict[str, bytes] = {}
        self._is_removed = asyncio.Event()
        self._is_halted = asyncio.Event()

    async def execute(
        self,
        command: str,
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> CommandResult:
        self._owner.commands.append((command, cwd, dict(environment or {}), timeout_s))
        if command == "hold":
            held = asyncio.ensure_future(self._owner.release.wait())
            halted = self._is_halted
            gone = asyncio.ensure_future(halted.wait())
            try:
                await asyncio.wait({held, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                held.cancel()
                gone.cancel()
            if halted.is_set():
                raise SandboxLost("The machine was halted while this ran.")
        if self._is_removed.is_set():
            raise SandboxLost("The machine was removed.")
        return self._owner.results.get(command, CommandResult(0, output=command.encode()))

    async def write(self, path: str, content: bytes) -> None:
        if path.startswith("/root"):
            raise PermissionError(13, "Permission denied", path)
        self.files[path] = content

    async def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self.files[path]

    async def halt(self) -> None:
        self._is_halted.set()
        self._is_halted = asyncio.Event()

    async def remove(self) -> None:
        await self.halt()
        self._is_removed.set()
        await self._owner.may_remove.wait()
        self._owner.alive -= 1


@dataclass
class ScriptedMachines:
    """Makes them, when a test lets it."""

    results: dict[str, CommandResult] = field(default_factory=dict)
    commands: list[tuple[str, str | None, dict[str, str], float | None]] = field(
        default_factory=list
    )
    made: list[dict[str, Any]] = field(default_factory=list)
    fails_with: Exception | None = None
    alive: int = 0
    may_make: asyncio.Event = field(default_factory=asyncio.Event)
    may_remove: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_make.set()
        self.may_remove.set()

    async def make(self, machine_id: str, **wanted: Any) -> MachineLike:
        self.made.append({"id": machine_id, **wanted})
        await self.may_make.wait()
        if self.fails_with is not None:
            raise self.fails_with
        if "cobol" in wanted["packages"]:
            raise SandboxUnavailable("no such package: cobol")
        self.alive += 1
        return ScriptedMachine(self)

    async def aclose(self) -> None:
        """Nobody calls it: whoever made these closes them."""
        raise AssertionError


@dataclass
class House:
    """An emulator, a client of it, and what is behind it."""

    emulator: Emulator
    client: httpx.AsyncClient
    machines: ScriptedMachines
    clock: ManualClock

    @staticmethod
    def ran(
        exit_code: int = 0, output: bytes = b"", *, is_timed_out: bool = False
    ) -> CommandResult:
        return CommandResult(exit_code, output, is_timed_out)

    async def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.client.request(method, f"/api{path}", **more)

    async def create(self, **body: Any) -> dict[str, Any]:
        answer = await self.api("POST", "/sandbox", json=body)
        assert answer.status_code == 200, answer.text
        created: dict[str, Any] = answer.json()
        return created

    async def toolbox(
        self, sandbox: Mapping[str, Any], method: str, path: str, **more: Any
    ) -> httpx.Response:
        url = f"{sandbox['toolboxProxyUrl']}/{sandbox['id']}{path}"
        return await self.client.request(method, url, **more)

    async def execute(self, sandbox: Mapping[str, Any], command: str) -> httpx.Response:
        return await self.toolbox(sandbox, "POST", "/process/execute", json={"command": command})


Started = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def started() -> Started:
    """Start an emulator over scripted machines, with options of its own."""

    @asynccontextmanager
    async def start(**options: Any) -> AsyncIterator[House]:
        machines, clock = ScriptedMachines(), ManualClock(1_760_000_000.0)
        given = {"machines": machines, "clock": clock, "is_strict": HAS_MODELS, **options}
        async with emulator(**given) as running:
            headers = {"Authorization": f"Bearer {running.api_key}"}
            async with httpx.AsyncClient(
                base_url=running.origin, headers=headers, trust_env=False, verify=False, timeout=20
            ) as client:
                yield House(running, client, machines, clock)
        assert machines.alive == 0, "a machine was left"
        assert running.counts.open_connections == 0

    return start


@pytest.fixture
async def house(started: Started) -> AsyncIterator[House]:
    """An emulator whose bodies all fit the official models."""
    async with started() as made:
        yield made
        made.machines.release.set()
        assert made.emulator.violations == []


@pytest.fixture(scope="session")
def jail_machines(jail_cache_dir: Path) -> Iterator[EmulatedMachines]:
    """Real machines, started once for all tests: they belong to no event loop."""
    made = asyncio.run(EmulatedMachines.start(jail_cache_dir))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture
def in_thread(jail_machines: EmulatedMachines) -> Iterator[ThreadedEmulator]:
    """An emulator over jails, in a thread: for clients that block."""
    with threaded(lambda: emulator(machines=jail_machines, is_strict=HAS_MODELS)) as running:
        yield running
        running.until(lambda counts: counts.alive == 0, longest_s=60)
    assert running.emulator.violations == []
    assert running.emulator.counts.machines == 0
