"""Copy one toolchain into an empty folder and prove the copy.

Files are copied to where a jail's id can read them, their time stamps unchanged: a changed mtime
invalidates every compiled file beside its source, and made Python six times slower to start.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.copied_file import copied_file
from daytona_validate._jails.runner import JailRunner
from daytona_validate._runtime.worker_thread import StopSign, in_thread
from daytona_validate._toolchains.derive import derive
from daytona_validate._toolchains.host_command import answer_of
from daytona_validate._toolchains.manifest import Manifest
from daytona_validate._toolchains.moved_prefix import settle
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
    Copy,
    FoundToolchain,
    Host,
    Plan,
    Toolchain,
    ToolchainRecord,
)

LAYOUT = 1
"""Raise it when what is copied, or where it goes, changes."""
COMPILE_S = 120.0
_COMPILED_FOLDER = "__pycache__"


def toolchain_key(found: FoundToolchain) -> dict[str, str | int]:
    """Return what a prepared copy must have been made from to be trusted."""
    return {"layout": LAYOUT, **found.key}


async def build_toolchain(
    record: ToolchainRecord,
    found: FoundToolchain,
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
        host: This host.
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
    making = _Making(record.title, folder, host, runner, require)
    try:
        environment = await _made(plan, making)
    except ToolchainMissing:
        if plan.otherwise is None:
            raise
        plan = plan.otherwise
        await in_thread(lambda _: _empty(folder))
        environment = await _made(plan, making)
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


@dataclass(frozen=True, slots=True)
class _Making:
    """Where a toolchain is made, and with what."""

    title: str
    folder: Path
    host: Host
    runner: JailRunner
    require: Callable[[str], Awaitable[Toolchain]]


async def _made(plan: Plan, making: _Making) -> Mapping[str, str]:
    """Copy and make what a plan says, and prove it; return the environment that it needs."""
    folder, runner, title = making.folder, making.runner, making.title
    await in_thread(lambda sign: copy_all(plan.copies, folder, sign))
    if plan.moved is not None:
        move = plan.moved
        await in_thread(lambda _: settle(mirrored(folder, move.new), move))
    await _compile(plan, folder, making.host)
    await in_thread(lambda _: open_to_all(folder))
    required = [await making.require(name) for name in plan.requires]
    for each in plan.derived:
        await derive(
            each,
            plan,
            folder,
            runner=runner,
            title=title,
            required=required,
            environment=making.host.environment,
        )
    overlays = await seen_here(runner, overlays_of(folder, plan.overlays))
    return await proven_environment(
        runner,
        plan,
        binds_of(folder, plan.binds),
        title=title,
        required=required,
        overlays=overlays,
    )


def _empty(folder: Path) -> None:
    shutil.rmtree(folder / ROOT)
    (folder / ROOT).mkdir()


async def _compile(plan: Plan, folder: Path, host: Host) -> None:
    if plan.compile_argv:
        argv = [each.replace("{root}", str(folder / ROOT)) for each in plan.compile_argv]
        await answer_of(argv, environment=host.library_path, timeout_s=COMPILE_S)


def _witnesses(plan: Plan, folder: Path) -> dict[str, tuple[int, int]]:
    single = [each.target for each in plan.copies if mirrored(folder, each.target).is_file()]
    seen = {target: witness(folder, target) for target in single}
    return {target: status for target, status in seen.items() if status is not None}


def copy_all(copies: Sequence[Copy], folder: Path, sign: StopSign) -> None:
    """Copy files and trees under a prepared folder's root; symbolic links become what they name.

    Raises:
        OSError: Something could not be read or written; the message names it.
    """
    for each in copies:
        target = mirrored(folder, each.target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(each.source).is_dir():
            _copy_tree(each.source, str(target), each, sign)
        else:
            _copy_file(each.source, str(target), sign)
        for alias in each.aliases:
            target.with_name(alias).symlink_to(target.name)


def _copy_tree(source: str, target: str, rules: Copy, sign: StopSign) -> None:
    Path(target).mkdir(exist_ok=True)
    is_compiled = rules.cache_tag is not None and Path(target).name == _COMPILED_FOLDER
    ending = f".{rules.cache_tag}.pyc" if is_compiled else ""
    with os.scandir(source) as entries:
        wanted = [e for e in entries if e.name not in rules.leaves_out and e.name.endswith(ending)]
    for entry in wanted:
        if entry.is_dir():
            _copy_tree(entry.path, f"{target}/{entry.name}", rules, sign)
        elif entry.is_file():  # neither a dangling link nor a socket
            _copy_file(entry.path, f"{target}/{entry.name}", sign)


def _copy_file(source: str, target: str, sign: StopSign) -> None:
    sign.heed()
    try:
        copied_file(source, target)
    except FileExistsError:  # a file of ours takes the place of one that was copied
        Path(target).unlink()
        copied_file(source, target)
