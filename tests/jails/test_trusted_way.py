"""Who owns and who may write the folders above the cache: others must not swap what is run."""

from __future__ import annotations

import grp
import os
import pwd
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import cache_folder
from daytona_validate._jails.trusted_way import distrusted_way, unmapped_owner

US = os.geteuid()
STRANGER = 60_000
only_root = pytest.mark.skipif(US != 0, reason="only root can have a folder of somebody else's")


def _folder(path: Path, mode: int, owner: int | None = None) -> Path:
    path.mkdir()
    path.chmod(mode)
    if owner is not None:
        os.chown(path, owner, owner)
    return path


@pytest.mark.parametrize("mode", [0o777, 0o2777, 0o757, 0o775])
def test_a_folder_above_to_which_others_can_write_is_refused(open_folder: Path, mode: int) -> None:
    above = _folder(open_folder / "above", mode)
    os.chown(above, -1, STRANGER) if US == 0 else above.chmod(mode | 0o002)
    with pytest.raises(SandboxUnavailable) as caught:
        cache_folder(above / "deep" / "cache")
    assert f"lies below {above}, where others can write" in str(caught.value)
    assert f"chmod go-w {above}" in str(caught.value)
    assert not (above / "deep").exists(), "nothing is made where others can write"


@only_root
def test_a_folder_above_of_somebody_else_is_refused_whatever_its_mode(open_folder: Path) -> None:
    theirs = _folder(open_folder / "theirs", 0o755, STRANGER)
    _folder(theirs / "ours", 0o755)
    with pytest.raises(SandboxUnavailable, match=f"{theirs}, which belongs to the user 60000"):
        cache_folder(theirs / "ours" / "cache")


@only_root
def test_in_a_sticky_folder_the_next_must_not_be_somebody_elses(open_folder: Path) -> None:
    sticky = _folder(open_folder / "sticky", 0o1777)
    assert cache_folder(sticky / "ours" / "cache").is_dir()
    _folder(sticky / "theirs", 0o755, STRANGER)
    with pytest.raises(SandboxUnavailable, match="belongs to the user 60000"):
        cache_folder(sticky / "theirs" / "cache")


@only_root
def test_a_link_on_the_way_must_not_be_somebody_elses(open_folder: Path) -> None:
    sticky = _folder(open_folder / "sticky", 0o1777)
    _folder(sticky / "ours", 0o755)
    (sticky / "link").symlink_to("ours")
    assert cache_folder(sticky / "link" / "cache").is_dir()
    os.lchown(sticky / "link", STRANGER, STRANGER)
    with pytest.raises(SandboxUnavailable, match=f"below {sticky}/link, which belongs to"):
        cache_folder(sticky / "link" / "cache")


@pytest.mark.parametrize("is_absolute", [True, False])
def test_where_a_link_leads_through_is_looked_at(open_folder: Path, *, is_absolute: bool) -> None:
    _folder(_folder(open_folder / "open", 0o777) / "ours", 0o755)
    target = f"{open_folder}/open/ours/../ours" if is_absolute else "open/ours/../ours"
    (open_folder / "link").symlink_to(target)
    assert distrusted_way(open_folder / "link" / "cache", user=US) is not None
    (open_folder / "open").chmod(0o755)
    assert distrusted_way(open_folder / "link" / "cache", user=US) is None


def test_links_in_a_circle_cannot_be_used(open_folder: Path) -> None:
    (open_folder / "circle").symlink_to("circle")
    with pytest.raises(SandboxUnavailable, match="Too many levels of symbolic links"):
        cache_folder(open_folder / "circle" / "cache")


def test_the_owners_own_group_may_write(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in Debian, where a user's umask may be 002."""
    above = _folder(open_folder / "above", 0o775)
    group = above.stat().st_gid
    user = SimpleNamespace(pw_name="ada", pw_gid=group)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: user)
    monkeypatch.setattr(pwd, "getpwall", lambda: [user])

    def among(*members: str, name: str = "ada") -> bool:
        found = SimpleNamespace(gr_name=name, gr_gid=group, gr_mem=list(members))
        monkeypatch.setattr(grp, "getgrgid", lambda _: found)
        return distrusted_way(above / "cache", user=US) is None

    assert among()
    assert among("ada")
    assert not among("ada", "eve")
    assert not among(name="staff")
    eve = SimpleNamespace(pw_name="eve", pw_gid=group)
    monkeypatch.setattr(pwd, "getpwall", lambda: [user, eve])
    assert not among()  # whose first group it is, is not listed as a member


def test_a_list_of_who_may_write_is_no_group_of_the_owners(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    above = _folder(open_folder / "above", 0o775)
    group = above.stat().st_gid
    names = SimpleNamespace(pw_name="ada", pw_gid=group, gr_name="ada", gr_gid=group, gr_mem=[])
    monkeypatch.setattr(pwd, "getpwuid", lambda _: names)
    monkeypatch.setattr(pwd, "getpwall", lambda: [names])
    monkeypatch.setattr(grp, "getgrgid", lambda _: names)
    assert distrusted_way(above / "cache", user=US) is None
    entries = ((1, 7, -1), (2, 7, STRANGER), (4, 7, -1), (0x10, 7, -1), (0x20, 5, -1))
    packed = b"".join(struct.pack("<HHi", *each) for each in entries)
    try:
        os.setxattr(above, "system.posix_acl_access", struct.pack("<I", 2) + packed)
    except OSError:
        pytest.skip("this file system has no such lists")
    assert distrusted_way(above / "cache", user=US) is not None


def test_a_group_or_an_owner_that_nobody_knows_is_no_group_of_the_owners(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    above = _folder(open_folder / "above", 0o775)
    monkeypatch.setattr(grp, "getgrgid", unknown)
    assert distrusted_way(above / "cache", user=US) is not None


@only_root
def test_in_a_user_namespace_an_owner_that_it_lacks_is_trusted(open_folder: Path) -> None:
    above = _folder(open_folder / "above", 0o755, 65_534)
    assert distrusted_way(above / "cache", user=0) is not None
    assert distrusted_way(above / "cache", user=0, unmapped=65_534) is None
    above.chmod(0o757)
    assert distrusted_way(above / "cache", user=0, unmapped=65_534) is not None


def test_outside_of_user_namespaces_no_owner_is_lacking() -> None:
    is_whole = Path("/proc/self/uid_map").read_text().split() == ["0", "0", "4294967295"]
    assert (unmapped_owner() is None) is is_whole


def test_the_usual_folders_are_trusted() -> None:
    for each in ("/var/cache/x", "/var/tmp/x/y", "/tmp/x/y", f"{Path.home()}/.cache/x"):
        assert distrusted_way(Path(each), user=US, unmapped=unmapped_owner()) is None
