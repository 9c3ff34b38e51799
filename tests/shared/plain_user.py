"""A program of the tests run as a plain user, where root runs them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daytona_validate._toolchains.record import Toolchain

PLAIN_USER = 61_234
"""An id that no user has: it owns nothing on this host."""
_SOURCE = Path(__file__).parents[2] / "src"

only_as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="a plain user is what runs these tests already"
)


@contextmanager
def home_of_plain_user() -> Iterator[Path]:
    """Make a folder of the plain user's alone."""
    folder = Path(tempfile.mkdtemp(prefix="daytona-validate-home-"))
    os.chown(folder, PLAIN_USER, PLAIN_USER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def printed_as_plain_user(program: str, python: Toolchain, *, home: Path) -> bytes:
    """Return what a program printed, run with this package by a copy of this interpreter.

    The test is skipped where a plain user cannot come to the package.
    """
    packages = [each for each in sys.path if each.endswith("site-packages")]
    path = [str(_SOURCE), *packages]
    if not all(_can_be_entered(each) for each in path):
        pytest.skip("this checkout is closed to others: run these tests as a plain user instead")
    interpreter = _interpreter(python)
    ran = subprocess.run(
        [interpreter, "-c", program],
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
    return ran.stdout


def _can_be_entered(path: str) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in Path(path).parents)


def _interpreter(python: Toolchain) -> Path:
    """Return an interpreter that every user can start: this one's copy for jails."""
    program = Path("bin", f"python3.{sys.version_info.minor}")
    copies = [Path(bind.source) for bind in python.binds if Path(bind.source, program).is_file()]
    return (*copies, Path(sys.base_prefix).resolve())[0] / program
