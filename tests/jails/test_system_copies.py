"""The host's libraries as jails have them: copied once, whole, and anew after an update."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.copied_file import copied_file
from daytona_validate._jails.folder_use import FoldersInUse, use_file
from daytona_validate._jails.system_copies import KEPT_S, SystemCopies, system_copies


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    """A folder of the host's, with libraries as Debian has them."""
    folder = tmp_path / "host" / "lib"
    (folder / "gconv").mkdir(parents=True)
    (folder / "dri").mkdir()
    (folder / "gconv" / "UTF-16.so").write_bytes(b"encoding")
    (folder / "dri" / "large.so").write_bytes(b"dri")
    (folder / "libz.so.1.2").write_bytes(b"first")
    (folder / "libz.so").symlink_to("libz.so.1.2")
    (folder / "libm.so.6").write_bytes(b"numbers")
    (folder / "libm.a").write_bytes(b"archive")
    elsewhere = tmp_path / "host" / "alternatives"
    elsewhere.mkdir()
    (elsewhere / "libblas.so").write_bytes(b"algebra")
    (folder / "libblas.so.3").symlink_to(elsewhere / "libblas.so")
    return folder


def _copies(libraries: Path, copy: Callable[[str, str], None] = copied_file) -> SystemCopies:
    cache = libraries.parents[1] / "cache"
    cache.mkdir(exist_ok=True)
    zones = libraries.parent / "zoneinfo"
    zones.mkdir(exist_ok=True)
    return system_copies(cache, [str(libraries)], trees=[str(zones)], copy=copy)


def _copied(copies: SystemCopies) -> Path:
    return Path(copies.binds[0].source)


def test_shared_objects_are_copied_and_links_stay_links(libraries: Path) -> None:
    copies = _copies(libraries)
    copied = _copied(copies)
    assert copies.binds[0].target == str(libraries)
    assert (copied / "libz.so").readlink() == Path("libz.so.1.2")
    assert (copied / "libz.so").read_bytes() == b"first"
    assert (copied / "gconv" / "UTF-16.so").read_bytes() == b"encoding"
    assert not (copied / "libm.a").exists()
    assert not (copied / "libblas.so.3").is_symlink()  # it leads to where no jail comes
    assert (copied / "libblas.so.3").read_bytes() == b"algebra"


def test_a_folder_that_is_left_out_is_there_for_a_toolchain_to_be_bound_to(libraries: Path) -> None:
    copies = _copies(libraries)
    assert list((_copied(copies) / "dri").iterdir()) == []
    assert copies.left_out == (f"{libraries}/dri",)


def test_trees_stand_beside_the_libraries_and_are_reached_by_a_link(libraries: Path) -> None:
    zones = libraries.parent / "zoneinfo"
    (zones / "Europe").mkdir(parents=True)
    (zones / "Europe" / "Oslo").write_bytes(b"zone")
    copies = _copies(libraries)
    ((points_to, place),) = copies.links
    assert place == str(zones)
    inside = _copied(copies) / Path(points_to).relative_to(libraries)
    assert (inside / "Europe" / "Oslo").read_bytes() == b"zone"


def test_no_copy_is_the_hosts_own_file(libraries: Path) -> None:
    copied = _copied(_copies(libraries))
    own = {path.stat().st_ino for path in libraries.rglob("*") if path.is_file()}
    assert own.isdisjoint(path.stat().st_ino for path in copied.rglob("*") if path.is_file())


def test_everybody_can_read_a_copy_and_nobody_write_it(libraries: Path) -> None:
    before = os.umask(0o077)
    try:
        copies = _copies(libraries)
    finally:
        os.umask(before)
    for path in (copies.folder, *copies.folder.rglob("*")):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o444), path


def test_it_is_copied_once(libraries: Path) -> None:
    first = _copies(libraries)
    inode = (_copied(first) / "libm.so.6").stat().st_ino
    assert _copies(libraries) == first
    assert (_copied(first) / "libm.so.6").stat().st_ino == inode


def test_after_an_update_there_is_another_copy_which_shares_what_is_the_same(
    libraries: Path,
) -> None:
    first = _copied(_copies(libraries))
    _update(libraries / "libz.so.1.2", b"other")
    second = _copied(_copies(libraries))
    assert (first / "libz.so").read_bytes() == b"first"  # of programs that are running
    assert (second / "libz.so").read_bytes() == b"other"
    assert (second / "libm.so.6").samefile(first / "libm.so.6")


