"""Python's toolchain: a copy of the running interpreter, at its own path or a neutral one.

An interpreter finds its library through paths that were fixed when it was built: bound elsewhere, a
pyenv 3.11.7 loaded Debian's libpython and ran as 3.11.2, with nothing complaining. One from a home
folder is moved all the same, as its path says whose it is, with its paths changed; if it is then
not proven to be the same, its copy is bound where the original stands.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from daytona_validate._errors import ToolchainMissing
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._sandbox_files import contents, sandbox_files
from daytona_validate._toolchains.content_key import content_key, digest
from daytona_validate._toolchains.host_command import answer_of, program_text
from daytona_validate._toolchains.moved_prefix import (
    PLACE,
    MovedPrefix,
    neutral,
    tells_of_its_owner,
)
from daytona_validate._toolchains.record import (
    LOCAL_BIN,
    Copy,
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

SNIPPET_FILES = "/opt/python-snippet"
_SITE = sandbox_files("python_site") / "sitecustomize.py"
_NOT_COPIED = frozenset({"site-packages", "dist-packages", "tests", "test", "idle_test"})
"""The interpreter's own tests, 130 MB, are not in the reference image either."""
_SHARED_PREFIXES = ("/", "/usr", "/usr/local")
"""Prefixes that hold other things as well: of these, single files and folders are bound."""
_HIDDEN = ("/work", "/tmp", "/proc", "/dev", "/sys")  # noqa: S108 - names in the jail
"""A jail has folders of its own there."""
_FACTS_S = 60.0


