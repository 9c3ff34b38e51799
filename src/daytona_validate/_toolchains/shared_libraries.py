"""Shared libraries of a toolchain that no jail has by itself: which, and under what names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from daytona_validate._toolchains.record import Copy, Host

ELSEWHERE = "/opt/libraries"
"""Where jails have what stands in a folder of the host's libraries and is in no jail's copy."""


def foreign_libraries(host: Host, mapped: Iterable[str], *, inside: Iterable[str]) -> list[str]:
    """Return the mapped files that are neither in a library folder nor copied anyway.

    Args:
        host: Knows the library folders of every jail.
        mapped: Real paths, as `/proc/self/maps` names them.
        inside: Folders that are copied as a whole.
    """
    folders = tuple(f"{folder}/" for folder in inside)
    return [path for path in mapped if not path.startswith(folders) and not host.is_provided(path)]


def library_copies(host: Host, libraries: Iterable[str]) -> Iterator[Copy]:
    """Yield a copy of each library, under all names it has in its folder.

    It has its own path in the jail if there can be one. The dynamic loader asks for a library's
    short name (`libfoo.so.1`), which is a link.
    """
    for path in libraries:
        place = f"{ELSEWHERE}/{PurePosixPath(path).name}"
        target = place if host.is_among_libraries(path) else path
        yield Copy(path, target, aliases=tuple(_aliases(Path(path))))


def alias_links(copies: Iterable[Copy]) -> Iterator[tuple[str, str]]:
    """Yield the links of a jail that give single bound files their other names.

    Bound once more under each name, a library would be another file to the kernel's maps.
    """
    for each in copies:
        path = PurePosixPath(each.target)
        yield from ((path.name, str(path.with_name(alias))) for alias in each.aliases)


def library_environments(libraries: Iterable[str]) -> tuple[Mapping[str, str], ...]:
    """Return the environments under which the copied libraries may be found, best first.

    A library that the host found through its loader's cache or LD_LIBRARY_PATH, and not through
    a path in the program, needs the second. It is not the first, as it would also change which
    libraries other programs of the jail load.

    Args:
        libraries: Paths in the jail.
    """
    folders = sorted({os.path.dirname(path) for path in libraries})  # noqa: PTH120 - text only
    return ({}, {"LD_LIBRARY_PATH": ":".join(folders)}) if folders else ({},)


def _aliases(library: Path) -> Iterator[str]:
    for entry in library.parent.iterdir():
        if entry.is_symlink() and os.path.realpath(entry) == str(library):
            yield entry.name
