"""Java's toolchain: the JDK that JAVA_HOME names, else the one on PATH.

It is copied as a whole, 170 MB, and not bound from where it is: Debian's is full of links into
/etc, of which a jail has another one, and an upgrade under running programs would mix two JDKs.
A jail has it under /opt/java whatever its path on the host, as a JDK finds all by its own place.

Beside it stands our compiler, which is made from source by the JDK that it is for. The classes
it needs are kept in an archive that the JDK maps instead of loading them one by one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from daytona_validate._core.limits import MIB
from daytona_validate._errors import ToolchainMissing
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
from daytona_validate._toolchains.shared_libraries import (
    alias_links,
    foreign_libraries,
    library_copies,
    library_environments,
)

PREFIX = "/opt/java"
COMPILER = "/opt/snippet-compiler"
JAR = f"{COMPILER}/compiler.jar"
ARCHIVE_FOLDER = "/opt/snippet-compiler-archive"
INSTALL_JAVA = (
    "install one by `apt-get install openjdk-17-jdk-headless`; or, without root, unpack a JDK in a "
    "folder of your own and set JAVA_HOME to it"
)
OLDEST = 17
_FILES = sandbox_files("java")
_NOT_COPIED = frozenset(
    {
        *("jmods", "include", "legal", "man", "docs", "demo", "sample", "src.zip"),
        # Archives for heaps of 32 GB and more, and for headers that are not the default.
        *("classes_nocoops.jsa", "classes_coh.jsa", "classes_nocoops_coh.jsa"),
    }
)
_ANSWER_S = 60.0
_HOME = re.compile(r"\s*java\.home = (/.+)")
_RELEASE = re.compile(r'(\w+)="(.*)"')
_FEATURE = re.compile(r"(?:1\.)?(\d+)")
_MAKING = Limits(
    timeout_s=120.0,
    memory_mib=1024,
    processes=128,
    disk_mib=128,
    max_output_bytes=64 * MIB,
)


async def find_java(
    host: Host, *, sources: Callable[[str], Mapping[str, bytes]] = contents
) -> FoundToolchain:
    """Find the JDK's folder.

    Args:
        host: Where it is looked for.
        sources: Returns what our compiler is made from.

    Raises:
        ToolchainMissing: There is none, or one that is too old or has no compiler.
    """
    home = await in_thread(lambda _: _home_by_place(host.environment))
    if home is None:
        home = await _home_by_answer(host)
    return await in_thread(lambda _: _found(home, sources("java")))


def _home_by_place(environment: Mapping[str, str]) -> Path | None:
    """Return the JDK of JAVA_HOME, or the one that the compiler on PATH stands in, if it does."""
    named = environment.get("JAVA_HOME")
    if named:
        home = Path(os.path.realpath(named))
        if not _is_jdk(home):
            raise ToolchainMissing(
                f"JAVA_HOME is {named}, where no JDK of version {OLDEST} or newer is: "
                "set it to one, or unset it"
            )
        return home
    compiler = shutil.which("javac", path=environment.get("PATH", ""))
    if compiler is None:
        raise ToolchainMissing(f"No Java compiler is installed here: {INSTALL_JAVA}")
    home = Path(os.path.realpath(compiler)).parent.parent
    return home if _is_jdk(home) else None


async def _home_by_answer(host: Host) -> Path:
    """Ask the compiler itself where it is: version managers put a script in its place."""
    command = ("javac", "-J-XshowSettings:properties", "-version")
    answer = await answer_of(command, environment=host.environment, timeout_s=_ANSWER_S)
    lines = f"{answer.stdout}\n{answer.stderr}".splitlines()
    homes = (Path(found[1]) for line in lines if (found := _HOME.match(line)))
    home = next(homes, None)
    if home is None or not await in_thread(lambda _: _is_jdk(home)):
        raise ToolchainMissing(
            f"The javac on PATH is not of a JDK of version {OLDEST} or newer: {INSTALL_JAVA}"
        )
    return home


def _is_jdk(home: Path) -> bool:
    return (home / "bin/javac").is_file() and (home / "lib/modules").is_file()


def _found(home: Path, sources: Mapping[str, bytes]) -> FoundToolchain:
    release = _release(home)
    version = release.get("JAVA_VERSION", "")
    feature = _FEATURE.match(version)
    if feature is not None and int(feature[1]) < OLDEST:
        raise ToolchainMissing(
            f"{home} is Java {version}, and {OLDEST} or newer is needed: {INSTALL_JAVA}"
        )
    key = content_key(
        home / "lib/modules",
        release=digest(repr(sorted(release.items())).encode()),
        version=release.get("JAVA_RUNTIME_VERSION", version),
        compiler=digest(*sources.values()),
    )
    return FoundToolchain(str(home), key)


def _release(home: Path) -> dict[str, str]:
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return {found[1]: found[2] for line in text.splitlines() if (found := _RELEASE.match(line))}


async def java_plan(host: Host, found: FoundToolchain) -> Plan:
    """Ask Java about itself and decide what to copy and to make.

    Raises:
        ToolchainMissing: It does not run here.
    """
    program = str(_FILES / "JavaFacts.java")
    answer = await answer_of(
        (f"{found.source}/bin/java", program),
        environment=host.library_path,
        timeout_s=_ANSWER_S,
    )
    if not answer.is_good:
        raise ToolchainMissing(f"{found.source} does not run ({answer.error_text}): {INSTALL_JAVA}")
    facts = json.loads(answer.stdout)
    return await in_thread(lambda _: plan_of_facts(host, found.source, facts, contents("java")))


def plan_of_facts(
    host: Host, home: str, facts: dict[str, object], sources: Mapping[str, bytes]
) -> Plan:
    """Return what to copy and to make of a JDK that reported these facts."""
    mapped = facts.pop("mapped_files")
    libraries = foreign_libraries(host, mapped if isinstance(mapped, list) else (), inside=(home,))
    foreign = tuple(library_copies(host, libraries))
    places = tuple(each.target for each in foreign)
    copies = (Copy(home, PREFIX, leaves_out=_NOT_COPIED), *foreign)
    return Plan(
        version=str(facts["version"]),
        copies=copies,
        binds=(*(each.target for each in copies), COMPILER, ARCHIVE_FOLDER),
        links=(*_commands(), *alias_links(copies)),
        derived=tuple(
            Derived(argv=("sh", script), target=target, limits=_MAKING, files=sources)
            for script, target in (("make-jar", COMPILER), ("make-archive", ARCHIVE_FOLDER))
        ),
        argv=("java", "-cp", JAR, "JavaFacts"),
        expected=facts | {"home": PREFIX},
        libraries=places,
        environments=library_environments(places),
    )


def _commands() -> Iterator[tuple[str, str]]:
    for name in ("java", "javac", "jar"):
        yield f"{PREFIX}/bin/{name}", f"{LOCAL_BIN}/{name}"


JAVA = ToolchainRecord("java", "Java", find_java, java_plan)
