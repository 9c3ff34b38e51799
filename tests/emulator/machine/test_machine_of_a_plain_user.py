"""Machines of a plain user: the other tests, where root runs them, see root's only."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from daytona_validate._toolchains.record import Toolchain

PLAIN_USER = 61_234
"""An id that no user has: it owns nothing on this machine."""

_CHILD = """
import asyncio, json
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines

async def main():
    machines = await EmulatedMachines.start()
    machine = await machines.make("mine", memory_mib=256, disk_mib=8)
    await machine.write("/work/a/file", b"content")
    closing = "cat a/file; id -u; mkdir b; touch b/c; chmod 0 b a ."
    done = await machine.execute(closing, cwd="/work")
    filled = await machine.execute(
        "mkdir d; for n in 1 2 3 4 5; do head -c 2M /dev/zero >d/$n; done; chmod 0 d; sleep 60"
    )
    place = machines._folders._place
    owner = (place / "mine").stat().st_uid
    await machine.remove()
    left = [each.name for each in place.iterdir()]
    await machines.aclose()
    print(json.dumps([done.output.decode(), filled.limit, owner, left, place.exists()]))

asyncio.run(main())
"""


def _interpreter(toolchain: Toolchain) -> Path:
    """Return an interpreter that every user can start: this one's copy for jails."""
    beside = Path(sys.base_prefix).resolve()
    copies = [Path(bind.source) for bind in toolchain.binds if Path(bind.target) == beside]
    return (*copies, beside)[0] / "bin" / f"python3.{sys.version_info.minor}"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the plain user's alone."""
    folder = Path(tempfile.mkdtemp(prefix="daytona-validate-home-"))
    os.chown(folder, PLAIN_USER, PLAIN_USER)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user is what runs these tests already")
def test_a_plain_users_machine(python_toolchain: Toolchain, home: Path) -> None:
    packages = [each for each in sys.path if each.endswith("site-packages")]
    path = [str(Path(__file__).parents[3] / "src"), *packages]
    config = {folder for each in path for folder in Path(each).parents}
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in config):
        pytest.skip("this checkout is closed to others: run these tests as a plain user instead")
    interpreter = _interpreter(python_toolchain)
    ran = subprocess.run(
        [interpreter, "-c", _CHILD],
        env={
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join(path),
            "LD_LIBRARY_PATH": str(interpreter.parents[1] / "lib"),
        },
        user=PLAIN_USER,
        group=PLAIN_USER,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    said, limit, owner, left, is_left = json.loads(ran.stdout)
    assert (said, limit, owner) == ("content65534\n", "disk_limit", PLAIN_USER)
    assert (left, is_left) == ([], False)
