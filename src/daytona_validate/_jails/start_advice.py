"""What to change on a host where no jail can be started; it changes nothing itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_NO_ROOT = "Without root, Daytona's sandboxes are left (DAYTONA_API_KEY)."
SETTINGS = (
    (
        "kernel.apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor restricts user namespaces, as in Ubuntu since 23.10",
        "0",
    ),
    ("user.max_user_namespaces", "0", "User namespaces are switched off", "15000"),
    ("kernel.unprivileged_userns_clone", "0", "User namespaces are for root only", "1"),
)
"""Setting, the value that forbids user namespaces, what it then means, and one that allows them."""

CONTAINER_ADVICE = (
    "In a container, start it with: docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)
"""Also where no container is known: not all leave a sign."""

_LXC = "In a container of LXD or Incus, allow it others: lxc config set NAME security.nesting=true"
OF_CONTAINERS = {
    "docker": CONTAINER_ADVICE,
    "podman": (
        "In a container of Podman, start it with: podman run --security-opt seccomp=unconfined "
        "--security-opt unmask=ALL"
    ),
    "systemd-nspawn": (
        "A container of systemd-nspawn covers parts of /proc, and a sandbox needs one of its own: "
        "run this outside of it, or have Daytona's sandboxes (DAYTONA_API_KEY)"
    ),
    "lxc": _LXC,
    "lxc-libvirt": _LXC,
    "wsl1": (
        "WSL 1 has no namespaces, WSL 2 does. In Windows: wsl --set-version NAME 2, where "
        "wsl --list says the name"
    ),
}
"""By the name that systemd gives to a kind of container; WSL 1 is told apart by its kernel."""
_WSL_1 = "-Microsoft "
"""In its version; WSL 2 says `-microsoft-standard-WSL2`."""
_SIGNS = {".dockerenv": "docker", "run/.containerenv": "podman"}
_LONGEST_NAME = 40


def start_advice(settings: Mapping[str, str], container: str | None = None) -> str:
    """Return what to change when no jail can be started.

    Args:
        settings: Each of `SETTINGS` that this kernel has to its value.
        container: The kind of container that this is; None: none is known.
    """
    within = OF_CONTAINERS.get(container or "", CONTAINER_ADVICE)
    for name, forbids, what, allows in SETTINGS:
        if settings.get(name) == forbids:
            change = f"sudo sysctl -w {name}={allows}"
            if container is None:
                return f"{what}. Allow them: {change}. {_NO_ROOT}"
            return f"{within}. On its host: {change}."
    return f"{within}."


def container_at(root: Path, environment: Mapping[str, str]) -> str | None:
    """Return the kind of container that a system is, as systemd names it; None: none is known.

    Args:
        root: Its root folder.
        environment: Of this process.
    """
    for sign, kind in _SIGNS.items():
        if (root / sign).exists():
            return kind
    with suppress(OSError):
        if _WSL_1 in (root / "proc/version").read_text(errors="replace"):
            return "wsl1"
    with suppress(OSError):
        told = (root / "run/systemd/container").read_text(errors="replace").strip()
        if told:
            return told[:_LONGEST_NAME]
    return environment.get("container") or None


def advice_here() -> str:
    """Return what to change on this host; it reads files."""
    found: dict[str, str] = {}
    for name, *_ in SETTINGS:
        with suppress(OSError):
            found[name] = Path("/proc/sys", *name.split(".")).read_text().strip()
    return start_advice(found, container_at(Path("/"), os.environ))
