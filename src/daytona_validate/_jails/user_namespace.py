"""A user namespace with subordinate ids, made for one jail of a plain user's.

Bubblewrap could make it and wait for its maps; but if we are killed while the helpers write these,
bubblewrap dies with us and leaves a child that waits for it for ever (0.11). So a process that ends
with us makes it, and bubblewrap joins it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.id_maps import map_by_helpers
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.worker_thread import in_thread

DESCRIPTOR = 9
"""Descriptor of the namespace in bubblewrap, which leaves it open; every shell can close 9."""
EXTRA_PROCESSES = 2
"""Processes in the namespace that are not the jail's: its holder, and bubblewrap."""
CLOSING_S = 10.0

# A word once it is there, and an end as soon as nobody is at the other end of its stdin. If we were
# killed, bubblewrap has been as well, and may have left a child in its group.
_SCRIPT = 'echo; read -r group && ! read -r _ && kill -s KILL -- "-$group"'
HOLDER = ("unshare", "--user", "sh", "-c", _SCRIPT)
_JOIN = f'exec {DESCRIPTOR}<"$0" && exec "$@"'


@asynccontextmanager
async def namespace_to_join(jail: Jail, *, run_as: int | None) -> AsyncIterator[Namespace | None]:
    """Hold a namespace with a jail's ids, if root does not give it any.

    Args:
        jail: What is to be run.
        run_as: Whom root runs it as; None: the caller is not root.

    Yields:
        The namespace; None: there is none to join.

    Raises:
        SandboxUnavailable: The system, or a helper, refuses it.
    """
    ids = jail.ids
    if ids is None or run_as is not None:
        yield None
        return
    namespace = Namespace()
    try:
        await in_thread(lambda _: namespace.start(ids))
        yield namespace
    finally:
        await finish(asyncio.to_thread(namespace.end), grace_s=CLOSING_S)


def joining_argv(path: str) -> tuple[str, ...]:
    """Return what to put before the command line of a bubblewrap that is to join a namespace."""
    return ("/bin/sh", "-c", _JOIN, path)


class Namespace:
    """A user namespace, and the process that holds it.

    Args:
        holder: Makes it, and ends with us.
    """

    def __init__(self, holder: tuple[str, ...] = HOLDER) -> None:
        self._holder = holder
        self._popen: subprocess.Popen[bytes] | None = None
        self.path = ""
        """Path of the namespace's file."""

    def start(self, ids: OwnIds) -> None:
        """Make it, and have its maps written."""
        try:
            self._popen = subprocess.Popen(
                self._holder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin"},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxUnavailable(
                f"A sandbox could not get ids of its own: {error}.", reason=Reason.NO_ISOLATION
            ) from error
        if self._popen.stdout is None or not self._popen.stdout.read(1):
            raise SandboxUnavailable(
                "A sandbox could not get ids of its own: unshare failed.",
                reason=Reason.NO_ISOLATION,
            )
        map_by_helpers(ids, pid=self._popen.pid)
        self.path = f"/proc/{self._popen.pid}/ns/user"

    def end_with_us(self, group: int) -> None:
        """Have a group of processes killed if we are."""
        if self._popen is not None and self._popen.stdin is not None:
            os.set_blocking(self._popen.stdin.fileno(), False)
            with suppress(BrokenPipeError):  # somebody else has killed it
                os.write(self._popen.stdin.fileno(), b"%d\n" % group)

    def end(self) -> None:
        """End it; nothing happens if it was never started."""
        if self._popen is not None:
            self._popen.kill()
            with self._popen:  # closes the pipes, and waits
                pass
