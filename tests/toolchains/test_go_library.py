"""Go's standard library is made of what programs import, once, and grows."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path

import pytest

from daytona_validate._core.languages.go_imports import TESTING
from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._runtime.waits import Waits
from daytona_validate._toolchains import go as go_toolchain
from daytona_validate._toolchains.library import Library
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains

SOURCES = (
    *("src/fmt/print.go", "src/net/http/client.go", "src/net/http/internal/chunked.go"),
    *("src/cmd/go/main.go", "src/vendor/golang.org/x/x.go", "src/unsafe/unsafe.go"),
    *("src/builtin/builtin.go", "src/testing/testing.go", "src/net/http/testdata/index.go"),
)


def test_what_programs_may_import_is_read_from_the_sources(tmp_path: Path) -> None:
    for name in SOURCES:
        file = mirrored(tmp_path, f"{go_toolchain.PREFIX}/{name}")
        file.parent.mkdir(parents=True)
        file.touch()
    assert go_toolchain.library_packages(tmp_path) == {
        *("fmt", "net/http", "testing"),
        *TESTING,  # what the go command imports, and no program
    }


def _library(toolchain: Toolchain) -> Path:
    (bind,) = [each for each in toolchain.binds if each.target == go_toolchain.STANDARD]
    return Path(bind.source).parents[2]


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_program_that_imports_nothing_has_what_every_program_has(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    toolchain = await Toolchains(empty_cache, jail_runner).prepare("go", parts=frozenset())
    made = await asyncio.to_thread(go_toolchain.compiled_packages, _library(toolchain))
    assert "runtime" in made
    assert "fmt" not in made


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_program_may_import_what_imports_testing_and_have_no_tests(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    """As `net/http/httptest` does since Go 1.27: `testing` is compiled, and nobody asked for it."""
    parts = frozenset({"net/http/httptest"})
    toolchain = await Toolchains(empty_cache, jail_runner).prepare("go", parts=parts)
    made = await asyncio.to_thread(go_toolchain.compiled_packages, _library(toolchain))
    assert {"net/http/httptest", "testing"} <= made


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_it_holds_what_was_asked_for_and_grows_without_making_anything_twice(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    told: list[str] = []
    shown: list[tuple[str, ...]] = []
    toolchains = Toolchains(empty_cache, jail_runner, told.append, waits=Waits(shown.append))
    first = _library(await toolchains.prepare("go", parts=frozenset({"errors", "no/package"})))
    made = await asyncio.to_thread(go_toolchain.compiled_packages, first)
    assert {"errors", "runtime"} <= made
    assert not {"fmt", "net/http", "no/package"} & made

    # Those who wait see how far it is.
    far = [text for texts in shown for text in texts if re.search(r"library \d+/\d+$", text)]
    assert len(far) > 3
    assert shown[-1] == ()

    # Another virtual environment's process finds it, and prepares nothing.
    told.clear()
    others = Toolchains(empty_cache, jail_runner, told.append)
    assert _library(await others.prepare("go", parts=frozenset({"errors"}))) == first
    assert told == []

    # More is made once, however many ask, and shares what is there.
    asked = [frozenset({name}) for name in ("sort", "unicode/utf8", "errors", "bufio")]
    got = await asyncio.gather(*(others.prepare("go", parts=parts) for parts in asked))
    for parts, toolchain in zip(asked, got, strict=True):
        assert parts <= await asyncio.to_thread(go_toolchain.compiled_packages, _library(toolchain))
    assert sum(line.startswith("Preparing") for line in told) <= 2
    last = _library(await others.prepare("go", parts=frozenset({"sort", "bufio"})))
    await asyncio.to_thread(_assert_shared, first, last)


def _assert_shared(first: Path, last: Path) -> None:
    cache = f"{go_toolchain.STANDARD}/cache"
    old = {
        each.name: each.stat().st_ino
        for each in mirrored(first, cache).glob("*/*")
        if each.is_file()
    }
    new = {each.name: each.stat().st_ino for each in mirrored(last, cache).glob("*/*")}
    assert last != first
    assert old
    assert old.items() <= new.items()


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
async def test_what_cannot_be_made_is_missing_and_leaves_nothing(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    """The script that makes it fails: a fault of this host, never of a snippet."""
    told: list[str] = []
    shell = await Toolchains(empty_cache, jail_runner).prepare("shell")
    library = Library(
        dataclasses.replace(
            go_toolchain.LIBRARY,
            argv=("sh", "-c", "echo no space here >&2; exit 3"),
            known=lambda _: frozenset({"fmt"}),
        ),
        shell,
        cache_dir=empty_cache,
        runner=jail_runner,
        notify=told.append,
        waits=Waits(),
        failures_last_s=60.0,
    )
    for _ in range(2):  # the second time it is known from the first
        with pytest.raises(ToolchainMissing, match="no space here"):
            await library.holding(frozenset({"fmt"}))
    assert len(told) == 1
    assert not await asyncio.to_thread(lambda: list(empty_cache.glob("*library*")))
