"""What a jail hands over is unpacked as a stranger's file."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._runtime.worker_thread import Stopped, StopSign
from daytona_validate._toolchains.archive import (
    BadArchive,
    archive_file,
    extract,
    is_inside,
)

Fill = Callable[[tarfile.TarFile], None]


def _member(name: str, kind: bytes = tarfile.REGTYPE, linkname: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mtime = kind, linkname, 1_000_000
    return member


def _file(archive: tarfile.TarFile, name: str, content: bytes = b"x", mode: int = 0o600) -> None:
    member = _member(name)
    member.size, member.mode = len(content), mode
    archive.addfile(member, io.BytesIO(content))


def _archive(folder: Path, fill: Fill) -> Path:
    path = folder / "archive.tar"
    with tarfile.open(path, "w") as archive:
        fill(archive)
    return path


def _extract(tmp_path: Path, fill: Fill) -> Path:
    extract(_archive(tmp_path, fill), tmp_path / "out", StopSign())
    return tmp_path / "out"


def test_files_folders_and_links_inside_are_unpacked(tmp_path: Path) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        archive.addfile(_member(".", tarfile.DIRTYPE))
        archive.addfile(_member("./bin", tarfile.DIRTYPE))
        archive.addfile(_member("./bin/tool", tarfile.SYMTYPE, "../tool/cli.js"))
        _file(archive, "./tool/cli.js", b"hello", 0o4777)

    out = _extract(tmp_path, fill)
    assert (out / "bin/tool").read_bytes() == b"hello"
    status = (out / "tool/cli.js").stat()
    assert stat.S_IMODE(status.st_mode) == 0o755
    assert status.st_mtime == 1_000_000


@pytest.mark.parametrize(
    "member",
    [
        _member("../outside"),
        _member("a/../../outside"),
        _member("/absolute"),
        _member("link", tarfile.SYMTYPE, "/etc/passwd"),
        _member("a/link", tarfile.SYMTYPE, "../../outside"),
        _member("hard", tarfile.LNKTYPE, "first"),
        _member("device", tarfile.CHRTYPE),
        _member("pipe", tarfile.FIFOTYPE),
        _member("first"),
        _member("a/" * 1500, tarfile.DIRTYPE),
    ],
    ids=lambda member: f"{member.name[:20]} {member.linkname}",
)
def test_what_no_installation_holds_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        _file(archive, "first")
        archive.addfile(member)

    with pytest.raises(BadArchive):
        _extract(tmp_path, fill)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("mtime", ["inf", "nan", "1e300"])
def test_a_time_that_no_file_can_have_is_refused(tmp_path: Path, mtime: str) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        member = _member("file")
        member.pax_headers = {"mtime": mtime}
        archive.addfile(member)

    with pytest.raises(BadArchive):
        _extract(tmp_path, fill)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        archive.addfile(_member("real", tarfile.DIRTYPE))
        archive.addfile(_member("link", tarfile.SYMTYPE, "real"))
        _file(archive, "link/file")

    with pytest.raises(BadArchive):  # a link cannot take the place of the folder just made
        _extract(tmp_path, fill)
    assert not (tmp_path / "out/real/file").exists()


@pytest.mark.parametrize("has_more", [False, True])
def test_links_that_lead_outside_together_are_refused(tmp_path: Path, *, has_more: bool) -> None:
    """Each of them stays inside, read as text: what is behind a link is at another depth."""

    def fill(archive: tarfile.TarFile) -> None:
        archive.addfile(_member("a/b", tarfile.DIRTYPE))
        archive.addfile(_member("a/b/up", tarfile.SYMTYPE, "../.."))
        archive.addfile(_member("out", tarfile.SYMTYPE, "a/b/up/.."))
        if has_more:
            archive.addfile(_member("out/outside", tarfile.SYMTYPE, "x"))

    with pytest.raises(BadArchive):
        _extract(tmp_path, fill)
    assert not (tmp_path / "outside").is_symlink()


@pytest.mark.parametrize("kept_bytes", [0, 700, 20_000])
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, kept_bytes: int) -> None:
    path = _archive(tmp_path, lambda archive: _file(archive, "file", b"x" * 50_000))
    os.truncate(path, kept_bytes)
    with pytest.raises(BadArchive):
        extract(path, tmp_path / "out", StopSign())


def test_bytes_that_are_no_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "archive.tar").write_bytes(b"not a tar" + b"\0" * 5000)
    with pytest.raises(BadArchive):
        extract(tmp_path / "archive.tar", tmp_path / "out", StopSign())


async def test_what_is_received_is_in_the_file_when_the_context_ends(tmp_path: Path) -> None:
    async with archive_file(tmp_path / "archive.tar") as receive:
        for number in range(1000):
            receive(b"%03d" % number)
    content = await asyncio.to_thread((tmp_path / "archive.tar").read_bytes)
    assert len(content) == 3000
    assert content.endswith(b"998999")


async def test_a_file_that_cannot_be_written_is_an_error_at_the_end(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        async with archive_file(tmp_path) as receive:
            receive(b"lost")


def test_unpacking_stops_between_two_files(tmp_path: Path) -> None:
    path = _archive(tmp_path, lambda archive: _file(archive, "file"))
    sign = StopSign()
    sign.show()
    with pytest.raises(Stopped):
        extract(path, tmp_path / "out", sign)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", True),
        ("a/../b", True),
        (".", True),
        ("..", False),
        ("a/../../b", False),
        ("/a", False),
        ("a\0b", False),
    ],
)
def test_a_path_is_inside_as_text(path: str, *, expected: bool) -> None:
    assert is_inside(path) is expected
