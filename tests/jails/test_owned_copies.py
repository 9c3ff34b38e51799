"""What a jail may change belongs to the id under which it runs: whole, or not there at all."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from daytona_validate._jails.cache_folder import sweep_unfinished
from daytona_validate._jails.folder_use import FoldersInUse
from daytona_validate._jails.host_ids import owned_by
from daytona_validate._jails.jail import Jail, Overlay
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from daytona_validate._runtime.worker_thread import StopSign
from daytona_validate._toolchains.manifest import Manifest
from daytona_validate._toolchains.prepared_folder import (
    mirrored,
    overlays_of,
    prepared_folder,
    trusted,
)

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can give each jail an id of its own"
)
FILES = 50


@pytest.fixture
def data(tmp_path: Path) -> Overlay:
    """A folder of many files, in a folder of the cache."""
    original = tmp_path / "thing" / "data"
    (original / "own").mkdir(parents=True, mode=0o700)
    for number in range(FILES):
        (original / "own" / str(number)).write_text("x")
    (original / "own" / "link").symlink_to("0")
    return Overlay(str(original), "/opt/data", copies=str(tmp_path / "thing" / "owned-copies"))


def owned(overlay: Overlay, number: int = 61_000) -> Path:
    (found,) = owned_by((overlay,), number, StopSign())
    assert found.target == overlay.target
    return Path(found.source)


def names_in(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*"))


def test_each_id_has_one_copy(data: Overlay) -> None:
    first, second = owned(data), owned(data, 61_001)
    assert {each.lstat().st_uid for each in (first, *first.rglob("*"))} == {61_000}
    assert {each.lstat().st_uid for each in (second, *second.rglob("*"))} == {61_001}
    assert Path(first, "own", "link").readlink() == Path("0")
    assert Path(first, "own").stat().st_mode & 0o777 == 0o700
    inode = first.stat().st_ino
    assert owned(data).stat().st_ino == inode


def test_who_owns_it_or_has_no_folder_for_copies_has_the_original(data: Overlay) -> None:
    original = Path(data.source)
    for each in (original, *original.rglob("*")):
        os.chown(each, 61_001, 61_001, follow_symlinks=False)
    assert owned(data, 61_001) == original
    assert owned(Overlay(data.source, "/x")) == original


def test_several_at_once_all_have_a_whole_copy(data: Overlay, tmp_path: Path) -> None:
    """Containers that share a cache have ids of their own each, and so no lock in common."""
    together = threading.Barrier(4)

    def one() -> Path:
        together.wait()
        return owned(data)

    with ThreadPoolExecutor(4) as pool:
        found = [each.result() for each in [pool.submit(one) for _ in range(4)]]
    assert names_in(found[0]) == names_in(Path(data.source))
    assert len(set(found)) == 1
    assert sorted(path.name for path in tmp_path.rglob(".*")) == []


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
async def test_an_id_is_not_let_go_of_while_its_copy_is_made(
    data: Overlay, tmp_path: Path, jail_runner: JailRunner
) -> None:
    for number in range(200):
        Path(data.source, str(number)).mkdir()
        for name in range(10):
            Path(data.source, str(number), str(name)).write_text("x")
    jail = Jail(argv=("true",), limits=Limits(), overlays=(data,))
    owning = asyncio.ensure_future(jail_runner._owners.owned(jail).__aenter__())
    while not list(tmp_path.glob("*/owned-copies/.*.partial/tree/*")):
        await asyncio.sleep(0)
    owning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await owning
    assert list(tmp_path.glob("*/owned-copies/*")) == []  # nor goes a thread on in there


def test_a_copy_that_a_killed_process_left_half_made_is_swept(
    data: Overlay, tmp_path: Path
) -> None:
    copy = owned(data)
    half = copy.parent.with_name(".61001-opt-data-0a.partial")
    copy.parent.rename(half)
    sweep_unfinished(tmp_path)
    assert names_in(half.parent) == []


def test_a_prepared_folder_of_which_there_are_copies_is_trusted(tmp_path: Path) -> None:
    async def build(folder: Path) -> Manifest:
        data = mirrored(folder, "/opt/data")
        await asyncio.to_thread(data.mkdir, parents=True)
        await asyncio.to_thread((data / "file").write_text, "x")
        for overlay in overlays_of(folder, ("/opt/data",)):  # as a jail that proves it
            await asyncio.to_thread(owned, overlay)
        return Manifest(
            name="thing", version="1", source="", key={}, binds=(), overlays=("/opt/data",)
        )

    with closing(FoldersInUse()) as uses:
        prepared = asyncio.run(prepared_folder(tmp_path, "thing", {}, build, uses=uses))
    assert not (prepared.folder / "owned-copies").exists()
    (overlay,) = prepared.overlays
    assert names_in(owned(overlay)) == ["file"]
    assert trusted(prepared.folder, {}) == prepared
