"""What the jails of an emulated machine have: toolchains, packages, and files about them."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.limits import MIB
from daytona_validate._emulator.machines.folders import ABOUT, MachineFolder
from daytona_validate._emulator.machines.users import ACCOUNTS
from daytona_validate._jails.jail import Bind, Jail, Overlay
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._models import Limits
from daytona_validate._toolchains.packages.packages import PreparedPackages
from daytona_validate._toolchains.record import Toolchain

HOME = "/home/daytona"
"""Where a command starts that names no folder, and what a relative path starts from."""
MAX_OUTPUT_BYTES = 64 * MIB
"""Of one command, or of one file that is read; the daemon would fill the sandbox's memory."""
STANDARD_PATH = "/usr/local/bin:/usr/bin:/bin"
PROCESSES = 256
OPEN_FILES = 1024


def machine_limits(*, memory_mib: int, disk_mib: int) -> Limits:
    """Return the limits of each of a machine's jails."""
    return Limits(
        memory_mib=memory_mib,
        processes=PROCESSES,
        open_files=OPEN_FILES,
        disk_mib=disk_mib,
        max_output_bytes=MAX_OUTPUT_BYTES,
    )


def machine_jail(
    toolchains: Sequence[Toolchain],
    packages: PreparedPackages,
    folder: MachineFolder,
    *,
    perl: Bind,
    ids: OwnIds | None = None,
    limits: Limits,
    reserved_mib: int = 0,
) -> Jail:
    """Return what all jails of a machine have, with nothing to run yet.

    Args:
        toolchains: Of two that set the same variable, the first has its way.
        packages: Of the first.
        folder: Of the machine.
        perl: The host's.
        ids: Users of its own, so that its commands begin as root; None: it has one user.
        limits: Of each jail.
        reserved_mib: The most that one of the languages reserves; see `Language.reserved_mib`.
    """
    parts = [*reversed(toolchains)]
    return Jail(
        argv=(),
        limits=limits,
        reserved_mib=reserved_mib,
        binds=_once(
            *(bind for each in toolchains for bind in each.binds),
            *packages.binds,
            folder.about,
            *(_fresh(each) for part in toolchains for each in part.overlays),
            perl,
        ),
        overlays=tuple(dict.fromkeys(each for part in toolchains for each in part.overlays)),
        lasting=(*folder.lasting, *([] if ids is None else _accounts(folder.about))),
        ids=ids,
        folder="/",  # the only one that no program of the machine can close
        links=tuple(dict.fromkeys(link for each in toolchains for link in each.links)),
        environment={
            "HOME": HOME,
            **{name: value for each in parts for name, value in each.environment.items()},
            **packages.environment,
        },
    )


def description(toolchain: Toolchain, packages: PreparedPackages) -> dict[str, str]:
    """Return the files by which a machine tells what runs in it, as our snapshots do.

    Args:
        toolchain: Of the language that the machine is made for.
        packages: Of the same.
    """
    environment = {"PATH": STANDARD_PATH, **toolchain.environment, **packages.environment}
    return {
        "runtime": f"{toolchain.name} {toolchain.version}\n",
        "environment": "".join(f"{name}={value}\n" for name, value in environment.items()),
    }


def belongings(toolchains: Sequence[Toolchain]) -> str:
    """Return the file that names the folders which are programs' own, as our snapshots have it."""
    folders = dict.fromkeys(each.target for part in toolchains for each in part.overlays)
    return "".join(f"{each}\n" for each in folders)


def _fresh(overlay: Overlay) -> Bind:
    """Return where a folder that programs may change stands as it was."""
    return Bind(overlay.source, f"{ABOUT}.fresh{overlay.target}")


def _accounts(about: Bind) -> tuple[Bind, ...]:
    return tuple(Bind(f"{about.source}/{name}", f"/etc/{name}") for name in ACCOUNTS)


def _once(*binds: Bind) -> tuple[Bind, ...]:
    return tuple(dict.fromkeys(binds))
