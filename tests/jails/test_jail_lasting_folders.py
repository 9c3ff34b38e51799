"""Folders of the host that a jail may change for good, where it is told to have them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.ceilings import Ceilings
from daytona_validate._jails.jail import (
    Base,
    Bind,
    Jail,
    JailDescriptors,
    bwrap_argv,
)
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits

NOTHING = Ceilings(
    open_files=None,
    file_blocks=None,
    cpu_s=None,
    data_kib=None,
    stack_kib=None,
    stack_ceiling_kib=None,
    processes=None,
)


def _argv(jail: Jail) -> Iterator[tuple[str, str]]:
    descriptors = JailDescriptors(status=10, block=11, seccomp=12, stdin=None, files={})
    argv = bwrap_argv(jail, base=Base(binds=(), links=()), bounds=NOTHING, descriptors=descriptors)
    return pairwise(argv[: argv.index("--")])


def test_a_lasting_folder_takes_the_place_of_the_jails_own() -> None:
    jail = Jail(argv=("true",), limits=Limits(), lasting=(Bind("/host/work", "/work"),), folder="/")
    options = list(_argv(jail))
    assert ("--bind", "/host/work") in options
    assert {b for a, b in options if a == "--tmpfs"} == {"/tmp", "/dev/shm"}
    assert [b for a, b in options if a == "--chdir"] == ["/"]


def test_a_jail_has_none_unless_told() -> None:
    options = list(_argv(Jail(argv=("true",), limits=Limits())))
    assert "--bind" not in {a for a, _ in options}
    assert [b for a, b in options if a == "--chdir"] == ["/work"]


@pytest.mark.jail
async def test_what_a_jail_writes_there_stays(jail_runner: JailRunner, open_folder: Path) -> None:
    folder = open_folder / "lasting"
    folder.mkdir(mode=0o700)
    folder.chmod(0o777)
    jail = Jail(
        argv=("sh", "-c", "echo x >file; echo y >/tmp/file; echo z >/usr/file"),
        limits=Limits(),
        lasting=(Bind(str(folder), "/work"),),
    )
    step = await jail_runner.run(jail, timeout_s=10)
    assert b"Read-only file system" in step.stderr
    assert [each.name for each in folder.iterdir()] == ["file"]
    assert (folder / "file").stat().st_uid == jail_runner.jail_id


@pytest.mark.jail
async def test_a_file_that_finds_no_room_is_the_hosts_fault(
    jail_runner: JailRunner, open_folder: Path
) -> None:
    """Nothing is run of what was written in part."""
    (open_folder / "lasting").mkdir()
    (open_folder / "lasting").chmod(0o777)
    (open_folder / "lasting" / "main.sh").symlink_to("../dev/full")
    jail = Jail(
        argv=("sh", "-c", "echo ran >ran"),
        limits=Limits(),
        lasting=(Bind(str(open_folder / "lasting"), "/work"),),
        files={"main.sh": b"exit 7\n"},
    )
    with pytest.raises(SandboxUnavailable, match="No space left on device"):
        await jail_runner.run(jail, timeout_s=10)
    assert not (open_folder / "lasting" / "ran").exists()