def _update(library: Path, content: bytes) -> None:
    """Replace a file as packages do: a new one takes its name."""
    new = library.with_name("new")
    new.write_bytes(content)
    new.rename(library)


def test_libraries_that_are_updated_as_they_are_copied_are_copied_again(libraries: Path) -> None:
    """Or a jail would have one library of before, and its neighbour of afterwards."""
    updates = [lambda: _update(libraries / "libz.so.1.2", b"other")]

    def copied_during_an_update(source: str, target: str) -> None:
        copied_file(source, target)
        if updates and source.endswith("/libz.so.1.2"):
            updates.pop()()

    copies = _copies(libraries, copied_during_an_update)
    assert (_copied(copies) / "libz.so").read_bytes() == b"other"
    assert [each.name for each in copies.folder.parent.iterdir()] == [copies.folder.name]


def test_libraries_that_do_not_stop_changing_are_the_hosts_fault(libraries: Path) -> None:
    def copied_and_gone(source: str, target: str) -> None:
        copied_file(source, target)
        _update(Path(source), Path(source).read_bytes())

    with pytest.raises(SandboxUnavailable, match="being changed, as in an update") as caught:
        _copies(libraries, copied_and_gone)
    assert caught.value.retryable


def test_a_full_disk_is_told_as_such(libraries: Path) -> None:
    def refused(source: str, target: str) -> None:
        raise OSError(28, "No space left on device", target)

    with pytest.raises(OSError, match="No space left"):
        _copies(libraries, refused)


def test_a_copy_that_lost_a_file_is_made_anew(libraries: Path) -> None:
    copied = _copied(_copies(libraries))
    (copied / "libm.so.6").unlink()
    assert (_copied(_copies(libraries)) / "libm.so.6").read_bytes() == b"numbers"


@pytest.mark.parametrize("lost", ["lib/gconv/UTF-16.so", "zoneinfo/Oslo", "zoneinfo/Empty"])
def test_one_that_lost_a_file_of_a_tree_is_made_anew(libraries: Path, lost: str) -> None:
    """Or a program that asks for a time zone or an encoding would be blamed for it."""
    zones = libraries.parent / "zoneinfo"
    zones.mkdir()
    (zones / "Oslo").write_bytes(b"zone")
    (zones / "Empty").touch()
    parent, _, name = lost.rpartition("/")
    inside = _copied(_copies(libraries))
    (file,) = inside.rglob(f"{Path(parent).name}/{name}")
    file.unlink()
    _copies(libraries)
    assert file.read_bytes() == (libraries.parent / lost).read_bytes()


def test_one_in_use_that_lost_a_file_is_said_to_be(libraries: Path) -> None:
    copies = _copies(libraries)
    users = FoldersInUse()
    assert users.hold(copies.folder)
    try:
        (_copied(copies) / "libm.so.6").unlink()
        with pytest.raises(SandboxUnavailable, match="has been changed"):
            _copies(libraries)
    finally:
        users.close()


def test_a_copy_that_nobody_has_used_for_long_goes_with_the_next_update(libraries: Path) -> None:
    old, held = _copies(libraries), FoldersInUse()
    _update(libraries / "libz.so.1.2", b"second")
    used = _copies(libraries)
    assert held.hold(used.folder)
    for each in (old, used):
        use_file(each.folder).touch()
        os.utime(use_file(each.folder), (0, 0))
    _update(libraries / "libz.so.1.2", b"the third")
    newest = _copies(libraries)
    held.close()
    assert {each.name for each in newest.folder.parent.iterdir() if each.is_dir()} == {
        used.folder.name,
        newest.folder.name,
    }
    assert KEPT_S > 86_400


def test_content_is_copied_where_the_kernel_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: int) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refused)
    (tmp_path / "a").write_bytes(b"content" * 1000)
    copied_file(str(tmp_path / "a"), str(tmp_path / "b"))
    monkeypatch.setattr(os, "copy_file_range", lambda *_: 0)
    copied_file(str(tmp_path / "a"), str(tmp_path / "c"))
    assert (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes() == b"content" * 1000
