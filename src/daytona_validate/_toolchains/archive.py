"""Receive and unpack the tar archive that a jail writes, as untrusted input.

Our own extraction and not `tarfile`'s data filter: Debian 12's Python 3.11.2 has none. It knows
files, folders and links only, writes no file twice, and makes the links last, so that nothing
is ever written through one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from queue import SimpleQueue

from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.worker_thread import StopSign

MAX_FILES = 100_000
MAX_DEPTH = 100
"""Folders within one another. Some 1,000 could be neither made nor removed by Python, which calls
itself for each: no start would get rid of them."""
FLUSH_S = 60.0
"""How long a disk may take for what is left to write."""


class BadArchive(Exception):
    """The archive is cut off, or holds what no installation has."""


@asynccontextmanager
async def archive_file(path: Path) -> AsyncIterator[Callable[[bytes], None]]:
    """Hold a new file; what is yielded appends a chunk to it and never waits for the disk.

    A thread writes. What it has not written yet waits in memory, at most the whole archive.

    Raises:
        OSError: On leaving: not all could be written.
    """
    chunks: SimpleQueue[bytes | None] = SimpleQueue()
    writing = asyncio.ensure_future(asyncio.to_thread(_write_chunks, path, chunks))
    try:
        yield chunks.put
    finally:
        chunks.put(None)
        await finish(_ended(writing), grace_s=FLUSH_S)


async def _ended(writing: asyncio.Future[None]) -> None:
    await writing


def _write_chunks(path: Path, chunks: SimpleQueue[bytes | None]) -> None:
    with path.open("xb") as file:
        while (chunk := chunks.get()) is not None:
            file.write(chunk)


def extract(archive: Path, target: Path, sign: StopSign) -> None:
    """Unpack an archive into a new folder; it must be bounded in size already.

    Raises:
        BadArchive: It is cut off, holds a device, a sparse file, a path or a link that leads
            outside, a time that no file has, the same file twice, more files than `MAX_FILES`,
            or a path deeper than `MAX_DEPTH`.
    """
    links: list[tuple[Path, str]] = []
    try:
        with tarfile.open(archive, mode="r:") as members:
            for number, member in enumerate(members):
                sign.heed()
                if number >= MAX_FILES:
                    raise BadArchive(f"more than {MAX_FILES} files")
                _take(members, member, target, links)
        _make_links(links, target)
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError) as error:
        raise BadArchive(str(error)) from error


def _take(
    members: tarfile.TarFile, member: tarfile.TarInfo, target: Path, links: list[tuple[Path, str]]
) -> None:
    if not is_inside(member.name):
        raise BadArchive(f"a path that leads outside: {member.name!r}")
    if member.name.count("/") > MAX_DEPTH:
        raise BadArchive(f"a path of too many folders: {member.name[:MAX_DEPTH]!r}")
    path = target / member.name
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
    elif member.isreg() and member.sparse is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(members, member, path)
    elif member.issym() and is_inside(_led_to(member)):
        links.append((path, member.linkname))
    else:
        raise BadArchive(f"neither a file nor a folder: {member.name!r}")


def _write(members: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = members.extractfile(member)
    if content is None:  # pragma: no cover - only for members that are no files
        raise BadArchive(f"no content: {member.name!r}")
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file)
    path.chmod(0o755 if member.mode & 0o100 else 0o644)
    # Kept, as compiled Python modules name the time stamp of their source.
    os.utime(path, (member.mtime, member.mtime))


def _make_links(links: list[tuple[Path, str]], target: Path) -> None:
    """Make links, none of them behind another; and none may lead outside by way of others."""
    root = os.path.realpath(target)
    for path, points_to in links:
        beside = path.parent.relative_to(target)
        if os.path.realpath(path.parent) != os.path.join(root, beside):  # noqa: PTH118 - as text
            raise BadArchive(f"a link behind a link: {points_to!r}")
        path.symlink_to(points_to)
    for path, points_to in links:
        if not Path(os.path.realpath(path)).is_relative_to(root):
            raise BadArchive(f"a link that leads outside behind others: {points_to!r}")


def _led_to(link: tarfile.TarInfo) -> str:
    return str(PurePosixPath(link.name).parent / link.linkname)  # absolute if the link is


def is_inside(path: str) -> bool:
    """Whether a relative path stays in its folder, read as text."""
    pure = PurePosixPath(path)
    depth = 0
    for part in pure.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return False
    return not pure.is_absolute() and "\0" not in path
