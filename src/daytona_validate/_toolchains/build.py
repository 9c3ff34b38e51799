"""Copy one toolchain into an empty folder and prove the copy."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from daytona_validate._jails.runner import JailRunner
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._toolchains.derive import derive
from daytona_validate._toolchains.host_command import answer_of
from daytona_validate._toolchains.manifest import Manifest
from daytona_validate._toolchains.mirror_copy import copy_all
from daytona_validate._toolchains.overlays import seen_here
from daytona_validate._toolchains.prepared_folder import (
    ROOT,
    binds_of,
    mirrored,
    open_to_all,
    overlays_of,
    size_bytes,
    witness,
)
from daytona_validate._toolchains.proof import proven_environment
from daytona_validate._toolchains.record import (
    Found,
    Host,
    Plan,
    Toolchain,
    ToolchainRecord,
)

LAYOUT = 1
"""Raise it when what is copied, or where it goes, changes."""
COMPILE_S = 120.0


def toolchain_key(found: Found) -> dict[str, str | int]:
    """Return what a prepared copy must have been made from to be trusted."""
    return {"layout": LAYOUT, **found.key}


async def build_toolchain(
    record: ToolchainRecord,
    found: Found,
    folder: Path,
    *,
    host: Host,
    runner: JailRunner,
    require: Callable[[str], Awaitable[Toolchain]],
    notify: Callable[[str], None],
) -> Manifest:
    """Fill a folder with a toolchain's copy, prove it, and return its description.

    Args:
        record: The toolchain.
        found: What its `find` returned.
        folder: Empty, but for the folder of the copy.
        host: This machine.
        runner: Starts the jail of the proof.
        require: Prepares another toolchain that this one needs.
        notify: Told in a line of text what takes time.

    Raises:
        ToolchainMissing: It does not run here, or its copy is not what it should be.
        OSError: It could not be read or written.
    """
    notify(f"Preparing {record.title} from {found.source}, once for this machine")
    started_s = time.monotonic()
    plan = await record.plan(host, found)
    await in_thread(lambda sign: copy_all(plan.copies, folder, sign))
    await _compile(plan, folder, host)
    await in_thread(lambda _: open_to_all(folder))
    required = [await require(name) for name in plan.requires]
    for each in plan.derived:
        await derive(each, plan, folder, runner=runner, title=record.title, required=required)
    overlays = await seen_here(runner, overlays_of(folder, plan.overlays))
    environment = await proven_environment(
        runner,
        plan,
        binds_of(folder, plan.binds),
        title=record.title,
        required=required,
        overlays=overlays,
    )
    size = await in_thread(lambda _: size_bytes(folder))
    took_s = time.monotonic() - started_s
    notify(f"Prepared {record.title} {plan.version}: {size / 1e6:.0f} MB in {took_s:.1f} s")
    return Manifest(
        name=record.name,
        version=plan.version,
        source=found.source,
        key=toolchain_key(found),
        binds=plan.binds,
        links=plan.links,
        overlays=plan.overlays,
        environment=environment,
        witnesses=await in_thread(lambda _: _witnesses(plan, folder)),
    )


async def _compile(plan: Plan, folder: Path, host: Host) -> None:
    if plan.compile_argv:
        argv = [each.replace("{root}", str(folder / ROOT)) for each in plan.compile_argv]
        await answer_of(argv, environment=host.library_path, timeout_s=COMPILE_S)


def _witnesses(plan: Plan, folder: Path) -> dict[str, tuple[int, int]]:
    single = [each.target for each in plan.copies if mirrored(folder, each.target).is_file()]
    seen = {target: witness(folder, target) for target in single}
    return {target: status for target, status in seen.items() if status is not None}
