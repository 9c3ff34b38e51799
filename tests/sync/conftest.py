from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.running import Emulator
from daytona_validate._emulator.serve import emulator

Run = Callable[..., subprocess.CompletedProcess[str]]

LONGEST_S = 60.0
"""A program that takes longer hangs."""
KEY = "dtn_canary_of_the_synchronous_face"


class Service:
    """An emulator in a thread of its own, for tests without a loop."""

    def __init__(self, running: Emulator, portal: BlockingPortal) -> None:
        self.environment = running.environment
        self._running = running
        self._portal = portal

    @property
    def counts(self) -> Counts:
        return self._portal.call(self._running.count)

    def fails(self, operation: str, kind: str, **more: object) -> None:
        """Set a fault; see `Emulator.set`."""
        self._portal.call(lambda: self._running.set(operation, kind, **more))

    def mend(self) -> None:
        """Let it do everything right again."""
        self._portal.call(self._running.faults.clear)

    def wait_until_empty(self) -> None:
        """Wait until the last sandbox that was to be removed is."""
        self._portal.call(self._running.until, lambda counts: counts.alive == 0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def program(folder: Path) -> Run:
    """Run a program of a user's in a process of its own, in the working folder."""

    def run(
        code: str, *, options: tuple[str, ...] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DAYTONA_")}
        return subprocess.run(
            [sys.executable, "-W", "error", *options, "-c", code],
            cwd=folder,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )

    return run


@pytest.fixture
def script(program: Run) -> Run:
    """Run a program that begins with `users_program.py`."""
    beginning = Path(__file__).with_name("users_program.py").read_text()
    return lambda code, **more: program(beginning + code, **more)


@pytest.fixture(scope="session")
def service(jail_cache_dir: Path) -> Iterator[Service]:
    """A service on this machine, with a snapshot for Python."""
    with start_blocking_portal() as portal:
        held = emulator(api_key=KEY, cache_dir=jail_cache_dir)
        with portal.wrap_async_context_manager(held) as running:
            service = Service(running, portal)
            command = [sys.executable, "-m", "daytona_validate", "snapshots", "build", "python"]
            environment = os.environ | running.environment
            subprocess.run(command, env=environment, check=True, capture_output=True)
            yield service
