"""How this program was called, so that the commands it suggests work as they are typed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath

NAME = "daytona-validate"
_MODULE = "daytona_validate"


def called_as() -> tuple[str, ...]:
    """Return the words with which this process's command line began."""
    return words_of(sys.argv[0], sys.orig_argv, os.environ)


def words_of(program: str, typed: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words that call a program again from the same folder.

    That is its name where the shell finds this very program by it; else its path as it was typed,
    such as `.venv/bin/daytona-validate`, or `python -m daytona_validate`.

    Args:
        program: As `sys.argv[0]`.
        typed: As `sys.orig_argv`: the interpreter first.
        environment: Has the search path.
    """
    path = PurePath(program)
    if path.name == "__main__.py" and path.parent.name == _MODULE and typed:
        return (typed[0], "-m", _MODULE)
    if path.stem != NAME:
        return (NAME,)  # called from Python, which has no words for a shell
    found = shutil.which(NAME, path=environment.get("PATH", ""))
    with suppress(OSError):
        if found is not None and Path(found).samefile(program):
            return (NAME,)
    return (program,)