def base_interpreter() -> str:
    """Return the interpreter that the virtual environment, if any, was made from."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


async def find_interpreter(host: Host) -> FoundToolchain:
    """Find the interpreter that runs this very process.

    Raises:
        ToolchainMissing: Its file is gone, as after an upgrade under a running process.
    """
    try:
        return await in_thread(lambda _: _found(host))
    except OSError as error:
        raise ToolchainMissing(
            f"The running Python, {host.executable or 'whose path is unknown'}, cannot be copied: "
            f"{error.strerror}. Start again with a Python that is still installed."
        ) from error


def _found(host: Host) -> FoundToolchain:
    executable = os.path.realpath(host.executable)
    facts = program_text(__file__, "python_facts.py").encode()
    ours = (*contents("python").values(), *contents("python_site").values(), facts)
    # Its place counts, as it may be bound there; the version tells when its library was built.
    key = content_key(
        Path(executable),
        executable=executable,
        version=host.version,
        files=digest(*ours),
        seen_at=PLACE if tells_of_its_owner(executable) else "",
    )
    return FoundToolchain(executable, key)


async def interpreter_plan(host: Host, found: FoundToolchain) -> Plan:
    """Ask the interpreter about itself and decide what to copy.

    Raises:
        ToolchainMissing: It does not answer, is not the running one, or stands where no jail
            can have it.
    """
    program = program_text(__file__, "python_facts.py")
    asked = (found.source, "-I", "-S", "-c", program)
    answer = await answer_of(asked, environment=host.library_path, timeout_s=_FACTS_S)
    if not answer.is_good:
        raise ToolchainMissing(f"{found.source} cannot tell about itself: {answer.error_text}")
    facts = json.loads(answer.stdout)
    return await in_thread(lambda _: plan_of_facts(host, found.source, facts, program))


def plan_of_facts(host: Host, executable: str, facts: dict[str, object], program: str) -> Plan:
    """Return what to copy of an interpreter that reported these facts.

    Raises:
        ToolchainMissing: It is not the running interpreter, or stands where no jail can have it.
        OSError: It cannot be read.
    """
    _refuse_another(host, executable, facts)
    prefix = str(facts["prefix"])
    is_one_folder = facts["exec_prefix"] == prefix and executable.startswith(f"{prefix}/")
    move = neutral(prefix) if is_one_folder else None
    own = None
    if not _is_hidden(prefix):
        own = _plan(host, executable, facts, program, move=MovedPrefix(prefix, prefix))
    if move is not None:
        elsewhere = _plan(host, executable, facts, program, move=move)
        expected = {**elsewhere.expected, **_changed_digests(facts, executable, move)}
        return replace(elsewhere, moved=move, otherwise=own, expected=expected)
    if own is None:
        raise ToolchainMissing(
            f"The running Python stands under {prefix}, where every sandbox has a folder "
            "of its own. Make the virtual environment with a Python that is installed elsewhere."
        )
    return own


def _changed_digests(
    facts: dict[str, object], executable: str, move: MovedPrefix
) -> dict[str, object]:
    """Return what a moved copy must report of the files in which paths are changed."""

    def changed(path: str) -> str:
        content = Path(path).read_bytes()
        if move.path(path) != path:
            content = move.content(PurePosixPath(path).name, content)
        return hashlib.sha256(content).hexdigest()

    libraries = facts["libpython"] if isinstance(facts["libpython"], dict) else {}
    return {
        "executable_sha256": changed(executable),
        "libpython": {move.path(path): changed(path) for path in map(str, libraries)},
    }


def _plan(
    host: Host, executable: str, facts: dict[str, object], program: str, *, move: MovedPrefix
) -> Plan:
    """Return what to copy, with everything below the prefix at another place."""
    prefix, target = move.new, move.path(_target(executable))
    trees = sorted({str(facts["stdlib"]), str(facts["platstdlib"])})
    mapped = foreign_libraries(host, _strings(facts["mapped_files"]), inside=trees)
    at_home = (*_library_trees(host, facts, trees), *library_copies(host, mapped))
    copies = (
        Copy(executable, target),
        *(replace(each, target=move.path(each.target)) for each in at_home),
    )
    places = tuple(each.target for each in copies[len(copies) - len(mapped) :])
    expected = {name: move.fact(value) for name, value in facts.items()} | {"executable": target}
    del expected["mapped_files"]
    alone = [each for each in copies if not _is_bound_with(prefix, each)]
    return Plan(
        version=host.version.split()[0],
        copies=copies,
        binds=(
            *(() if prefix in _SHARED_PREFIXES else (prefix,)),
            *(each.target for each in alone),
        ),
        links=(
            *((target, f"{LOCAL_BIN}/{name}") for name in ("python3", "python")),
            *alias_links(alone),
        ),
        compile_argv=(
            *(executable, "-I", "-S", "-m", "compileall", "-q", "-j", "0"),
            *("-s", "{root}", "-p", "/", *(f"{{root}}{move.path(tree)}" for tree in trees)),
        ),
        argv=("python3", "-I", "-S", "-c", program),
        expected=expected,
        libraries=places,
        environments=library_environments(places),
    )


def _refuse_another(host: Host, executable: str, facts: dict[str, object]) -> None:
    if facts["version"] != host.version:
        raise ToolchainMissing(
            f"{executable} is Python {facts['version']}, not the running {host.version}. "
            "Make the virtual environment anew."
        )


def _library_trees(host: Host, facts: dict[str, object], trees: list[str]) -> Iterator[Copy]:
    """Yield the copies of the standard library, and of what lies beside it."""
    tag = str(facts["cache_tag"])
    left_out = _NOT_COPIED | {entry for tree in trees for entry in _build_folders(tree)}
    for tree in trees:
        yield Copy(tree, tree, leaves_out=left_out, cache_tag=tag)
    yield Copy(str(_SITE), f"{facts['stdlib']}/{_SITE.name}")
    yield Copy(str(sandbox_files("python")), SNIPPET_FILES, leaves_out=frozenset({"__pycache__"}))
    for each in (*_strings(facts["tcl"]), *_strings(facts["wheels"])):
        if not host.is_provided(each):
            yield Copy(each, each)


def _strings(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


def _target(executable: str) -> str:
    """Return where the executable is bound: its own path, unless the jail's commands are there.

    From /usr/local/bin, too, an interpreter whose library is /usr/lib/python3.x finds it.
    """
    path = PurePosixPath(executable)
    return f"{LOCAL_BIN}/{path.name}" if str(path.parent) in ("/usr/bin", "/bin") else executable


def _is_bound_with(prefix: str, copy: Copy) -> bool:
    """Whether a copy is seen as a part of the interpreter's prefix, which is bound at once."""
    return prefix not in _SHARED_PREFIXES and copy.target.startswith(f"{prefix}/")


def _build_folders(tree: str) -> list[str]:
    """Return the folders of a standard library that only a C compiler needs: 50 MB and more."""
    return [path.name for path in Path(tree).glob("config-*") if path.is_dir()]


def _is_hidden(prefix: str) -> bool:
    return any(prefix == folder or prefix.startswith(f"{folder}/") for folder in _HIDDEN)


PYTHON = ToolchainRecord("python", "Python", find_interpreter, interpreter_plan)
