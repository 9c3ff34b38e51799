"""Third-party packages for snippets: installed once, outside any snippet's run, then read-only.

They are installed in a jail of their own, which reaches their index but has no network, no host
files, environment or credentials. What it hands over is a stream of bytes, read within bounds and
unpacked by us.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._core.package_names import canonical_packages, packages_refusal
from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage
from daytona_validate._reason import Reason
from daytona_validate._runtime.single_flight import SingleFlight
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._sandbox_files import contents
from daytona_validate._toolchains.archive import (
    BadArchive,
    archive_file,
    extract,
)
from daytona_validate._toolchains.certificates import named_certificates
from daytona_validate._toolchains.host_command import program_text
from daytona_validate._toolchains.manifest import MADE_FOR, Manifest
from daytona_validate._toolchains.package_index.index_door import index_door
from daytona_validate._toolchains.package_index.package_index import PackageIndex, package_index
from daytona_validate._toolchains.packages.failure import (
    MAX_SIZE_BYTES,
    PackageMissing,
    install_failure,
)
from daytona_validate._toolchains.prepared_folder import (
    Prepared,
    mirrored,
    prepared_folder,
)
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains

LAYOUT = 2
"""Raise it when what is installed, or where it goes, changes."""
FAILURES_LAST_S = 300.0
"""An unreachable index takes minutes to fail; each of a thousand snippets would."""
_LIMITS = Limits(
    memory_mib=2048,
    processes=256,
    open_files=1024,
    disk_mib=1536,  # what is downloaded and what is unpacked, side by side
    max_output_bytes=MAX_SIZE_BYTES,
)


@dataclass(frozen=True, slots=True)
class PreparedPackages:
    """What a jail needs so that a snippet finds its packages."""

    binds: tuple[Bind, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSetup:
    """How the packages of one language are installed and found."""

    installer: str
    """Name of a toolchain, and of a record in `package_install.py`."""
    runtime: str
    """Toolchain for which they are installed; another build of it needs other packages."""
    target: str
    """Where a snippet sees them."""
    certificate_variables: tuple[str, ...]
    files: str | None = None
    """Folder of `_sandbox_files` with what the installer needs in its work folder."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


_NPM = PackageSetup(
    installer="npm",
    runtime="node",
    target="/node_modules",  # where require(), import and TypeScript's compiler look at last
    certificate_variables=("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"),
    files="npm",
)

