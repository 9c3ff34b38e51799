"""Where control groups and the cache folder may be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import (
    cache_folder,
    default_cache_folder,
    published,
)
from daytona_validate._jails.cgroup_places import CgroupPlace, places

FIRST = "36 25 0:31 {root} /sys/fs/cgroup/{name} rw,nosuid - cgroup cgroup rw,{name}\n"
SECOND = "30 25 0:26 {root} /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
OTHER = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"


def test_the_first_version_has_one_place_for_each_controller() -> None:
    mounts = OTHER + "".join(FIRST.format(root="/", name=n) for n in ("memory", "pids", "freezer"))
    found = list(places(mounts, "4:memory:/user/a\n3:pids:/\n2:freezer:/\n"))
    assert found == [
        CgroupPlace("memory", "/sys/fs/cgroup/memory/user/a"),
        CgroupPlace("pids", "/sys/fs/cgroup/pids"),
    ]


def test_controllers_mounted_together_serve_both() -> None:
    mount = "36 25 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    assert list(places(mount, "1:cpu,cpuacct:/x\n")) == [
        CgroupPlace("cpuacct", "/sys/fs/cgroup/cpu,cpuacct/x")
    ]


def test_the_second_version_asks_the_ancestors_too() -> None:
    found = list(places(SECOND.format(root="/"), "0::/user.slice/app.scope\n"))
    assert [place.parent for place in found] == [
        "/sys/fs/cgroup/user.slice/app.scope",
        "/sys/fs/cgroup/user.slice",
        "/sys/fs/cgroup",
    ]
    assert {place.kind for place in found} == {"unified"}


def test_a_container_sees_a_part_of_the_hierarchy() -> None:
    mounts = FIRST.format(root="/docker/abc", name="memory")
    assert list(places(mounts, "4:memory:/docker/abc\n")) == [
        CgroupPlace("memory", "/sys/fs/cgroup/memory")
    ]


def test_a_machine_without_control_groups_has_no_places() -> None:
    assert list(places(OTHER, "")) == []


@pytest.mark.parametrize(
    ("environment", "uid", "folder"),
    [
        ({"HOME": "/root"}, 0, "/var/cache/daytona-validate"),
        ({"HOME": "/home/a"}, 1000, "/home/a/.cache/daytona-validate"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/x"}, 1000, "/x/daytona-validate"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "x"}, 1000, "/home/a/.cache/daytona-validate"),
    ],
)
def test_the_default_cache_folder(environment: dict[str, str], uid: int, folder: str) -> None:
    assert default_cache_folder(environment, uid=uid) == Path(folder)


def test_a_cache_folder_is_made_for_all_to_read(open_folder: Path) -> None:
    before = os.umask(0o077)
    try:
        made = cache_folder(open_folder / "deep" / "cache")
    finally:
        os.umask(before)
    assert made.stat().st_mode & 0o777 == 0o755


def test_a_cache_folder_that_others_can_write_is_refused(open_folder: Path) -> None:
    shared = open_folder / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(SandboxUnavailable, match="can be written by others"):
        cache_folder(shared)


def test_a_link_is_no_cache_folder(open_folder: Path) -> None:
    link = open_folder / "link"
    link.symlink_to("/tmp")
    with pytest.raises(SandboxUnavailable, match="is not a folder"):
        cache_folder(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have a folder of somebody else's")
def test_a_cache_folder_of_somebody_else_is_refused(open_folder: Path) -> None:
    theirs = open_folder / "theirs"
    theirs.mkdir()
    os.chown(theirs, 60_000, 60_000)
    with pytest.raises(SandboxUnavailable, match="belongs to the user 60000"):
        cache_folder(theirs)


@pytest.mark.skipif(os.geteuid() != 0, reason="a jail of a plain user reaches what the user does")
def test_a_cache_folder_behind_a_closed_one_is_refused(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(SandboxUnavailable, match=f"{closed} is closed to others"):
        cache_folder(closed / "cache")


def test_a_file_is_no_cache_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxUnavailable, match="DAYTONA_CACHE_DIR"):
        cache_folder(tmp_path / "file")


def test_what_is_published_is_whole_or_absent(tmp_path: Path) -> None:
    target = tmp_path / "parts" / "one"

    def broken(aside: Path) -> None:
        (aside / "half").write_text("")
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        published(target, broken)
    assert list(target.parent.iterdir()) == []


def test_the_first_of_two_publishers_wins(tmp_path: Path) -> None:
    target = tmp_path / "parts" / "one"

    def quick(aside: Path) -> None:
        (aside / "name").write_text("first")

    def slow(aside: Path) -> None:
        published(target, quick)
        (aside / "name").write_text("second")

    published(target, slow)
    assert (target / "name").read_text() == "first"
    assert [each.name for each in target.parent.iterdir()] == ["one"]


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be a user that is not there")
def test_a_user_without_any_home_is_told_what_to_set() -> None:
    program = (
        "import os, pwd\n"
        "from daytona_validate._errors import SandboxUnavailable\n"
        "from daytona_validate._jails.cache_folder import default_cache_folder\n"
        "os.setuid(424242)\n"
        "try:\n"
        "    default_cache_folder({}, uid=424242)\n"
        "except SandboxUnavailable as error:\n"
        "    print(error)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HOME"}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert "Name another one in DAYTONA_CACHE_DIR" in ran.stdout
