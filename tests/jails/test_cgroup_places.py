"""Where control groups can be made on the machines that there are, from what was recorded there.

Sessions, scopes and services are as recorded on Debian 13 (systemd 257), and groups of the first
version on this project's first machine. The others (a desktop's terminal, GitHub's runner,
`DelegateSubgroup=`, containers, WSL) are put together from documentation: not tried on a real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from daytona_validate._jails.cgroup_places import (
    CgroupPlace,
    Room,
    UnifiedGroup,
    places,
    unified_places,
)

OWN = 4242
SECOND = "30 25 0:26 {root} /sys/fs/cgroup {mode},nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
TOP = "/sys/fs/cgroup"
ALL = frozenset({"cpuset", "cpu", "io", "memory", "pids"})
USERS = frozenset({"cpu", "memory", "pids"})


def _roots(**facts: frozenset[int] | frozenset[str]) -> UnifiedGroup:
    """Return a group of root's, as its user sees it."""
    return UnifiedGroup(folder="", controllers=ALL, enabled=USERS, **facts)  # type: ignore[arg-type]


def _ours(**facts: object) -> UnifiedGroup:
    return replace(UnifiedGroup(folder="", controllers=USERS, is_writable=True), **facts)  # type: ignore[arg-type]


SHELL_AND_US = frozenset({OWN, 4000})
US = frozenset({OWN})
NONE: Mapping[str, UnifiedGroup] = {}
SLICES = {
    "": _roots(),
    "/user.slice": _roots(),
    "/user.slice/user-1000.slice": _roots(),
}
MANAGER = {
    **SLICES,
    "/user.slice/user-1000.slice/user@1000.service": _ours(enabled=USERS, is_delegated=True),
    "/user.slice/user-1000.slice/user@1000.service/app.slice": _ours(
        enabled=frozenset({"memory", "pids"})
    ),
}
APP = f"{TOP}/user.slice/user-1000.slice/user@1000.service/app.slice"
TERMINAL = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.gnome.Terminal.slice"
SCOPE = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope"


def _found(
    own: str,
    groups: Mapping[str, UnifiedGroup],
    *,
    root: str = "/",
    mode: str = "rw",
    is_root: bool = False,
) -> list[CgroupPlace]:
    mountinfo = SECOND.format(root=root, mode=mode)
    chain = [
        replace(groups[each.parent.removeprefix(TOP)], folder=each.parent)
        for each in places(mountinfo, f"0::{own}\n")
    ]
    return list(unified_places(chain, own_pid=OWN, is_root=is_root))


def _there(*folders: str) -> list[CgroupPlace]:
    return [CgroupPlace("unified", each) for each in folders]


def test_a_terminal_of_a_desktop_is_below_what_the_user_has() -> None:
    """Ubuntu 24.04 with GNOME: the shell is in a scope of the user's own manager."""
    groups = {
        **MANAGER,
        TERMINAL: _ours(enabled=frozenset({"memory", "pids"})),
        f"{TERMINAL}/vte-spawn-1.scope": _ours(processes=SHELL_AND_US),
    }
    found = _found(f"{TERMINAL}/vte-spawn-1.scope", groups)
    assert found == _there(f"{TOP}{TERMINAL}", APP, f"{APP}".removesuffix("/app.slice"))


def test_a_session_of_ssh_is_below_nothing_that_the_user_has() -> None:
    groups = {**SLICES, "/user.slice/user-1000.slice/session-3.scope": _roots(processes=US)}
    assert _found("/user.slice/user-1000.slice/session-3.scope", groups) == []


def test_a_scope_of_the_users_manager_has_room_beside_it() -> None:
    """`systemd-run --user --scope`: no mark tells whether it is delegated."""
    for processes in (US, SHELL_AND_US):
        groups = {**MANAGER, SCOPE: _ours(processes=processes)}
        assert _found(SCOPE, groups)[0] == CgroupPlace("unified", APP)


def test_a_group_that_is_marked_as_delegated_gets_a_leaf_if_it_is_ours_alone() -> None:
    alone = {**MANAGER, SCOPE: _ours(processes=US, is_delegated=True)}
    assert _found(SCOPE, alone)[0] == CgroupPlace("unified", f"{TOP}{SCOPE}", Room.LEAF)
    in_a_shell = {**MANAGER, SCOPE: _ours(processes=SHELL_AND_US, is_delegated=True)}
    assert _found(SCOPE, in_a_shell)[0] == CgroupPlace("unified", APP)


def test_who_has_gone_into_a_leaf_does_not_do_so_again() -> None:
    leaf = f"{SCOPE}/daytona-validate-0123456789abcdef"
    groups = {**MANAGER, SCOPE: _ours(enabled=USERS), leaf: _ours(processes=US)}
    assert _found(leaf, groups)[0] == CgroupPlace("unified", f"{TOP}{SCOPE}")


