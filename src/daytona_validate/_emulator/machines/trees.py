"""Measuring and removing the folders of emulated machines, whoever owns what is in them.

A plain user's machines may have users of their own, whose folders are closed to him.

To the host these users are ids that were lent to him, and only in a user namespace that has them
he is their root: so what cannot be done from outside is done in a jail over that tree, by
`trees.pl`, whose header says what it can do.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._emulator.machines.hostile_tree import (
    ENTRY_BYTES,
    MAX_DEPTH,
    UNKNOWN_BYTES,
    remove_tree,
    used_bytes,
)
from daytona_validate._emulator.machines.keeper_launch import PERL
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.jail import WORK, Bind, Jail
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from daytona_validate._reason import Reason
from daytona_validate._runtime.worker_thread import in_thread

INSIDE_S = 60.0
"""For a jail that goes through a tree: hundreds of thousands of files, on a slow disk."""

_SCRIPT = Path(__file__).with_name("trees.pl").read_text(encoding="utf-8")
_MEASURE = ("measure", str(MAX_DEPTH), str(ENTRY_BYTES), str(UNKNOWN_BYTES))


@dataclass(frozen=True, slots=True)
class Trees:
    """Tree walker: measures and removes directory trees, whoever owns what is in them.

    Args:
        runner: Starts jails.
        perl: The host's.
        ids: Of the machines; None: they have one user.
    """

    runner: JailRunner
    perl: Bind
    ids: OwnIds | None

    @property
    def needs_jails(self) -> bool:
        """Whether there may be what cannot be reached from outside: for root there is nothing."""
        return self.ids is not None and os.geteuid() != 0

    async def used_bytes(self, folder: Path) -> int:
        """Return what a tree takes of the disk; see `hostile_tree.used_bytes`.

        Raises:
            OSError: The tree could not be measured.
            SandboxLost, SandboxUnavailable: The jail that should measure it failed.
        """
        used = await in_thread(lambda sign: used_bytes(folder, sign))
        if used < UNKNOWN_BYTES or not self.needs_jails:
            return used
        return int(await self._inside(folder, *_MEASURE))

    async def remove(self, folder: Path) -> None:
        """Remove a tree in which nothing runs; nothing happens if it is not there.

        Raises:
            OSError: Something in the tree could not be removed.
        """
        try:
            await in_thread(lambda _: remove_tree(folder))
        except PermissionError:
            if not self.needs_jails:
                raise
            await self._take(folder)
            await in_thread(lambda _: remove_tree(folder))

    async def give(self, folder: Path, owner: int) -> None:
        """Give a tree of the caller's to a user of machines that have users.

        Args:
            folder: Its top, which is given as well.
            owner: Id of user and group, in the machines.

        Raises:
            SandboxLost, SandboxUnavailable: The jail that should give the tree failed.
        """
        await self._inside(folder, "give", str(owner))

    async def _take(self, folder: Path) -> None:
        try:
            await self._inside(folder, "take")
        except SandboxUnavailable as error:
            raise PermissionError(errno.EACCES, str(error), str(folder)) from error

    async def _inside(self, folder: Path, *what: str) -> str:
        jail = Jail(
            argv=(PERL, "-e", _SCRIPT, *what),
            limits=Limits(),
            binds=(self.perl,),
            lasting=(Bind(str(folder), WORK),),
            ids=self.ids,
            folder="/",
        )
        step = await self.runner.run(jail, timeout_s=INSIDE_S)
        if step.exit_code != 0:
            said = step.stderr.decode("utf-8", "replace").strip() or step.limit or "it was ended"
            raise SandboxUnavailable(
                f"The folder of an emulated machine could not be walked: {said}.",
                reason=Reason.HOST_FAILED,
            )
        return step.stdout.decode()
