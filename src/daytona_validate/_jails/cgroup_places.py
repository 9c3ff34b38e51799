"""Where on this host control groups can be made; reading text, and nothing else.

Groups are made under our own one, so that a container's own limits hold for its jails too. In
the first version each controller has a hierarchy of its own; in the second there is one, where
only a group without processes of its own can have children with limits. So ancestors are asked as
well (systemd's user manager offers one), and where our own group is ours alone, as one that systemd
delegates or a container's, this process makes room: it goes into a leaf of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from pathlib import PurePosixPath

FIRST_VERSION = ("memory", "pids", "cpuacct")
UNIFIED = "unified"
"""The one hierarchy of the second version."""
NEEDED = frozenset({"memory", "pids"})
"""Controllers of the second version without which a group is of no use."""
PREFIX = "daytona-validate-"
"""How the names of groups of ours begin."""


class Room(Enum):
    """What has to be done to a group of the second version before others are made in it."""

    THERE = "nothing"
    CONTROLLERS = "its controllers are handed down"
    LEAF = "the same, and before that its only process goes into a leaf"


@dataclass(frozen=True, slots=True)
class CgroupPlace:
    """Parent cgroup: a folder in which groups of one controller may be made."""

    kind: str
    """A controller of the first version, or `unified`."""
    parent: str
    room: Room = Room.THERE


@dataclass(frozen=True, slots=True, kw_only=True)
class UnifiedGroup:
    """Facts about a group of the second version."""

    folder: str
    controllers: frozenset[str] = frozenset()
    """Those that it has."""
    enabled: frozenset[str] = frozenset()
    """Those that it hands down."""
    processes: frozenset[int] = frozenset()
    """Its own; one that cannot be seen from here is 0."""
    is_writable: bool = False
    """Whether groups can be made in it, and processes moved there from within it."""
    is_delegated: bool = False
    """Whether systemd marks it as left to others, or it is the whole of a container."""


def places(mountinfo: str, own_cgroups: str) -> Iterator[CgroupPlace]:
    """Yield where groups could be made, the nearest first, whether or not they can be written.

    Args:
        mountinfo: The text of `/proc/self/mountinfo`.
        own_cgroups: The text of `/proc/self/cgroup`.
    """
    own = own_paths(own_cgroups)
    for root, mount_point, kind, options in _mounts(mountinfo):
        if kind == "cgroup2" and UNIFIED in own:
            for each in _upwards(root, mount_point, own[UNIFIED]):
                yield CgroupPlace(UNIFIED, each)
        for controller in FIRST_VERSION:
            if kind == "cgroup" and controller in options and controller in own:
                for each in _upwards(root, mount_point, own[controller])[:1]:
                    yield CgroupPlace(controller, each)


def unified_places(
    groups: Sequence[UnifiedGroup], *, own_pid: int, is_root: bool
) -> Iterator[CgroupPlace]:
    """Yield where groups of the second version can be made, the nearest first.

    What is systemd's own is not changed: it may take controllers away again from what it has not
    delegated. Its mark of that is missing where a user's manager does so (257), and before 251.

    Args:
        groups: Our own, and each above it.
        own_pid: This process.
        is_root: Whether it is root's, who may write everywhere.
    """
    for group, above in zip_longest(groups, groups[1:]):
        if not group.is_writable:
            continue
        is_the_most_we_have = not (is_root or (above and above.is_writable))
        if group.enabled >= NEEDED:
            yield CgroupPlace(UNIFIED, group.folder)
        elif group.controllers >= NEEDED and (group.is_delegated or is_the_most_we_have):
            if not group.processes:
                yield CgroupPlace(UNIFIED, group.folder, Room.CONTROLLERS)
            elif group is groups[0] and group.processes == {own_pid} and not _is_a_leaf(group):
                yield CgroupPlace(UNIFIED, group.folder, Room.LEAF)


def _is_a_leaf(group: UnifiedGroup) -> bool:
    return PurePosixPath(group.folder).name.startswith(PREFIX)


def own_paths(own_cgroups: str) -> Mapping[str, str]:
    """Return a process's group by controller; the one of the second version is `UNIFIED`.

    Args:
        own_cgroups: The text of its `/proc/…/cgroup`.
    """
    paths: dict[str, str] = {}
    for line in own_cgroups.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(",") if controllers else (UNIFIED,):
            paths[controller] = path
    return paths


def _mounts(mountinfo: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield root, mount point, kind and super block options of each mount that can be reached."""
    found: dict[str, tuple[str, str, str, list[str]]] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(" "), after.split(" ", 2)
        # One that is mounted over another hides it: podman mounts the container's own part so.
        found.pop(fields[4], None)
        found[fields[4]] = (fields[3], fields[4], kind, options.split(","))
    yield from found.values()


def _upwards(root: str, mount_point: str, own: str) -> list[str]:
    """Return our own group's folder and those above it, up to what is mounted."""
    # Inside a container the mount shows a part of the hierarchy only, from `root` down.
    inside = PurePosixPath(own.removeprefix(root) if root != "/" else own)
    if ".." in inside.parts:
        return []  # our own is outside of what is mounted, or of our namespace
    top = PurePosixPath(mount_point)
    folder = top.joinpath(*(part for part in inside.parts if part != "/"))
    return [str(folder), *(str(each) for each in folder.parents if each.is_relative_to(top))]
