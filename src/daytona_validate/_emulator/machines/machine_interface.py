"""What the emulator needs of an emulated machine; `emulated_machine.py` has the real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from daytona_validate._models import Limit


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command in an emulated machine did."""

    exit_code: int
    """0 to 255; -1: a signal ended its shell, or its shell could not start (a missing cwd)."""
    output: bytes = b""
    """Both streams, in order."""
    is_timed_out: bool = False
    limit: Limit | None = None
    """What ended it, or ran out while it ran: TIMEOUT, MEMORY, PROCESSES, DISK or OUTPUT, of
    which there may be 64 MiB."""


class MachineLike(Protocol):
    """One emulated machine."""

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
    """Makes emulated machines."""

    async def make(
        self,
        machine_id: str,
        *,
        languages: tuple[str, ...],
        packages: tuple[str, ...],
        about: Mapping[str, bytes],
        memory_mib: int,
        disk_mib: int,
    ) -> MachineLike:
        """Make one, with its toolchains prepared."""

    async def aclose(self) -> None:
        """Remove all that are left."""
