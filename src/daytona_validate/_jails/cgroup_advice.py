"""How a control group could be had on a host where none can be made; reads, and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._jails.cgroup_places import NEEDED, UNIFIED, UnifiedGroup, own_paths, places
from daytona_validate._jails.cgroup_room import unified_group
from daytona_validate._jails.start_advice import container_at

WEAKER = (
    "memory and files of all of a snippet's processes together are looked at 20 times a second, "
    "and may for a moment be more than their limit; CPU time and memory are estimated"
)
"""What is weaker without one."""

IN_A_CONTAINER = (
    "start the container with --security-opt writable-cgroups=true (Docker 28 and later) or "
    "--security-opt unmask=/sys/fs/cgroup (Podman), and this command as its only process"
)
_WITH_THESE_FLAGS = (None, "docker", "podman")
"""Kinds of containers; not all of the first leave a sign."""
ALONE = "its group is left to this command, but others are in it: have it be the only one (exec)"
BY_THE_USERS_MANAGER = "systemd-run --user --scope -p Delegate=yes daytona-validate …"
BY_THE_SYSTEMS_MANAGER = (
    'sudo systemd-run --pipe --wait --same-dir -p Delegate=yes --uid="$USER" '
    '"$(command -v daytona-validate)" …'
)
OF_ROOT = "sudo daytona-validate … (control groups of the first version are root's; no sandbox is)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsOfHost:
    """Facts about who hands out control groups on this host."""

    own: str | None = None
    """The group of this process in the second version; None: that is not used."""
    is_beside_others: bool = False
    """Whether it may make groups there, and only other processes are in the way."""
    has_first_version: bool = False
    has_users_manager: bool = False
    """Whether systemd's manager of this user runs, and can be reached."""
    has_systems_manager: bool = False
    container: str | None = None
    """The kind of container that this is; None: none is known."""
    is_root: bool = False


def advice(host: GroupsOfHost) -> str | None:
    """Return what would give a control group; None: nothing that is known."""
    if host.is_beside_others:
        return ALONE
    if host.own == "/" and not host.has_systems_manager:
        return IN_A_CONTAINER if host.container in _WITH_THESE_FLAGS else None
    if host.own is not None and host.has_users_manager:
        return BY_THE_USERS_MANAGER
    if host.own is not None and host.has_systems_manager and not host.is_root:
        return BY_THE_SYSTEMS_MANAGER
    return OF_ROOT if host.has_first_version and not host.is_root else None


def is_beside_others(own: UnifiedGroup) -> bool:
    """Return whether groups could be made in our own one if others were not in it."""
    return own.is_writable and own.controllers >= NEEDED and len(own.processes) > 1


def groups_of_host(environment: Mapping[str, str]) -> GroupsOfHost:
    """Return the facts about this host; it reads files.

    Args:
        environment: Of this process.
    """
    try:
        own = Path("/proc/self/cgroup").read_text(errors="replace")
        found = places(Path("/proc/self/mountinfo").read_text(errors="replace"), own)
    except OSError:
        return GroupsOfHost()
    nearest = next((each.parent for each in found if each.kind == UNIFIED), None)
    paths = own_paths(own)
    has_first_version = "memory" in paths
    runtime = environment.get("XDG_RUNTIME_DIR")
    return GroupsOfHost(
        own=None if has_first_version else paths.get(UNIFIED),
        is_beside_others=nearest is not None and is_beside_others(unified_group(nearest)),
        has_first_version=has_first_version,
        has_users_manager=bool(runtime) and Path(runtime or "", "systemd/private").exists(),
        has_systems_manager=Path("/run/systemd/system").is_dir(),
        container=container_at(Path("/"), environment),
        is_root=os.geteuid() == 0,
    )
