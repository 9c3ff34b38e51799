"""The installers of packages, as toolchains of their own: pip and npm.

They are bound only into the jail that installs; a snippet never sees them. What they say when they
fail is brought down to the line that tells most.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import sysconfig
from pathlib import Path

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.wheels import install_line
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._toolchains.content_key import content_key, listing_digest
from daytona_validate._toolchains.node import WHEEL as NODE_WHEEL
from daytona_validate._toolchains.record import (
    Copy,
    FoundToolchain,
    Host,
    Plan,
    ToolchainRecord,
)

PIP_FOLDER = "/opt/pip"
NPM_FOLDER = "/opt/npm"

_PIP_FACTS = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); import pip; "
    "import pip._internal.cli.main; "
    "sys.stdout.write(json.dumps({'version': pip.__version__}))"
)
_NPM_FACTS = (
    "require('/opt/npm/lib/npm.js');"
    "process.stdout.write(JSON.stringify({version: require('/opt/npm/package.json').version}))"
)
_SHOWN_LENGTH = 200
_TELLING = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"connection broken by '(.*)': \S+$",
        r"^npm (?:error|ERR!) .*failed, reason: (.*)$",
        r"^npm (?:error|ERR!) (?:404|notarget) +(.*(?:could not be found|No matching version).*)$",
        r"^ERROR: (No matching distribution.*|.*conflict.*)$",
        r"^ERROR: (.*)$",
        r"^npm (?:error|ERR!) (?!A complete log|code )(.*\S.*)$",
        r"^(.*\S.*)$",
    )
)
"""The last match of the first that matches tells most."""


async def find_pip(host: Host) -> FoundToolchain:
    """Find the pip of this environment, else the one that came with the interpreter.

    Raises:
        ToolchainMissing: There is neither.
    """
    del host
    return await in_thread(lambda _: _pip())


def _pip() -> FoundToolchain:
    spec = importlib.util.find_spec("pip")
    if spec is not None and spec.origin is not None:
        return _found(Path(spec.origin), importlib.metadata.version("pip"))
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is not None and ensurepip.origin is not None:
        # Debian and Fedora keep the wheels that Python comes with in a folder of the system's.
        system_wheels = sysconfig.get_config_var("WHEEL_PKG_DIR")
        bundled = Path(ensurepip.origin).parent / "_bundled"
        for folder in (bundled, *([Path(system_wheels)] if system_wheels else [])):
            for wheel in sorted(folder.glob("pip-*.whl")):
                return _found(wheel, wheel.name.split("-")[1])
    raise ToolchainMissing(
        f"pip, which installs packages, is not installed here: {install_line('local')}"
    )


async def pip_plan(host: Host, found: FoundToolchain) -> Plan:
    """Copy the package's folder, or the wheel as it is: Python imports from both."""
    del host
    source = Path(found.source)
    is_wheel = source.suffix == ".whl"
    target = f"{PIP_FOLDER}/{source.name if is_wheel else 'pip'}"
    return Plan(
        version=str(found.key["version"]),
        copies=(Copy(str(source if is_wheel else source.parent), target),),
        binds=(PIP_FOLDER,),
        argv=("python3", "-I", "-c", _PIP_FACTS, pip_path(found.source)),
        expected={"version": found.key["version"]},
        environments=({"PYTHONPATH": pip_path(found.source)},),
        requires=("python",),
    )


def pip_path(source: str) -> str:
    """Return what a jail's `sys.path` needs for `import pip`."""
    return f"{PIP_FOLDER}/{Path(source).name}" if source.endswith(".whl") else PIP_FOLDER


async def find_npm(host: Host) -> FoundToolchain:
    """Find the npm that belongs to the Node of this host.

    Raises:
        ToolchainMissing: There is none.
    """
    return await in_thread(lambda _: _npm(host))


def _npm(host: Host) -> FoundToolchain:
    folder = host.package_folder(NODE_WHEEL)
    candidates = [folder / "lib/node_modules/npm"] if folder is not None else []
    command = shutil.which("npm", path=host.environment.get("PATH", ""))
    if command is not None:
        candidates.append(Path(os.path.realpath(command)).parent.parent)
    for each in candidates:
        description = each / "package.json"
        if description.is_file() and (each / "bin/npm-cli.js").is_file():
            version = json.loads(description.read_text(encoding="utf-8"))["version"]
            return _found(description, str(version))
    raise ToolchainMissing(
        f"npm, which installs packages, is not installed here: {install_line('javascript')}"
    )


async def npm_plan(host: Host, found: FoundToolchain) -> Plan:
    """Copy npm's folder, its own dependencies included."""
    del host
    return Plan(
        version=str(found.key["version"]),
        copies=(
            Copy(
                str(Path(found.source).parent),
                NPM_FOLDER,
                leaves_out=frozenset({"docs", "man", "test"}),
            ),
        ),
        binds=(NPM_FOLDER,),
        argv=("node", "-e", _NPM_FACTS),
        expected={"version": found.key["version"]},
        requires=("node",),
    )


def _found(path: Path, version: str) -> FoundToolchain:
    files = "" if path.suffix == ".whl" else listing_digest(path.parent)
    return FoundToolchain(
        str(path), content_key(path, name=path.name, version=version, files=files)
    )


def telling(said: str) -> str:
    """Return the line of an installer's output that tells most, without control characters."""
    for pattern in _TELLING:
        found = pattern.findall(said)
        if found:
            line = "".join(c if c.isprintable() else " " for c in found[-1].strip().rstrip("."))
            return line if len(line) <= _SHOWN_LENGTH else line[: _SHOWN_LENGTH - 1] + "…"
    return ""


PIP = ToolchainRecord("pip", "pip", find_pip, pip_plan)
NPM = ToolchainRecord("npm", "npm", find_npm, npm_plan)
