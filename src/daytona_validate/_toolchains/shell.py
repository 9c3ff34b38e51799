"""The commands that every jail has, as a toolchain, for languages that need nothing more.

There is nothing to copy: it is only asked for its version, which is bash's, as `sh` has none.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from daytona_validate._errors import ToolchainMissing
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._toolchains.content_key import content_key, digest
from daytona_validate._toolchains.host_command import answer_of
from daytona_validate._toolchains.record import (
    FoundToolchain,
    Host,
    Plan,
    ToolchainRecord,
)

SEARCH_PATH = "/usr/bin:/bin"
"""Where a jail's commands are copied from."""
_ANSWER_S = 10.0
_FACTS = """\
version=$(bash -c 'echo "${BASH_VERSION%%(*}"' 2>/dev/null) || version=unknown
printf '{"version": "%s"}' "$version"
"""
_ASK = ("sh", "-c", _FACTS)


async def find_shell(host: Host, *, search_path: str = SEARCH_PATH) -> FoundToolchain:
    """Find the shells that jails have copies of.

    Raises:
        ToolchainMissing: There is not even `sh`.
    """
    del host
    return await in_thread(lambda _: _shells(search_path))


def _shells(search_path: str) -> FoundToolchain:
    found = {name: shutil.which(name, path=search_path) for name in ("sh", "bash")}
    paths = {name: Path(path).resolve() for name, path in found.items() if path is not None}
    if "sh" not in paths:
        raise ToolchainMissing(f"This host has no sh in {search_path}.")
    source = paths.get("bash", paths["sh"])
    return FoundToolchain(str(source), content_key(source, sh=digest(paths["sh"].read_bytes())))


async def shell_plan(host: Host, found: FoundToolchain, *, search_path: str = SEARCH_PATH) -> Plan:
    """Ask the shell for its version.

    Raises:
        ToolchainMissing: It does not run here.
    """
    answer = await answer_of(
        _ASK, environment={"PATH": search_path} | host.library_path, timeout_s=_ANSWER_S
    )
    if not answer.is_good:
        raise ToolchainMissing(f"{found.source} does not run ({answer.error_text}).")
    facts = json.loads(answer.stdout)
    return Plan(version=facts["version"], copies=(), binds=(), argv=_ASK, expected=facts)


SHELL = ToolchainRecord("shell", "the shell", find_shell, shell_plan)
