"""Where on this host control groups can be made; reading text, and nothing else.

Groups are made under our own one, so that a container's own limits hold for its jails too. In
the first version each controller has a hierarchy of its own; in the second there is one, where
only a group without processes of its own can have children with limits, which is why ancestors
are asked as well (systemd's user manager offers one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

FIRST_VERSION = ("memory", "pids", "cpuacct")
UNIFIED = "unified"
"""The one hierarchy of the second version."""


@dataclass(frozen=True, slots=True)
class CgroupPlace:
    """Parent cgroup: a folder in which groups of one controller may be made."""

    kind: str
    """A controller of the first version, or `unified`."""
    parent: str


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
                yield CgroupPlace(controller, next(_upwards(root, mount_point, own[controller])))


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
    """Yield root, mount point, kind and super block options of each mount."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(" "), after.split(" ", 2)
        yield fields[3], fields[4], kind, options.split(",")


def _upwards(root: str, mount_point: str, own: str) -> Iterator[str]:
    """Yield our own group's folder and those above it, up to what is mounted."""
    # Inside a container the mount shows a part of the hierarchy only, from `root` down.
    inside = own.removeprefix(root) if root != "/" else own
    folder = PurePosixPath(mount_point + "/" + inside.lstrip("/"))
    while len(folder.parts) >= len(PurePosixPath(mount_point).parts):
        yield str(folder)
        folder = folder.parent
