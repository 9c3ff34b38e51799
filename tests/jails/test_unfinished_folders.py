"""What a killed process left half-made in the cache is removed; what is being made is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import lock_of, partial_of, published, sweep_unfinished
from daytona_validate._jails.host import jail_host
from daytona_validate._runtime.file_lock import exclusive, exclusive_if_free

_CHILD = """
import asyncio, sys
from pathlib import Path
from daytona_validate._jails.cache_folder import published
from daytona_validate._jails.folder_use import FoldersInUse
from daytona_validate._toolchains.prepared_folder import prepared_folder

async def build(partial):
    (partial / "begun").write_text("x")
    await asyncio.to_thread(published, Path(sys.argv[1], "commands", "key"), fill)

def fill(aside):
    (aside / "begun").write_text("x")
    print("half-way", flush=True)
    sys.stdin.read()

asyncio.run(prepared_folder(Path(sys.argv[1]), "thing", {}, build, uses=FoldersInUse()))
"""


def _hidden(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob(".*"))


@pytest.mark.slow
def test_only_what_the_dead_left_is_swept(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        before = _hidden(tmp_path)
        sweep_unfinished(tmp_path)
        assert _hidden(tmp_path) == before
        assert len(before) == 4  # a lock and a partial folder of each kind
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert _hidden(tmp_path) == before
        sweep_unfinished(tmp_path)
    assert _hidden(tmp_path) == []


def test_what_is_whole_stays(tmp_path: Path) -> None:
    published(tmp_path / "kind" / "key", lambda aside: (aside / "file").touch())
    sweep_unfinished(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == [
        "kind",
        "kind/key",
        "kind/key/file",
    ]


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    def build(aside: Path) -> None:
        (aside / "file").touch()
        raise PermissionError

    with pytest.raises(PermissionError):
        published(tmp_path / "key", build)
    assert _hidden(tmp_path) == []


async def test_a_lock_that_was_removed_is_not_held(tmp_path: Path) -> None:
    """Its file was opened, then unlinked by its holder: others would lock a new one."""
    lock = lock_of(tmp_path / "thing")
    async with exclusive(lock):
        with exclusive_if_free(lock) as is_free:
            assert not is_free
        lock.unlink()
        with exclusive_if_free(lock) as is_free:
            assert is_free
    assert not lock.exists()


def test_a_lock_alone_is_swept(tmp_path: Path) -> None:
    lock_of(tmp_path / "thing").touch()
    partial_of(tmp_path / "other").mkdir()
    sweep_unfinished(tmp_path)
    assert _hidden(tmp_path) == []


def test_a_cache_that_cannot_be_filled_is_no_bug(tmp_path: Path) -> None:
    """A full disk, or what stands in the way, is said in one line; here a file does."""
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o755)
    for each in (cache, *cache.parents):
        if os.geteuid() == 0 and each.stat().st_uid == 0:
            each.chmod(each.stat().st_mode | 0o011)
    (cache / "commands").touch()
    (cache / "bubblewrap").touch()
    partial_of(cache / "thing").mkdir()
    with pytest.raises(SandboxUnavailable, match=r"could not be prepared: .*cache"):
        jail_host(cache)
    assert _hidden(cache) == []
