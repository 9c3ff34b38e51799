"""What `doctor` says about control groups, and how room is made for them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._jails.cgroup_advice import (
    ALONE,
    BY_THE_SYSTEMS_MANAGER,
    BY_THE_USERS_MANAGER,
    IN_A_CONTAINER,
    OF_ROOT,
    GroupsOfHost,
    advice,
    groups_of_host,
    is_beside_others,
)
from daytona_validate._jails.cgroup_places import NEEDED, CgroupPlace, Room, UnifiedGroup
from daytona_validate._jails.cgroup_room import make_room, unified_group

SESSION = "/user.slice/user-1000.slice/session-3.scope"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (
            GroupsOfHost(own=SESSION, has_users_manager=True, has_systems_manager=True),
            BY_THE_USERS_MANAGER,
        ),
        (
            GroupsOfHost(own="/system.slice/runner.service", has_systems_manager=True),
            BY_THE_SYSTEMS_MANAGER,
        ),
        (GroupsOfHost(own="/a.service", is_beside_others=True, has_systems_manager=True), ALONE),
        (GroupsOfHost(own="/", is_root=True), IN_A_CONTAINER),
        (GroupsOfHost(own="/"), IN_A_CONTAINER),
        (GroupsOfHost(own="/", container="podman"), IN_A_CONTAINER),
        (GroupsOfHost(own="/", container="systemd-nspawn"), None),
        (GroupsOfHost(own="/", container="lxc", is_root=True), None),
        (GroupsOfHost(has_first_version=True, has_systems_manager=True), OF_ROOT),
        (GroupsOfHost(has_first_version=True, is_root=True), None),
        (GroupsOfHost(), None),
    ],
    ids=[
        *("a session of ssh", "a runner of CI", "a script", "root of a container", "a container"),
        *("Podman", "systemd-nspawn", "root of LXC"),
        *("first version", "root, first version", "none at all"),
    ],
)
def test_the_way_to_a_control_group(host: GroupsOfHost, expected: str | None) -> None:
    assert advice(host) == expected


def test_the_users_manager_is_known_by_its_socket(tmp_path: Path) -> None:
    assert not groups_of_host({}).has_users_manager
    assert not groups_of_host({"XDG_RUNTIME_DIR": str(tmp_path)}).has_users_manager
    (tmp_path / "systemd").mkdir()
    (tmp_path / "systemd" / "private").touch()
    found = groups_of_host({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert (found.has_users_manager, found.is_root) == (True, os.geteuid() == 0)


def test_a_script_of_a_delegated_service_is_beside_us() -> None:
    script = UnifiedGroup(
        folder="", controllers=NEEDED, processes=frozenset({1, 2}), is_writable=True
    )
    assert is_beside_others(script)
    assert not is_beside_others(replace(script, processes=frozenset({2})))
    assert not is_beside_others(replace(script, is_writable=False))
    assert not is_beside_others(replace(script, controllers=frozenset({"cpu"})))


def _folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text)
    return tmp_path


def test_what_is_known_of_a_group(tmp_path: Path) -> None:
    group = unified_group(str(_folder(tmp_path, cgroup__controllers="cpu memory\n")))
    assert (group.controllers, group.processes) == (
        frozenset({"cpu", "memory"}),
        frozenset(),
    )
    assert not group.is_writable  # without the files by which it is
    _folder(tmp_path, cgroup__procs="0\n42\n", cgroup__subtree_control="memory\n")
    group = unified_group(str(tmp_path))
    assert (group.processes, group.enabled) == (frozenset({0, 42}), frozenset({"memory"}))
    assert group.is_writable
    assert not group.is_delegated


def test_controllers_are_handed_down(tmp_path: Path) -> None:
    _folder(tmp_path, cgroup__subtree_control="")
    make_room(CgroupPlace("unified", str(tmp_path), Room.CONTROLLERS))
    written = (tmp_path / "cgroup.subtree_control").read_text()
    assert written.startswith("+cpu")  # the kernel's file keeps what was there
    make_room(CgroupPlace("unified", str(tmp_path)))
    assert (tmp_path / "cgroup.subtree_control").read_text() == written


def test_a_leaf_that_cannot_be_gone_into_is_taken_away(tmp_path: Path) -> None:
    """A folder of the kernel's would have had files."""
    with pytest.raises(FileNotFoundError):
        make_room(CgroupPlace("unified", str(tmp_path), Room.LEAF))
    assert list(tmp_path.iterdir()) == []
