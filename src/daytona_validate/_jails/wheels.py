"""Whether pip finds the wheels of the extras on this Linux, and what to say where it does not.

A marker of a dependency tells the system and the processor, but not the C library: with another one
pip ends in a wall of "No matching distribution". So what asks for an extra says it first.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MACHINES = ("x86_64", "aarch64")
"""As in the markers of `pyproject.toml`."""
OLDEST_GLIBC = (2, 28)
"""As in the tags of bubblewrap's wheels, `manylinux_2_28`."""


def install_line(extra: str) -> str:
    """Return the command that installs an extra where this process's own packages are."""
    pip = pip_of(sys.executable, search=os.environ.get("PATH", ""), prefix=f"{_folder()}{os.sep}")
    return f"{pip} install 'daytona-validate[{extra}]'"


def pip_of(python: str, *, search: str, prefix: str) -> str:
    """Return the words that call an interpreter's own pip.

    Args:
        python: The interpreter: that of a virtual environment is often not the shell's own.
        search: The search path, on which `pip` may be another one.
        prefix: Of paths that are shown without it: the working folder.
    """
    own, found = Path(python).with_name("pip"), shutil.which("pip", path=search)
    with suppress(OSError):
        if found is not None and own.samefile(found):
            return "pip"
    words = [str(own)] if own.exists() else [python, "-m", "pip"]
    return shlex.join([words[0].removeprefix(prefix), *words[1:]])


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - a text is all that is asked for
    except FileNotFoundError:  # it is gone, and no path begins with it
        return ""


def wheels_refusal(machine: str, glibc: str | None) -> str | None:
    """Return, as one sentence, that a Linux gets no wheels; None: it gets them.

    Args:
        machine: Its processor, as `platform.machine()` names it.
        glibc: The version of its C library; None: it has another one, such as Alpine's musl.
    """
    if machine not in MACHINES:
        found = f"the processor {machine} (it has some for {' and '.join(MACHINES)})"
    elif glibc is None:
        found = "a C library that is not glibc, such as Alpine's musl"
    elif _release(glibc) < OLDEST_GLIBC:
        found = f"glibc {glibc} (it has some for {'.'.join(map(str, OLDEST_GLIBC))} and newer)"
    else:
        return None
    return (
        f"pip has no sandboxes for {found}: use a Debian or Ubuntu, for instance in a container, "
        "or Daytona's sandboxes (DAYTONA_API_KEY)."
    )


def refusal_here() -> str | None:
    """Return what `wheels_refusal` says of the Linux that this process runs on."""
    return wheels_refusal(platform.machine(), glibc_version(os.confstr))


def glibc_version(ask: Callable[[str], str | None]) -> str | None:
    """Return what a function like `os.confstr` tells of glibc; None: it is another C library."""
    try:
        name, _, version = (ask("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (ValueError, OSError):  # musl does not know the question
        return None
    return version if name == "glibc" and version else None


def _release(version: str) -> tuple[int, ...]:
    numbers = version.split(".")[:2]
    return tuple(int(each) for each in numbers if each.isdecimal())