SETUPS: dict[str, PackageSetup] = {
    "python": PackageSetup(
        installer="pip",
        runtime="python",
        target="/opt/packages",  # as in `sitecustomize.py`, which has Python look there last
        certificate_variables=("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
        environment={
            # One thread: numpy would start one for each core, against the limit of processes.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        },
    ),
    "javascript": _NPM,
    "typescript": _NPM,
}


def packages_key(
    language: str, names: tuple[str, ...], runtime_identity: str, index: PackageIndex
) -> dict[str, str | int]:
    """Return what the prepared folder of a list of packages is known by.

    Args:
        language: The language's name in the table.
        names: Canonical, and not empty.
        runtime_identity: The `identity` of the prepared toolchain that they are for.
        index: Where they come from.
    """
    return {
        "layout": LAYOUT,
        "language": language,
        "packages": json.dumps(names),
        "index": index.url,
        MADE_FOR: runtime_identity,
    }


class Packages:
    """Package cache: installs each list of packages once per host (single flight).

    Args:
        cache_dir: An existing folder of ours that jails can enter.
        runner: Starts the jails in which packages are installed.
        toolchains: Of the same cache.
        on_notice: Told in a line of text what takes time, and which package cannot be had; None:
            nobody is told.
        timeout_s: For installing one list.
    """

    def __init__(
        self,
        cache_dir: Path,
        runner: JailRunner,
        toolchains: Toolchains,
        on_notice: Callable[[str], None] | None = None,
        *,
        timeout_s: float = 120.0,
    ) -> None:
        self._timeout_s = timeout_s
        self._cache_dir = cache_dir
        self._runner = runner
        self._toolchains = toolchains
        self._on_notice = on_notice
        self._prepared: SingleFlight[tuple[str, tuple[str, ...]], PreparedPackages] = SingleFlight(
            failures_last_s=FAILURES_LAST_S, clock=time.monotonic
        )

    async def prepare(self, language: str, names: tuple[str, ...]) -> PreparedPackages:
        """Return the packages of a list, installed if they are not yet.

        One that does not exist is told to `on_notice`, and the others are installed all the same,
        if there are any: only what imports it lacks it.

        Args:
            language: The language's name in the table.
            names: Names, or names with a version; empty needs nothing.

        Raises:
            ToolchainMissing: The list is refused, too large, or its packages exclude each other.
                The environment's fault.
            SandboxUnavailable: The index cannot be reached, or the like. Not retryable.
        """
        if not names:
            return PreparedPackages()
        refusal = packages_refusal(language, names)
        if refusal is not None:
            raise ToolchainMissing(
                f"The list of packages is refused: {refusal}.", reason=Reason.NO_PACKAGES
            )
        wanted = canonical_packages(names)
        return await self._prepared.get(
            (language, wanted), lambda: self._available(language, SETUPS[language], wanted)
        )

    async def _available(
        self, language: str, setup: PackageSetup, names: tuple[str, ...]
    ) -> PreparedPackages:
        """Return the packages without those that an installer says do not exist."""
        while names:
            try:
                return await self._prepare(language, setup, names)
            except PackageMissing as missing:
                names = tuple(name for name in names if name != missing.name)
                self._notify(f"Installing without {missing.name}: {missing}")
        return PreparedPackages()

    async def _prepare(
        self, language: str, setup: PackageSetup, names: tuple[str, ...]
    ) -> PreparedPackages:
        runtime = await self._toolchains.prepare(setup.runtime)
        index = package_index(setup.installer, self._toolchains.host.environment)
        key = packages_key(language, names, runtime.identity, index)

        async def build(folder: Path) -> Manifest:
            await self._install(language, setup, names, folder, index)
            return Manifest(
                name=f"packages-{language}",
                version="",
                source=" ".join(names),
                key=key,
                binds=(setup.target,),
                environment=setup.environment,
            )

        try:
            prepared = await prepared_folder(
                self._cache_dir, f"packages-{language}", key, build, uses=self._runner.uses
            )
        except (OSError, BadArchive) as error:
            raise SandboxUnavailable(
                f"The {language} packages {', '.join(names)} could not be stored in "
                f"{self._cache_dir}: {error}",
                reason=Reason.HOST_FAILED,
            ) from error
        return _packages(prepared)

    async def _install(
        self,
        language: str,
        setup: PackageSetup,
        names: tuple[str, ...],
        folder: Path,
        index: PackageIndex,
    ) -> None:
        if index.remark:
            self._notify(index.remark)
        self._notify(f"Installing {language} packages, once for this machine: {', '.join(names)}")
        needed = dict.fromkeys((setup.runtime, "python", setup.installer))
        toolchains = [await self._toolchains.prepare(name) for name in needed]
        jail = await in_thread(lambda _: self._jail(setup, names, toolchains, index))
        archive = folder / "archive.tar"
        environment, is_jails = self._toolchains.host.environment, self._runner.is_of_jails
        door_of = index_door(folder, index, environment, is_jails=is_jails)
        async with door_of as door, archive_file(archive) as receive:
            step = await self._runner.run(
                door.of(jail), stage=Stage.SETUP, timeout_s=self._timeout_s, on_stdout=receive
            )
        failure = install_failure(
            *(language, names, step),
            timeout_s=self._timeout_s,
            refused=door.refused,
            unreachable=door.unreachable,
        )
        if failure is not None:
            raise failure
        await in_thread(lambda sign: extract(archive, mirrored(folder, setup.target), sign))
        await in_thread(lambda _: archive.unlink())

    def _jail(
        self,
        setup: PackageSetup,
        names: tuple[str, ...],
        toolchains: list[Toolchain],
        index: PackageIndex,
    ) -> Jail:
        host = self._toolchains.host
        certificates = named_certificates(host.environment, setup.certificate_variables)
        files = {} if setup.files is None else contents(setup.files)
        return Jail(
            argv=(
                *("python3", "-s", "-c", program_text(__file__, "package_install.py")),
                *(setup.installer, setup.target, index.url, *names),
            ),
            limits=_LIMITS,
            binds=tuple(bind for each in toolchains for bind in each.binds),
            links=tuple(link for each in toolchains for link in each.links),
            environment={k: v for each in toolchains for k, v in each.environment.items()},
            files=files | ({} if certificates is None else {"ca.pem": certificates}),
        )

    def _notify(self, line: str) -> None:
        if self._on_notice is not None:
            self._on_notice(line)


def _packages(prepared: Prepared) -> PreparedPackages:
    return PreparedPackages(prepared.binds, prepared.manifest.environment)
