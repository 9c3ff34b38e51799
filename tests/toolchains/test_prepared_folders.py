"""A prepared folder is whole under its name, or not there at all."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import lock_of
from daytona_validate._jails.folder_use import FoldersInUse, is_in_use, use_file
from daytona_validate._runtime.file_lock import FileLock, exclusive_if_free
from daytona_validate._toolchains.manifest import (
    FILE_NAME,
    Manifest,
    identity,
    manifest_text,
    parsed_manifest,
)
from daytona_validate._toolchains.prepared_folder import (
    held,
    mirrored,
    prepared_folder,
    trusted,
    witness,
)

MODULE = "/opt/thing/lib/module"
"""A file of a tree, of which there are too many to witness each."""
KEY: dict[str, str | int] = {"executable": "/usr/bin/thing", "mtime_ns": 1}


class Builder:
    """Fills a folder with one program; counts, and can be held or made to fail half-way."""

    def __init__(self) -> None:
        self.built = 0
        self.half_way = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.failure: Exception | None = None

    async def __call__(self, folder: Path) -> Manifest:
        self.built += 1
        program = mirrored(folder, "/opt/thing/bin/thing")
        await asyncio.to_thread(_write, program)
        await asyncio.to_thread(_write, mirrored(folder, MODULE))
        self.half_way.set()
        await self.go_on.wait()
        if self.failure is not None:
            raise self.failure
        seen = await asyncio.to_thread(witness, folder, "/opt/thing/bin/thing")
        assert seen is not None
        return Manifest(
            name="thing",
            version="1",
            source="/usr/bin/thing",
            key=KEY,
            binds=("/opt/thing",),
            links=(("/opt/thing/bin/thing", "/usr/local/bin/thing"),),
            witnesses={"/opt/thing/bin/thing": seen},
        )


def _write(program: Path) -> None:
    program.parent.mkdir(parents=True, mode=0o700)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)


@pytest.fixture
def builder() -> Builder:
    return Builder()


@pytest.fixture
def uses() -> Iterator[FoldersInUse]:
    with closing(FoldersInUse()) as held_here:
        yield held_here


async def test_it_is_built_once_and_then_found(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    first = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    second = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    assert first == second
    assert builder.built == 1
    assert [(bind.source, bind.target) for bind in first.binds] == [
        (f"{first.folder}/root/opt/thing", "/opt/thing")
    ]


async def test_another_key_makes_another_folder(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    first = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    second = await prepared_folder(tmp_path, "thing", KEY | {"mtime_ns": 2}, builder, uses=uses)
    assert first.folder != second.folder
    assert builder.built == 2


async def test_everyone_may_read_it_and_nobody_write_its_files(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    before = os.umask(0o077)
    try:
        prepared = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    finally:
        os.umask(before)
    program = mirrored(prepared.folder, "/opt/thing/bin/thing")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in prepared.folder.rglob("*")}
    assert stat.S_IMODE(program.stat().st_mode) == 0o555
    assert modes == {0o755, 0o555, 0o644}
    assert stat.S_IMODE(prepared.folder.stat().st_mode) == 0o755


async def test_two_at_the_same_time_build_once(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    builder.go_on.clear()
    first = asyncio.create_task(prepared_folder(tmp_path, "thing", KEY, builder, uses=uses))
    await builder.half_way.wait()
    second = asyncio.create_task(prepared_folder(tmp_path, "thing", KEY, builder, uses=uses))
    builder.go_on.set()
    assert await first == await second
    assert builder.built == 1


async def test_a_failed_build_leaves_nothing(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    builder.failure = ValueError("half-way")
    with pytest.raises(ValueError, match="half-way"):
        await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


async def test_a_cancelled_build_leaves_nothing(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    builder.go_on.clear()
    building = asyncio.create_task(prepared_folder(tmp_path, "thing", KEY, builder, uses=uses))
    await builder.half_way.wait()
    building.cancel()
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    builder.go_on.set()
    await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    assert builder.built == 2


async def test_what_a_killed_process_left_is_neither_trusted_nor_in_the_way(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    name = identity("thing", KEY)
    for left in (tmp_path / f".{name}.partial", tmp_path / name):  # no manifest in either
        _write(mirrored(left, "/opt/thing/bin/other"))
    prepared = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    assert builder.built == 1
    assert not mirrored(prepared.folder, "/opt/thing/bin/other").exists()


def _swap_program(folder: Path) -> None:
    program = mirrored(folder, "/opt/thing/bin/thing")
    program.chmod(0o755)
    program.write_text("#!/bin/bash\n")


def _remove_program(folder: Path) -> None:
    mirrored(folder, "/opt/thing/bin/thing").unlink()


def _remove_module(folder: Path) -> None:
    mirrored(folder, MODULE).unlink()


def _cut_manifest(folder: Path) -> None:
    file = folder / FILE_NAME
    file.write_text(file.read_text()[:-20])


def _raise_schema(folder: Path) -> None:
    file = folder / FILE_NAME
    file.write_text(json.dumps(json.loads(file.read_text()) | {"schema_version": 99}))


def _change_key(folder: Path) -> None:
    file = folder / FILE_NAME
    file.write_text(json.dumps(json.loads(file.read_text()) | {"key": {"mtime_ns": 7}}))


def _binary_manifest(folder: Path) -> None:
    (folder / FILE_NAME).write_bytes(b"\xff\xfe")


@pytest.mark.parametrize(
    "damage",
    [
        _swap_program,
        _remove_program,
        _remove_module,
        _cut_manifest,
        _raise_schema,
        _change_key,
        _binary_manifest,
    ],
)
async def test_a_folder_that_was_changed_is_built_anew(
    tmp_path: Path, builder: Builder, uses: FoldersInUse, damage: Callable[[Path], None]
) -> None:
    prepared = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    uses.close()
    damage(prepared.folder)
    again = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    assert builder.built == 2
    assert await asyncio.to_thread(trusted, again.folder, KEY) == again


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"schema_version": 1}', "{"])
def test_a_text_that_is_no_manifest_is_none(text: str) -> None:
    assert parsed_manifest(text) is None


def test_a_manifest_survives_its_file() -> None:
    manifest = Manifest(
        name="thing",
        version="1",
        source="/x",
        key=KEY,
        binds=("/a", "/b"),
        links=(("/a", "/usr/local/bin/a"),),
        environment={"A": "b"},
        size_bytes=3,
        witnesses={"/a": (1, 2)},
    )
    assert parsed_manifest(manifest_text(manifest)) == manifest


async def test_what_was_changed_is_not_removed_under_those_who_use_it(
    tmp_path: Path, builder: Builder
) -> None:
    first, second = FoldersInUse(), FoldersInUse()  # as of two processes
    made = await prepared_folder(tmp_path, "thing", KEY, builder, uses=first)
    left = mirrored(made.folder, "/opt/thing/bin/thing")
    mirrored(made.folder, MODULE).unlink()
    with pytest.raises(SandboxUnavailable, match="while programs use it"):
        await prepared_folder(tmp_path, "thing", KEY, builder, uses=second)
    assert (builder.built, left.exists()) == (1, True)
    first.close()
    again = await prepared_folder(tmp_path, "thing", KEY, builder, uses=second)
    assert (builder.built, mirrored(again.folder, MODULE).exists()) == (2, True)
    second.close()


async def test_who_asks_whether_it_is_in_use_is_in_nobodys_way(
    tmp_path: Path, builder: Builder, uses: FoldersInUse
) -> None:
    """As another process does that lists what is prepared."""
    made = await prepared_folder(tmp_path, "thing", KEY, builder, uses=uses)
    uses.close()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    with exclusive_if_free(lock_of(made.folder)), FileLock(use_file(made.folder)) as probe:
        assert probe.take()
        holding = asyncio.create_task(held(made.folder, uses))
        for _ in range(3):  # the one thread does what it is given in turn: it was not to be had
            await asyncio.to_thread(is_in_use, made.folder)
    assert await holding == made
