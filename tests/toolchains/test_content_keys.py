"""What is prepared is known by its content: it outlives a reinstallation, and serves clones."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains import go, installers, java, node, postgres, shell
from daytona_validate._toolchains.content_key import END_BYTES, content_key, digest, listing_digest
from daytona_validate._toolchains.record import FoundToolchain
from daytona_validate._toolchains.toolchains import Toolchains

Made = tuple[Callable[[], FoundToolchain], Path]


def _written(folder: Path, **texts: str) -> list[Path]:
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return paths


def _go(folder: Path) -> Made:
    _, command = _written(folder, **{"VERSION": "go1.27.3\n", "bin/go": "the go command"})
    return lambda: go.found_in(str(folder)), command


def _node(folder: Path) -> Made:
    (node_here,) = _written(folder, node="node")
    return lambda: node._found(str(node_here)), node_here


def _java(folder: Path) -> Made:
    _, modules = _written(folder, **{"release": 'JAVA_VERSION="17"', "lib/modules": "modules"})
    return lambda: java._found(folder, {}), modules


def _postgres(folder: Path) -> Made:
    server, *_ = _written(
        folder,
        **dict.fromkeys(("bin/postgres", "bin/initdb", "bin/psql"), "program"),
        **{"share/postgresql/postgres.bki": "# PostgreSQL 16", "lib/postgresql/plpgsql.so": ""},
    )
    return lambda: postgres._found(*postgres._installation(folder / "bin")), server


def _pip(folder: Path) -> Made:
    package, module = _written(folder / "pip", **{"__init__.py": "1", "_internal/main.py": "main"})
    return lambda: installers._found(package, "1"), module


@pytest.mark.parametrize("installed_in", [_go, _node, _java, _postgres, _pip])
def test_content_makes_the_key_and_neither_place_nor_time(
    tmp_path: Path, installed_in: Callable[[Path], Made]
) -> None:
    (find, _), (find_clone, file) = (installed_in(tmp_path / name) for name in ("one", "other"))
    for path in (tmp_path / "other").rglob("*"):
        os.utime(path, (1_000_000, 1_000_000))
    assert find().source != find_clone().source
    assert find().key == find_clone().key
    file.write_text(f"{file.read_text()}, changed")
    assert find().key != find_clone().key


def test_each_end_of_a_large_file_counts(tmp_path: Path) -> None:
    texts = [b"head 12345 tail", b"Head 12345 tail", b"head 12345 taiL", b"head 1234 tail", b"head"]
    found = []
    for text in texts:
        (tmp_path / "file").write_bytes(text)
        found.append(tuple(content_key(tmp_path / "file", end_bytes=4).items()))
    assert len(set(found)) == len(texts)


def test_a_file_of_any_size_is_read_once(tmp_path: Path) -> None:
    """Below twice the ends nothing is left out: each single byte counts."""
    for size in range(9):
        content = bytes(range(size))
        (tmp_path / "file").write_bytes(content)
        whole = content_key(tmp_path / "file", end_bytes=4)
        for place in range(size):
            (tmp_path / "file").write_bytes(content[:place] + b"x" + content[place + 1 :])
            assert content_key(tmp_path / "file", end_bytes=4) != whole


def test_a_listing_leaves_compiled_files_out(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("1")
    before = listing_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/module.pyc").write_text("compiled")
    assert listing_digest(tmp_path) == before
    (tmp_path / "module.py").write_text("12")
    assert listing_digest(tmp_path) != before


@pytest.mark.jail
@pytest.mark.slow
async def test_what_was_prepared_serves_a_clone_with_its_own_environment(
    jail_runner: JailRunner,
    empty_cache: Path,
    tmp_path: Path,
) -> None:
    notices: list[str] = []
    first = await Toolchains(empty_cache, jail_runner, notices.append).prepare("shell")
    assert len(notices) == 2
    for name in ("sh", "bash"):
        shutil.copyfile(f"/bin/{name}", tmp_path / name)
        (tmp_path / name).chmod(0o755)
    find = partial(shell.find_shell, search_path=str(tmp_path))
    records = {"shell": dataclasses.replace(shell.SHELL, find=find)}
    clone = Toolchains(empty_cache, jail_runner, notices.append, records=records)
    again = await clone.prepare("shell")
    assert again == first
    assert len(notices) == 2


def test_a_large_file_is_read_in_pieces_of_which_none_is_kept(tmp_path: Path) -> None:
    """What one thread had at once glibc keeps for it: 8 MiB for each of six threads."""
    file = tmp_path / "large"
    ends = b"a" * END_BYTES, b"b" * END_BYTES
    file.write_bytes(ends[0] + b"between" + ends[1])
    tracemalloc.start()
    try:
        key = content_key(file)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert key == {"size_bytes": 2 * END_BYTES + 7, "content": digest(*ends)}
    assert peak_bytes < END_BYTES // 4
