"""Folders that jails may change as they see them, for each id under which a jail may run.

Over a file that belongs to an id which a jail does not know nothing can be written, not even in
an overlay. So each id has a copy of its own, made when it is first needed, beside the original.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from daytona_validate._providers.local.jails.jail import Overlay


def owned_by(overlays: tuple[Overlay, ...], number: int) -> tuple[Overlay, ...]:
    """Return overlays whose files belong to an id; call it in a thread, and while holding the id.

    Raises:
        OSError: A copy could not be made.
    """
    return tuple(replace(each, source=str(_owned(Path(each.source), number))) for each in overlays)


def remove_copies(original: Path) -> None:
    """Remove what was copied of a folder, for when nothing runs that has it."""
    for each in original.parent.glob(f"{original.name}.[0-9]*"):
        shutil.rmtree(each)


def _owned(original: Path, number: int) -> Path:
    if original.stat().st_uid == number:
        return original
    copy = original.with_name(f"{original.name}.{number}")
    if copy.is_dir():
        return copy
    aside = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(original, aside, symlinks=True)
    for parent, _, names in os.walk(aside):
        for path in (parent, *(f"{parent}/{name}" for name in names)):
            os.chown(path, number, number, follow_symlinks=False)
    return aside.rename(copy)