SERVICE = "/system.slice/check.service"
SYSTEM = {"": _roots(), "/system.slice": _roots()}


def test_a_service_of_the_system_has_groups_if_it_is_delegated() -> None:
    """`Delegate=yes` gives its user the group; without it, as GitHub's runner, it is root's."""
    for is_marked in (True, False):  # systemd 251 and later do
        delegated = {**SYSTEM, SERVICE: _ours(processes=US, is_delegated=is_marked)}
        assert _found(SERVICE, delegated) == [CgroupPlace("unified", f"{TOP}{SERVICE}", Room.LEAF)]
    with_others = {**SYSTEM, SERVICE: _ours(processes=SHELL_AND_US, is_delegated=True)}
    assert _found(SERVICE, with_others) == []
    runner = "/system.slice/hosted-compute-agent.service"
    assert _found(runner, {**SYSTEM, runner: _roots(processes=SHELL_AND_US)}) == []


def test_a_service_whose_processes_are_in_a_subgroup_has_room_beside_it() -> None:
    """`DelegateSubgroup=` of systemd 254."""
    groups = {
        **SYSTEM,
        SERVICE: _ours(is_delegated=True),
        f"{SERVICE}/main": _ours(processes=SHELL_AND_US),
    }
    (place,) = _found(f"{SERVICE}/main", groups)
    assert place == CgroupPlace("unified", f"{TOP}{SERVICE}", Room.CONTROLLERS)


def test_root_changes_no_group_that_is_not_left_to_it() -> None:
    """The slice hands memory down to all its services; the service itself is systemd's."""
    groups = {
        "": _ours(enabled=ALL),
        "/system.slice": _ours(enabled=USERS),
        SERVICE: _ours(processes=US),
    }
    assert _found(SERVICE, groups, is_root=True) == _there(f"{TOP}/system.slice", TOP)
    delegated = {**groups, SERVICE: _ours(processes=US, is_delegated=True)}
    assert _found(SERVICE, delegated, is_root=True)[0].room is Room.LEAF


@pytest.mark.parametrize(
    ("group", "room"),
    [
        (UnifiedGroup(folder="", controllers=ALL, processes=US, is_delegated=True), None),
        (_ours(controllers=ALL, processes=US, is_delegated=True), Room.LEAF),
        (_ours(controllers=ALL, processes=frozenset({1, OWN}), is_delegated=True), None),
        (_ours(controllers=ALL, processes=frozenset({0, OWN}), is_delegated=True), None),
        (_ours(controllers=frozenset({"cpu"}), processes=US, is_delegated=True), None),
    ],
    ids=["read-only", "its only process", "beside another", "beside one unseen", "no memory"],
)
def test_a_container_has_room_if_it_may_write_and_is_ours_alone(
    group: UnifiedGroup, room: Room | None
) -> None:
    """Docker and Podman mount its groups read-only, if not told to do otherwise."""
    found = _found("/", {"": group}, is_root=True)
    assert [each.room for each in found] == ([] if room is None else [room])


def test_a_container_whose_groups_are_mounted_over_the_hosts_sees_its_own() -> None:
    """Podman without root: the upper mount is its own."""
    mountinfo = SECOND.format(root="/../../..", mode="ro") + SECOND.format(root="/", mode="rw")
    assert list(places(mountinfo, "0::/\n")) == _there(TOP)


def test_who_is_outside_of_what_is_mounted_has_no_place() -> None:
    """A shell that was brought into a container from outside."""
    assert list(places(SECOND.format(root="/", mode="rw"), "0::/../../user.slice\n")) == []


def test_wsl_hands_everything_down_to_root_and_nothing_to_its_user() -> None:
    """WSL 2 without systemd: all processes are in the root group."""
    for_root = _ours(controllers=ALL, enabled=ALL, processes=SHELL_AND_US)
    assert _found("/", {"": for_root}, is_root=True) == _there(TOP)
    assert _found("/", {"": replace(for_root, is_writable=False)}) == []


def test_where_only_the_first_version_counts_memory_the_second_has_no_place() -> None:
    """Both are mounted: systemd's hybrid layout, and this project's first machine."""
    bare = _ours(controllers=frozenset(), processes=SHELL_AND_US)
    mountinfo = (
        "38 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
        "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    )
    own = "4:memory:/process/1\n0::/\n"
    assert list(places(mountinfo, own)) == [
        CgroupPlace("unified", "/sys/fs/cgroup/unified"),
        CgroupPlace("memory", "/sys/fs/cgroup/memory/process/1"),
    ]
    assert list(unified_places([bare], own_pid=OWN, is_root=True)) == []
