"""What a toolchain makes itself before it can serve: a warm cache, an empty database.

It is made in a jail like a snippet's, and comes out of it as an archive on stdout, for no jail
can write to the host.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Stage, Step
from daytona_validate._reason import Reason
from daytona_validate._runtime.worker_thread import StopSign, in_thread
from daytona_validate._toolchains.archive import (
    BadArchive,
    archive_file,
    extract,
)
from daytona_validate._toolchains.installers import telling
from daytona_validate._toolchains.package_index.index_door import index_door
from daytona_validate._toolchains.package_index.package_index import package_index
from daytona_validate._toolchains.prepared_folder import (
    binds_of,
    mirrored,
    open_to_all,
    overlays_of,
)
from daytona_validate._toolchains.record import Derived, Plan, Toolchain

_LINE_BYTES = 32
_OFFLINE = " (check the network and the proxy variables; it is needed once for this machine)"
_PROGRESS = re.compile(rb"(\d{1,6})/(\d{1,6})")


async def derive(
    derived: Derived,
    plan: Plan,
    folder: Path,
    *,
    runner: JailRunner,
    title: str,
    required: Sequence[Toolchain] = (),
    environment: Mapping[str, str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Make one folder, and put it into a toolchain's copy.

    Args:
        derived: What to make.
        plan: The toolchain; of what it binds, only what is there already is bound.
        folder: The copy.
        runner: Starts the jail.
        title: The toolchain's name for people.
        required: Toolchains that it needs to run.
        environment: Of the caller, where an index of packages and proxies may be named.
        on_progress: Told how many parts of how many are made, by lines that come before the
            archive and one that says `archive`; None: there are no such lines.

    Raises:
        ToolchainMissing: It could not be made: the toolchain is not what it should be.
        SandboxUnavailable: No jail could be started, or the network was needed and not there.
        OSError: It could not be written.
    """
    archive = folder / "derived.tar"
    jail = await in_thread(lambda _: _jail(derived, plan, folder, required))
    entered = _entered(derived, jail, folder, runner, environment or {})
    async with entered as jail_of_run, archive_file(archive) as received:
        step = await runner.run(
            jail_of_run,
            stage=Stage.SETUP,
            timeout_s=derived.limits.timeout_s,
            on_stdout=received if on_progress is None else after_progress(received, on_progress),
        )
    if step.exit_code != 0:
        raise derive_failure(derived, step, title)
    target = mirrored(folder, derived.target)
    try:
        await in_thread(lambda sign: _put(archive, target, sign))
    except BadArchive as error:
        raise ToolchainMissing(f"{title} made no {derived.target}: {error}") from error
    await in_thread(lambda _: _settle(derived, target, runner.jail_id))


def after_progress(
    received: Callable[[bytes], None], on_progress: Callable[[int, int], None]
) -> Callable[[bytes], None]:
    """Return what takes lines such as `12/58` and `archive`, in chunks, and passes on the rest."""
    line = bytearray()
    has_begun = False

    def take(chunk: bytes) -> None:
        nonlocal has_begun
        while chunk and not has_begun:
            head, ending, chunk = chunk.partition(b"\n")
            line.extend(head[: _LINE_BYTES - len(line)])
            if ending:
                has_begun = bytes(line) == b"archive"
                told = _PROGRESS.fullmatch(line)
                if told is not None:
                    on_progress(int(told[1]), int(told[2]))
                line.clear()
        if chunk:
            received(chunk)

    return take


def _jail(derived: Derived, plan: Plan, folder: Path, required: Sequence[Toolchain]) -> Jail:
    def there(targets: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in targets if mirrored(folder, each).exists())

    return Jail(
        argv=derived.argv,
        limits=derived.limits,
        binds=(
            *(bind for each in required for bind in each.binds),
            *binds_of(folder, there(plan.binds)),
        ),
        overlays=overlays_of(folder, there(plan.overlays)),
        links=(*(link for each in required for link in each.links), *plan.links),
        environment={k: v for each in required for k, v in each.environment.items()}
        | dict(plan.environments[-1])
        | dict(derived.environment),
        files=derived.files,
    )


@asynccontextmanager
async def _entered(
    derived: Derived,
    jail: Jail,
    folder: Path,
    runner: JailRunner,
    environment: Mapping[str, str],
) -> AsyncIterator[Jail]:
    """Hold the jail with its way to npm's registry, if what is made needs one."""
    if not derived.has_network:
        yield jail
        return
    index = package_index("npm", environment)
    async with index_door(folder, index, environment, is_jails=runner.is_of_jails) as door:
        named = {"npm_config_registry": index.url}
        yield door.of(replace(jail, environment={**jail.environment, **named}))


def _put(archive: Path, target: Path, sign: StopSign) -> None:
    target.mkdir(parents=True, exist_ok=True)
    extract(archive, target, sign)
    archive.unlink()


def _settle(derived: Derived, target: Path, jail_id: int) -> None:
    if not derived.owned_by_jails:
        open_to_all(target)
        return
    # A group that a jail does not know keeps it from making files in such a folder.
    group_id = jail_id if os.geteuid() == 0 else -1
    for parent, _, names in os.walk(target):
        for path, mode in ((parent, 0o700), *((f"{parent}/{name}", 0o600) for name in names)):
            if not Path(path).is_symlink():
                os.chown(path, jail_id, group_id)
                Path(path).chmod(mode)


def derive_failure(derived: Derived, step: Step, title: str) -> SandboxUnavailable:
    """Return what is to be raised for a folder that could not be made; the step says why."""
    said = telling(step.stderr.decode("utf-8", "replace"))
    reason = said or step.limit or f"exit code {step.exit_code}"
    if derived.has_network:
        return SandboxUnavailable(
            f"{title} could not be installed from the network: {reason}{_OFFLINE}",
            reason=Reason.NO_TOOLCHAIN,
        )
    return ToolchainMissing(f"{title} could not make {derived.target} in a sandbox: {reason}")
