"""Folders that jails may change as they see them, for each id under which a jail may run.

Over a file that belongs to an id which a jail does not know nothing can be written, not even in
an overlay. So each id has a copy of its own, made when it is first needed.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from daytona_validate._jails.cache_folder import published
from daytona_validate._jails.jail import Overlay
from daytona_validate._runtime.worker_thread import StopSign

_TREE = "tree"
"""In a folder that is whole or not there; the copy itself keeps the modes that it needs."""


def owned_by(overlays: tuple[Overlay, ...], number: int, sign: StopSign) -> tuple[Overlay, ...]:
    """Return overlays whose files belong to an id; call it in a thread.

    Raises:
        OSError: A copy could not be made.
    """
    return tuple(replace(each, source=_owned(each, number, sign)) for each in overlays)


def _owned(overlay: Overlay, number: int, sign: StopSign) -> str:
    if overlay.copies is None or Path(overlay.source).stat().st_uid == number:
        return overlay.source
    name = f"{number}{overlay.target.replace('/', '-')}"

    def heeding(_: str, __: list[str]) -> tuple[()]:
        sign.heed()
        return ()

    def build(aside: Path) -> None:
        shutil.copytree(overlay.source, aside / _TREE, symlinks=True, ignore=heeding)
        for parent, _, names in os.walk(aside / _TREE):
            for path in (parent, *(f"{parent}/{name}" for name in names)):
                os.chown(path, number, number, follow_symlinks=False)

    return str(published(Path(overlay.copies, name), build) / _TREE)
