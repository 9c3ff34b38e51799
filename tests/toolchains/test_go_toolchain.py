"""Where Go is found, and what of it is copied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._runtime.worker_thread import StopSign
from daytona_validate._toolchains import go as go_toolchain
from daytona_validate._toolchains.build import copy_all
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import Host

FILES = (
    *("bin/go", "bin/gofmt", "go.env", "pkg/include/textflag.h", "lib/time/zoneinfo.zip"),
    *(f"pkg/tool/linux_amd64/{name}" for name in ("asm", "compile", "link", "vet", "cgo")),
    *("src/fmt/print.go", "src/fmt/print_test.go", "src/fmt/testdata/x.go", "src/cmd/go/main.go"),
    *("src/os/file_linux.go", "src/os/file_windows.go", "src/os/asm_arm64.s"),
    *("src/go/doc/doc.go", "doc/spec.html", "test/run.go"),
)


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    for name in FILES:
        file = tmp_path / "go" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "go/VERSION").write_text("go1.27.3\ntime 2026-10-19T22:20:36Z\n")
    return tmp_path / "go"


def _host(folder: Path) -> Host:
    return Host({"PATH": str(folder)}, "", "", ())


def _command(folder: Path, script: str) -> Host:
    (folder / "go").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "go").chmod(0o755)
    return _host(folder)


def test_only_what_compiles_programs_is_copied(installation: Path, tmp_path: Path) -> None:
    plan = go_toolchain.plan_of_folder(go_toolchain.found_in(str(installation)))
    copy_all(plan.copies, tmp_path / "cache", StopSign())
    copied = mirrored(tmp_path / "cache", go_toolchain.PREFIX)
    assert {str(path.relative_to(copied)) for path in copied.rglob("*") if path.is_file()} == {
        *("VERSION", "go.env", "bin/go", "pkg/include/textflag.h", "lib/time/zoneinfo.zip"),
        *(f"pkg/tool/linux_amd64/{name}" for name in ("asm", "compile", "link", "vet")),
        *("src/fmt/print.go", "src/go/doc/doc.go", "src/os/file_linux.go"),
    }
    assert mirrored(tmp_path / "cache", f"{go_toolchain.SCRIPTS}/compile").is_file()
    assert plan.version == "1.27.3"
    assert plan.expected["version"] == "go1.27.3"


def test_the_key_follows_the_installation(installation: Path) -> None:
    before = go_toolchain.found_in(str(installation))
    assert before == go_toolchain.found_in(f"{installation}/bin/..")
    (installation / "bin/go").write_text("another")
    assert go_toolchain.found_in(str(installation)).key != before.key


def test_the_same_installation_elsewhere_and_of_another_time_has_the_same_key(
    installation: Path, tmp_path: Path
) -> None:
    """So a second virtual environment, and a CI that restores the cache, prepare nothing."""
    other = tmp_path / "another environment/go"
    shutil.copytree(installation, other)
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
    found, again = (go_toolchain.found_in(str(each)) for each in (installation, other))
    assert found.key == again.key
    assert found.source != again.source


@pytest.mark.parametrize("version", ["go1.20.14", "go1.9", "weekly.2012-03-27"])
def test_a_go_that_is_too_old_is_missing(installation: Path, version: str) -> None:
    (installation / "VERSION").write_text(version)
    with pytest.raises(ToolchainMissing, match=r"too old: .*pip install 'daytona-validate\[go\]'"):
        go_toolchain.found_in(str(installation))


@pytest.mark.parametrize("version", ["go1.21rc2", "go1.100", "devel go1.28-0ba1d3c"])
def test_other_versions_are_found(installation: Path, version: str) -> None:
    (installation / "VERSION").write_text(version)
    assert go_toolchain.found_in(str(installation)).key["version"] == version


@pytest.mark.parametrize("name", ["VERSION", "bin/go"])
def test_what_is_not_whole_is_missing(installation: Path, name: str) -> None:
    (installation / name).unlink()
    with pytest.raises(ToolchainMissing, match=f"{name}: No such file"):
        go_toolchain.found_in(str(installation))


@pytest.mark.parametrize("name", ["compile", "vet"])
def test_an_installation_without_its_tools_is_missing(installation: Path, name: str) -> None:
    found = go_toolchain.found_in(str(installation))
    (installation / "pkg/tool/linux_amd64" / name).unlink()
    with pytest.raises(ToolchainMissing, match="is not whole"):
        go_toolchain.plan_of_folder(found)


async def test_the_command_on_path_tells_its_folder(tmp_path: Path) -> None:
    host = _command(tmp_path, 'test "$GOTOOLCHAIN $*" = "local env GOROOT" && echo /opt/golang')
    assert await go_toolchain.folder_on_path(host) == "/opt/golang"


async def test_a_command_that_tells_nothing_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match=r"/go does not run \(no home\): .*pip install"):
        await go_toolchain.folder_on_path(_command(tmp_path, "echo no home >&2; exit 1"))


async def test_without_any_go_the_line_that_installs_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match=r"Go is not installed here: .*pip install"):
        await go_toolchain.folder_on_path(_host(tmp_path))
