"""The same toolchains for the bare side: found where the local provider copied them from.

Only TypeScript's compiler, which no machine is expected to have, is the provider's own copy.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._bench.bare_postgres import postgres_server
from daytona_validate._bench.bare_runs import Bare
from daytona_validate._bench.processes import NotMeasured
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._providers.local import LocalProvider
from daytona_validate._settings import Settings
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.prune import Installed
from daytona_validate._toolchains.toolchains import Toolchains
from daytona_validate._toolchains.typescript import PACKAGES


@dataclass(frozen=True, slots=True)
class Here:
    """Where the toolchains are on this machine."""

    installed: dict[str, Installed]
    folder: Path
    """Empty, and kept until the end."""
    kept: ExitStack
    """Ends what is started for all programs of the run."""

    def source(self, toolchain: str) -> Path:
        """Return what the local provider copied: a program, or a folder.

        Raises:
            NotMeasured: It is there no more.
        """
        found = self.installed[toolchain]
        source = Path(found.source)
        if not source.exists():
            raise NotMeasured(
                f"{toolchain} was copied from {source}, which is gone, so that it cannot run bare; "
                f"remove {found.path} to have it prepared anew"
            )
        return source


async def installed_toolchains(
    languages: Sequence[str], settings: Settings
) -> dict[str, Installed]:
    """Prepare what the languages need, and return where it came from."""
    provider = LocalProvider(settings)
    try:
        toolchains = await provider.toolchains()
        names = [LANGUAGES[language].toolchain for language in languages]
        if "typescript" in names:
            names.append("node")
        return {name: await _installed(toolchains, name) for name in names}
    finally:
        await provider.aclose()


async def _installed(toolchains: Toolchains, name: str) -> Installed:
    prepared = await toolchains.prepare(name)
    return next(each for each in toolchains.installed() if each.path.name == prepared.identity)


def python(here: Here) -> tuple[Bare, ...]:
    """Run in an empty virtual environment, as a jail has no installed packages either.

    Start-up files of packages (`.pth`) can take longer than Python itself.
    """
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    subprocess.run([base, "-m", "venv", "--without-pip", here.folder / "empty"], check=True)
    interpreter = str(here.folder / "empty" / "bin" / "python3")
    environment = LANGUAGES["python"].environment
    return (Bare("python3", "main.py", ((interpreter, "-s", "main.py"),), environment),)


def javascript(here: Here) -> tuple[Bare, ...]:
    """Run the file, and nothing else."""
    return (Bare("node", "index.js", ((str(here.source("node")), "index.js"),)),)


def typescript(here: Here) -> tuple[Bare, ...]:
    """Check and emit with the compiler itself, not by its wrapper in JavaScript (40 ms more)."""
    packages = mirrored(here.installed["typescript"].path, PACKAGES)
    compiler = (str(packages / "typescript/lib/tsc"), "--strict", "--skipLibCheck")
    output = ("--target", "es2022", "--module", "commonjs")
    modules = here.folder / "node_modules"  # as npm leaves them
    shutil.copytree(packages / "types", modules / "@types")
    shutil.copytree(packages / "undici-types", modules / "undici-types")
    types = ("--types", "node", "--typeRoots", str(modules / "@types"))
    compile_it = (*compiler, *output, *types, "index.ts")
    return (Bare("tsc + node", "index.ts", (compile_it, (str(here.source("node")), "index.js"))),)


def java(here: Here) -> tuple[Bare, ...]:
    """Compile and run with default flags, in two processes and in one."""
    programs = here.source("java") / "bin"
    compiler, machine = str(programs / "javac"), str(programs / "java")
    return (
        Bare("javac + java", "Main.java", ((compiler, "Main.java"), (machine, "Main"))),
        Bare("java Main.java", "Main.java", ((machine, "Main.java"),)),
    )


def go(here: Here) -> tuple[Bare, ...]:
    """Run with a cache of its own, warm as soon as one program has run."""
    command = (str(here.source("go") / "bin/go"), "run", "main.go")
    folders = {"GOCACHE": "go-cache", "GOPATH": "go-path", "HOME": "go-home"}
    environment = {name: str(here.folder / folder) for name, folder in folders.items()}
    return (Bare("go run", "main.go", (command,), environment),)


def sql(here: Here) -> tuple[Bare, ...]:
    """Make a database for each program on one server that is already running, and drop it."""
    source = here.source("postgres")
    address = here.kept.enter_context(postgres_server(source.parent))
    psql = (str(source.with_name("psql")), "-X", "-q", "-v", "ON_ERROR_STOP=1")
    database = "program_{number}"
    commands = (
        (*psql, "-c", f"CREATE DATABASE {database}"),
        (*psql, "-d", database, "-f", "query.sql"),
        (*psql, "-c", f"DROP DATABASE {database}"),
    )
    return (Bare("psql on one server", "query.sql", commands, address),)


BARE: dict[str, Callable[[Here], tuple[Bare, ...]]] = {
    "python": python,
    "javascript": javascript,
    "typescript": typescript,
    "java": java,
    "go": go,
    "sql": sql,
}
