"""What `toolchains prune` takes for needless, and that nothing in use goes away."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._jails.cache_folder import lock_of, partial_of
from daytona_validate._jails.folder_use import (
    FoldersInUse,
    is_in_use,
    last_used_s,
    remove_unused,
    use_file,
)
from daytona_validate._jails.runner import JailRunner
from daytona_validate._runtime.file_lock import exclusive, exclusive_if_free
from daytona_validate._toolchains.go import GO, LIBRARY
from daytona_validate._toolchains.inventory import installed_in
from daytona_validate._toolchains.manifest import FILE_NAME, Manifest, manifest_text
from daytona_validate._toolchains.prune import DAY_S, OUTDATED, Installed, PruneRules, prunable
from daytona_validate._toolchains.toolchains import Toolchains
from for_each import for_each

NOW_S = 100 * DAY_S
CURRENT = {"go": ("/venv/go", "go-new"), "python": ("/usr/bin/python3", "python-new")}


def copy(folder: str, *, source: str = "/venv/go", days: float = 1, **more: Any) -> Installed:
    return Installed(
        name=folder.partition("-")[0],
        version="1",
        source=source,
        size_bytes=1,
        path=Path("/cache", folder),
        last_used_s=NOW_S - days * DAY_S,
        **more,
    )


def library(folder: str, parts: str, *, of: str = "go-new", **more: Any) -> Installed:
    return copy(folder, source="Go's", made_for=of, parts=frozenset(parts.split()), **more)


MONTH = PruneRules(unused_for_s=30 * DAY_S)
CASES = {
    "this environment's": ([copy("go-new")], OUTDATED, {}),
    "an older one of the same place": (
        [copy("go-new"), copy("go-old")],
        OUTDATED,
        {"go-old": "what it was copied from has changed"},
    ),
    "another environment's, which is still there": (
        [copy("python-other", source="/usr/bin/python3.12")],
        OUTDATED,
        {},
    ),
    "of an environment that is gone": (
        [copy("go-other", source="/gone/go", source_is_there=False)],
        OUTDATED,
        {"go-other": "what it was copied from is gone"},
    ),
    "the same content, first met in an environment that is gone": (
        [copy("go-new", source="/gone/go", source_is_there=False)],
        OUTDATED,
        {},
    ),
    "long unused": (
        [copy("go-new", days=31), copy("python-new", days=29)],
        MONTH,
        {"go-new": "not used for 31 days"},
    ),
    "everything": (
        [copy("go-new")],
        PruneRules(everything=True),
        {"go-new": "everything was asked for"},
    ),
    "a library that grew": (
        [copy("go-new"), library("go-library-1", "fmt"), library("go-library-2", "fmt os")],
        OUTDATED,
        {"go-library-1": "a larger one has all of it"},
    ),
    "libraries of which none has all of the other": (
        [copy("go-new"), library("go-library-1", "fmt io"), library("go-library-2", "fmt os")],
        OUTDATED,
        {},
    ),
    "a library that grew to one that nobody uses any more": (
        [copy("go-new"), library("a-library", "fmt"), library("b-library", "fmt os", days=40)],
        MONTH,
        {"b-library": "not used for 40 days"},
    ),
    "a library that grew to one that is in use for long": (
        [
            *(copy("go-new"), library("a-library", "fmt")),
            library("b-library", "fmt os", days=40, is_in_use=True),
        ],
        MONTH,
        {"a-library": "a larger one has all of it", "b-library": "not used for 40 days"},
    ),
    "a library beside a whole one, which has not what this host cannot have": (
        [
            *(copy("go-new"), library("a-library", "fmt syscall/js")),
            library("b-library", "fmt os", is_whole=True),
        ],
        OUTDATED,
        {"a-library": "a larger one has all of it"},
    ),
    "what was made for one that goes": (
        [copy("go-new"), copy("go-old"), library("a-library", "fmt", of="go-old")],
        OUTDATED,
        {"go-old": "what it was copied from has changed", "a-library": "its toolchain is gone"},
    ),
    "what was made for one that stays, as it is in use": (
        [copy("go-old", is_in_use=True), library("a-library", "fmt", of="go-old")],
        OUTDATED,
        {"go-old": "what it was copied from has changed"},
    ),
    "packages of a toolchain that is gone": (
        [copy("packages-python-1", source="numpy", made_for="python-gone")],
        OUTDATED,
        {"packages-python-1": "its toolchain is gone"},
    ),
}


@for_each(("there", "rules", "gone"), CASES.values(), ids=CASES)
def test_what_can_go_and_why(
    there: list[Installed], rules: PruneRules, gone: dict[str, str]
) -> None:
    found = prunable(there, CURRENT, rules=rules, now_s=NOW_S)
    assert {each.path.name: reason for each, reason in found} == gone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "go-1"
    (made / "root").mkdir(parents=True)
    return made


def test_what_is_held_stays_until_nobody_holds_it(folder: Path) -> None:
    first, second = FoldersInUse(), FoldersInUse()  # as of two processes
    assert [each.hold(folder) for each in (first, second, first)] == [True] * 3
    first.close()
    assert is_in_use(folder)
    assert not remove_unused(folder)
    assert folder.is_dir()
    second.close()
    second.close()
    assert not is_in_use(folder)
    assert remove_unused(folder)
    assert not list(folder.parent.iterdir())


def test_to_begin_to_use_it_is_remembered(folder: Path) -> None:
    os.utime(folder, (1, 1))
    assert last_used_s(folder) == 1
    uses = FoldersInUse()
    use_file(folder).touch()
    os.utime(use_file(folder), (2, 2))
    assert last_used_s(folder) == 2
    uses.hold(folder)
    assert last_used_s(folder) > 2
    uses.close()


def test_what_is_not_there_cannot_be_used(folder: Path) -> None:
    assert not FoldersInUse().hold(folder.with_name("other"))
    assert not is_in_use(folder.with_name("other"))


def test_whether_it_is_in_use_is_asked_only_where_it_is_not_being_made(folder: Path) -> None:
    use_file(folder).touch()
    assert not is_in_use(folder)
    with exclusive_if_free(lock_of(folder)):
        assert is_in_use(folder)
    assert not is_in_use(folder)


def test_what_another_has_removed_meanwhile_is_gone(folder: Path) -> None:
    shutil.rmtree(folder)
    assert remove_unused(folder)
    assert not list(folder.parent.iterdir())


def test_what_another_removes_meanwhile_is_not_listed(tmp_path: Path) -> None:
    def removed(folder: Path) -> frozenset[str]:
        shutil.rmtree(folder)
        return frozenset(folder.read_text())

    for name in ("go", "go-library"):
        (tmp_path / name / "root").mkdir(parents=True)
        manifest = Manifest(name=name, version="1", source="", key={}, binds=())
        (tmp_path / name / FILE_NAME).write_text(manifest_text(manifest))

    def listed(made: Callable[[Path], frozenset[str]]) -> list[str]:
        record = replace(GO, library=replace(LIBRARY, made=made))
        return [each.name for each in installed_in(tmp_path, {"go": record})]

    assert listed(lambda _: frozenset({"fmt"})) == ["go", "go-library"]
    assert listed(removed) == ["go"]


async def test_nothing_is_removed_where_it_is_being_made(folder: Path) -> None:
    async with exclusive(lock_of(folder)):
        assert not remove_unused(folder)
    assert folder.is_dir()
    assert not partial_of(folder).exists()


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
async def test_a_toolchain_of_another_interpreter_is_pruned(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    toolchains = Toolchains(empty_cache, jail_runner)
    current = await toolchains.prepare("python")
    old = empty_cache / "python-0000000000000000"
    await asyncio.to_thread(shutil.copytree, empty_cache / current.identity, old, symlinks=True)
    (would,) = await toolchains.prune(is_dry_run=True)
    assert (would.installed.path, would.is_removed) == (old, False)
    (done,) = await toolchains.prune(is_dry_run=False)
    assert (done.installed.path, done.is_removed) == (old, True)
    # What somebody uses stays, whatever is asked for: here this very runner does.
    (kept,) = await toolchains.prune(PruneRules(everything=True))
    assert (kept.installed.path.name, kept.is_removed) == (current.identity, False)
    assert kept.installed.is_in_use
    listed = await asyncio.to_thread(toolchains.installed)
    assert [each.path.name for each in listed] == [current.identity]
