"""The local provider whose Python programs are forks of a zygote, as far as they can be."""

from __future__ import annotations

import asyncio
from pathlib import Path

from daytona_validate import SandboxProvider
from daytona_validate._providers.local import LocalProvider
from daytona_validate.testing import Execution
from eventually import eventually
from held_here import living_children
from plain_settings import plain_settings


class ZygoteCase:
    """A case of the contract suite: what is asked of it stands in its conftest."""

    def __init__(self, cache_dir: Path) -> None:
        self._local = LocalProvider(plain_settings(cache_dir=cache_dir, python_engine="zygote"))
        self.provider: SandboxProvider = self._local

    def hold(self) -> None:
        """The programs sleep."""

    def script(self, code: str, *, run: object, check: Execution) -> None:
        """The programs run."""

    async def until_running(self, count: int) -> None:
        await eventually(lambda: self._running() >= count)

    async def left_over(self) -> int:
        return await asyncio.to_thread(self._running)

    def _running(self) -> int:
        """Count the jails that are no zygote's, and the forks."""
        forks = self._local._engine.runner.forks if self._local._engine else None
        zygotes = (
            {each.process._popen.pid for each in forks._pool._zygotes.values()} if forks else set()
        )
        return len(living_children() - zygotes) + (len(forks._processes) if forks else 0)
