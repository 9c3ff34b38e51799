"""TypeScript's toolchain: its own compiler, esbuild and Node's types, installed from npm.

No host is expected to have them. They are pinned with hashes in a lock file without addresses,
so that they come from wherever this host's npm finds packages, and are always the same ones.
Node itself, which runs what they make, is a toolchain of its own.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping

from daytona_validate._errors import ToolchainMissing
from daytona_validate._models import Limits
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._sandbox_files import contents, sandbox_files
from daytona_validate._sandbox_files.typescript_lock import lock_files, pinned_versions
from daytona_validate._toolchains.certificates import named_certificates
from daytona_validate._toolchains.content_key import digest
from daytona_validate._toolchains.record import (
    Copy,
    Derived,
    FoundToolchain,
    Host,
    Plan,
    ToolchainRecord,
)

PREFIX = "/opt/typescript"
PACKAGES = f"{PREFIX}/packages"
"""Everything that is installed; beside it stand our own scripts."""
_FILES = sandbox_files("typescript")
_INSTALL_S = 180.0
_LIMITS = Limits(
    timeout_s=_INSTALL_S,
    memory_mib=1024,
    processes=256,
    open_files=1024,
    disk_mib=256,  # what is downloaded in one folder, what is unpacked in another: 45 MB
    max_output_bytes=128 * 1024 * 1024,
)
_CERTIFICATES = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
_PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}
"""As the kernel names them, to npm's names: those that the lock file has programs for."""
_SHA256 = {
    "x64": {
        "tsc": "4f2de678286401759b3fb4475bafe35b8f32b4b3a07d92642bbf37eadc9b34a4",
        "esbuild": "e1698a3d5c6c0798fee4fd3b5cc816651f460c63d390a7a26ea4beb0b1884100",
    },
    "arm64": {
        "tsc": "f86e8070c267b12d6c119bf567cb82d8b245e9d93da1864bc7c603cea10a8b2f",
        "esbuild": "90bd269553d258e80b19e3ccab4f98f0831f87442a2f056510ce24fd1b425fc2",
    },
}
"""Of the two programs in the versions of the lock file; npm's own hashes are of its archives."""


async def find_typescript(
    _: Host, *, sources: Callable[[str], Mapping[str, bytes]] = contents
) -> FoundToolchain:
    """Return what is pinned; nothing of it needs to be on this host.

    Raises:
        ToolchainMissing: The compiler is not published for this kind of host.
    """
    return await in_thread(lambda _: _found(platform.machine(), sources("typescript")))


def _found(machine: str, scripts: Mapping[str, bytes]) -> FoundToolchain:
    processor = _PROCESSORS.get(machine)
    if processor is None:
        raise ToolchainMissing(
            f"TypeScript's compiler is installed on {' and '.join(_PROCESSORS)} only, "
            f"and this host is {machine}; run TypeScript with --provider daytona."
        )
    versions = pinned_versions(processor)
    source = f"npm (typescript {versions['typescript']}, esbuild {versions['esbuild']})"
    files = digest(*scripts.values())
    return FoundToolchain(source, {"processor": processor, "files": files})


async def typescript_plan(host: Host, found: FoundToolchain) -> Plan:
    """Decide what to install; it is done in a jail, with network and without host files."""
    return await in_thread(lambda _: plan_of_lock(host, found))


def plan_of_lock(host: Host, found: FoundToolchain) -> Plan:
    """Return what to install, and what the installed programs must report."""
    processor = str(found.key["processor"])
    versions, hashes = pinned_versions(processor), _SHA256[processor]
    certificates = named_certificates(host.environment, _CERTIFICATES)
    files = lock_files(processor) | ({} if certificates is None else {"ca.pem": certificates})
    return Plan(
        version=versions["typescript"],
        copies=(Copy(str(_FILES), PREFIX),),
        binds=(PREFIX,),
        derived=(
            Derived(
                argv=("sh", f"{PREFIX}/install"),
                target=PACKAGES,
                limits=_LIMITS,
                has_network=True,
                files=files,
            ),
        ),
        argv=("sh", f"{PREFIX}/proof"),
        expected={
            "tsc": {"version": f"Version {versions['typescript']}", "sha256": hashes["tsc"]},
            "esbuild": {"version": versions["esbuild"], "sha256": hashes["esbuild"]},
            "types": versions["types"],
        },
        requires=("node", "npm", "python"),
    )


TYPESCRIPT = ToolchainRecord(
    "typescript", "TypeScript", find_typescript, typescript_plan, needs=("node",)
)
