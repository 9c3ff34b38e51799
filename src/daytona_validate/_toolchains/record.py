"""The values that a toolchain is made of, from the host's files to what a jail binds."""

from __future__ import annotations

import importlib.util
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._jails.jail import Bind, Overlay
from daytona_validate._models import Limits
from daytona_validate._toolchains.moved_prefix import MovedPrefix

LOCAL_BIN = "/usr/local/bin"
"""First on a jail's PATH, and empty but for the commands of toolchains."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A language's commands, ready to be bound into a jail."""

    name: str
    version: str
    """As the toolchain reported it from inside a jail."""
    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]
    """Symbolic links of the jail: (what it points to, where it stands)."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    overlays: tuple[Overlay, ...] = ()
    """Folders that a program may change, as it sees them."""
    identity: str = ""
    """Name of its folder in the cache; another one after the host's toolchain has changed."""


def installed_package(name: str) -> Path | None:
    """Return the folder of a package of this interpreter, found without importing it."""
    found = importlib.util.find_spec(name)
    folders = found.submodule_search_locations if found is not None else None
    return Path(next(iter(folders))) if folders else None


@dataclass(frozen=True, slots=True)
class Host:
    """Search context of a toolchain: the environment and the interpreter of this process."""

    environment: Mapping[str, str]
    """Of the caller; it goes to programs of the caller's own, never into a jail."""
    executable: str
    """The running interpreter, or the one that its virtual environment was made from; perhaps
    a symbolic link."""
    version: str
    """The running interpreter's `sys.version`."""
    library_folders: tuple[str, ...]
    """Folders of the host's libraries, of which every jail has copies at the same path."""
    left_out: tuple[str, ...] = ()
    """Paths of what stands in them and no jail has."""
    package_folder: Callable[[str], Path | None] = installed_package
    """Of a wheel that brings a toolchain along; None: it is not installed."""

    @property
    def library_path(self) -> dict[str, str]:
        """The part of the environment that a program of the host may need to start."""
        name = "LD_LIBRARY_PATH"
        return {name: self.environment[name]} if name in self.environment else {}

    def is_provided(self, path: str) -> bool:
        """Whether every jail has this file without our doing."""
        return self.is_among_libraries(path) and not any(
            path == each or path.startswith(f"{each}/") for each in self.left_out
        )

    def is_among_libraries(self, path: str) -> bool:
        """Whether a file is in a folder of libraries, to which no jail can add anything."""
        return any(path.startswith(f"{folder}/") for folder in self.library_folders)


@dataclass(frozen=True, slots=True)
class FoundToolchain:
    """A toolchain on the host, before anything is copied."""

    source: str
    """Path of what was found, for people and for the key."""
    key: Mapping[str, str | int]
    """What must be unchanged for a prepared copy to be trusted."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file or folder of the host and its place in the jail."""

    source: str
    target: str
    """Absolute path in the jail; the copy stands at the same path under the cache's `root`."""
    leaves_out: frozenset[str] = frozenset()
    """Names of files and folders, anywhere in the tree, that are not copied."""
    cache_tag: str | None = None
    """If given, only compiled files of this interpreter are taken from `__pycache__`."""
    aliases: tuple[str, ...] = ()
    """More names of the file in the same folder, made as symbolic links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A folder that the toolchain makes itself, once, in a jail, as a warm cache."""

    argv: tuple[str, ...]
    """Writes the folder's content to stdout, as a tar archive."""
    target: str
    """Absolute path in the jail; it stands at the same path under the cache's `root`."""
    limits: Limits
    """Of the jail; `timeout_s` bounds the making, and `max_output_bytes` the archive."""
    has_network: bool = False
    """Whether it reaches npm's registry; it then needs Python, too."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Path in the jail's work folder to content."""
    owned_by_jails: bool = False
    """Whether the id that runs jails must own it, with nobody else let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Build plan: what is to be copied, where it appears, and what a jail then must report."""

    version: str
    copies: tuple[Copy, ...]
    binds: tuple[str, ...]
    """Absolute paths in the jail that are bound from the copy."""
    links: tuple[tuple[str, str], ...] = ()
    overlays: tuple[str, ...] = ()
    """Absolute paths in the jail that are seen writable, over the copy."""
    derived: tuple[Derived, ...] = ()
    """Made after copying, in this order; each is made with those before it in place."""
    compile_argv: tuple[str, ...] = ()
    """Run on the host after copying, `{root}` being the copy; its failure does not matter."""
    argv: tuple[str, ...]
    """What asks the toolchain, in a jail, for its facts as one JSON object."""
    expected: Mapping[str, object]
    """The facts that a jail must report: those of the host. Others may be reported too."""
    libraries: tuple[str, ...] = ()
    """Files that must be among the fact `mapped_files`, if the program reports it: a library
    of the same name from elsewhere would be another one."""
    environments: tuple[Mapping[str, str], ...] = ({},)
    """Tried in order; the first under which the facts agree is the toolchain's."""
    requires: tuple[str, ...] = ()
    """Toolchains without which it cannot be made or proven, beside those that its record needs."""
    moved: MovedPrefix | None = None
    """What of the copy names a place that jails see elsewhere, and is changed."""
    otherwise: Plan | None = None
    """What is made if the copy of this one is not the host's toolchain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRecord:
    """A toolchain's library that is made in parts, as programs ask for them."""

    title: str
    """For people."""
    target: str
    """Absolute path in the jail."""
    argv: tuple[str, ...]
    """As that of `Derived`; names of parts are appended, at least one, or `whole`. What is there
    already stands under `target`: of that only what is new is written."""
    whole: str
    """Names all parts."""
    least: str
    """Names the part that every program has; it is asked for with all others."""
    known: Callable[[Path], frozenset[str]]
    """From a prepared toolchain to the names of parts; it reads files."""
    made: Callable[[Path], frozenset[str]]
    """From a prepared library to the parts in it; it reads files."""
    shared: str
    """Folder of the library whose files never change: what grows from it has them as well."""
    proof: tuple[str, ...]
    """Asks the library, in a jail, for its facts as one JSON object; parts are appended."""
    expected: Callable[[str, frozenset[str]], Mapping[str, object]]
    """From the toolchain's version and the parts asked for to the facts that must be reported."""
    limits: Limits


@dataclass(frozen=True, slots=True)
class ToolchainRecord:
    """One toolchain: how it is found, and what is to be done with it."""

    name: str
    title: str
    find: Callable[[Host], Awaitable[FoundToolchain]]
    """Must be fast: it runs once per process.

    Raises `ToolchainMissing` with the line that installs it.
    """
    plan: Callable[[Host, FoundToolchain], Awaitable[Plan]]
    """Asks the toolchain on the host; only before it is copied."""
    needs: tuple[str, ...] = ()
    """Toolchains without which its programs do not run; whoever has it has them as well."""
    library: LibraryRecord | None = None
