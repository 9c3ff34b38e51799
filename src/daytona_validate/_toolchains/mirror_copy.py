"""Copy a toolchain's files to where a jail's id can read them, their time stamps unchanged.

A changed mtime invalidates every compiled file beside its source, and made Python six times
slower to start.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from daytona_validate._runtime.worker_thread import StopSign
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import Copy

_COMPILED_FOLDER = "__pycache__"


def copy_all(copies: Sequence[Copy], folder: Path, sign: StopSign) -> None:
    """Copy files and trees under a prepared folder's root; symbolic links become what they name.

    Raises:
        OSError: Something could not be read or written; the message names it.
    """
    for each in copies:
        target = mirrored(folder, each.target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(each.source).is_dir():
            _copy_tree(each.source, target, each, sign)
        else:
            _copy_file(each.source, target, sign)
        for alias in each.aliases:
            target.with_name(alias).symlink_to(target.name)


def _copy_tree(source: str, target: Path, rules: Copy, sign: StopSign) -> None:
    target.mkdir(exist_ok=True)
    is_compiled = rules.cache_tag is not None and target.name == _COMPILED_FOLDER
    ending = f".{rules.cache_tag}.pyc" if is_compiled else ""
    with os.scandir(source) as entries:
        wanted = [e for e in entries if e.name not in rules.leaves_out and e.name.endswith(ending)]
    for entry in wanted:
        if entry.is_dir():
            _copy_tree(entry.path, target / entry.name, rules, sign)
        elif entry.is_file():  # neither a dangling link nor a socket
            _copy_file(entry.path, target / entry.name, sign)


def _copy_file(source: str, target: Path, sign: StopSign) -> None:
    sign.heed()
    shutil.copy2(source, target)
