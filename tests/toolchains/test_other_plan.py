"""A toolchain whose copy is not the host's in one place is made in another that its plan names."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.build import build_toolchain
from daytona_validate._toolchains.manifest import Manifest
from daytona_validate._toolchains.moved_prefix import MovedPrefix
from daytona_validate._toolchains.record import Copy, FoundToolchain, Host, Plan, ToolchainRecord

pytestmark = [pytest.mark.jail, pytest.mark.slow]


def _plan(source: Path, target: str) -> Plan:
    """Return a plan of a program that knows its own place, and no other."""
    return Plan(
        version="1",
        copies=(Copy(str(source), target),),
        binds=(target,),
        argv=("sh", f"{target}/program"),
        expected={"place": target},
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "somebodys-folder" / "1.0"
    folder.mkdir(parents=True)
    (folder / "program").write_text(f"""printf '{{"place": "%s"}}' {folder}""")
    return folder


async def _made(plan: Plan, runner: JailRunner, folder: Path) -> Manifest:
    async def find(_: Host) -> FoundToolchain:
        raise NotImplementedError

    async def planned(_: Host, __: FoundToolchain) -> Plan:
        return plan

    await asyncio.to_thread((folder / "root").mkdir)
    return await build_toolchain(
        ToolchainRecord("made", "Made", find, planned),
        FoundToolchain("somewhere", {}),
        folder,
        host=Host({}, "", "", ()),
        runner=runner,
        require=find,  # type: ignore[arg-type] # nothing is required
        notify=lambda _: None,
    )


async def test_one_that_is_proven_where_it_is_moved_to_stays_there(
    jail_runner: JailRunner, empty_cache: Path, program: Path
) -> None:
    moved = MovedPrefix(str(program), "/opt/py/1.0")
    plan = replace(_plan(program, moved.new), moved=moved, otherwise=_plan(program, "/opt/other"))
    plan = replace(plan, expected={"place": f"/opt/py{_filled(program)}/1.0"})
    made = await _made(plan, jail_runner, empty_cache)
    assert made.binds == ("/opt/py/1.0",)


def _filled(program: Path) -> str:
    room = len(str(program)) - len("/opt/py/1.0")
    return "/." * (room // 2) + "/" * (room % 2)


async def test_one_that_is_not_is_made_where_it_stands(
    jail_runner: JailRunner, empty_cache: Path, program: Path
) -> None:
    own = _plan(program, "/opt/own")
    own = replace(own, expected={"place": str(program)})
    plan = replace(_plan(program, "/opt/py/1.0"), otherwise=own)
    made = await _made(plan, jail_runner, empty_cache)
    assert made.binds == ("/opt/own",)
    assert not (empty_cache / "root/opt/py").exists()


async def test_one_that_is_neither_is_missing(
    jail_runner: JailRunner, empty_cache: Path, program: Path
) -> None:
    plan = replace(_plan(program, "/opt/py/1.0"), otherwise=_plan(program, "/opt/own"))
    with pytest.raises(ToolchainMissing, match="place is"):
        await _made(plan, jail_runner, empty_cache)
