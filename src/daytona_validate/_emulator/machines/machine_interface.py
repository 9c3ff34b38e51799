"""What the emulator needs of a machine; `emulated_machine.py` has the real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class CommandResult(Protocol):
    """What a command did."""

    @property
    def exit_code(self) -> int:
        """0 to 255, or -1."""

    @property
    def output(self) -> bytes:
        """Both streams, in order."""

    @property
    def is_timed_out(self) -> bool:
        """Whether its time was up."""


class MachineLike(Protocol):
    """One machine."""

    async def execute(
        self,
        command: str,
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> CommandResult:
        """Feed a command to a shell."""

    async def write(self, path: str, content: bytes) -> None:
        """Put a file there."""

    async def read(self, path: str) -> bytes:
        """Return a file's content."""

    async def halt(self) -> None:
        """End what runs; the files stay."""

    async def remove(self) -> None:
        """End what runs, and remove everything."""


class MachinesLike(Protocol):
    """Makes machines."""

    async def make(
        self,
        machine_id: str,
        *,
        languages: tuple[str, ...],
        packages: tuple[str, ...],
        memory_mib: int,
        disk_mib: int,
    ) -> MachineLike:
        """Make one, with its toolchains prepared."""

    async def aclose(self) -> None:
        """Remove all that are left."""
