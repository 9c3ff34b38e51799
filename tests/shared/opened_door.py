"""The door of an installer's jail, opened for a test, and asked as an installer would."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from daytona_validate._toolchains.package_index.index_door import IndexDoor, index_door
from daytona_validate._toolchains.package_index.package_index import PackageIndex


@asynccontextmanager
async def opened_door(
    folder: Path, index: PackageIndex, environment: Mapping[str, str] | None = None
) -> AsyncIterator[IndexDoor]:
    """Hold a door for this user."""

    def is_ours(user: int) -> bool:
        return user == os.geteuid()

    async with index_door(folder, index, environment or {}, is_jails=is_ours) as door:
        yield door


async def door_answer(door: IndexDoor, request: str) -> str:
    """Return what a door answers, to the end of the connection."""
    reader, writer = await asyncio.open_unix_connection(door.folder / "socket")
    writer.write(request.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.decode()
