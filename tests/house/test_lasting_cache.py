"""What a session of tests prepares for jails stays where DAYTONA_TEST_CACHE says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS_A_JAIL = "tests/jails/test_jail_self_test.py::test_the_report_of_a_real_jail_is_good"


def session(cache: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", NEEDS_A_JAIL],
        cwd=ROOT,
        env={**os.environ, "DAYTONA_TEST_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def made_when(cache: Path) -> dict[Path, int]:
    """Return what is prepared, without the marks of when that was last used."""
    return {path: path.stat().st_mtime_ns for path in cache.glob("commands/[!.]*")}


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
def test_a_session_leaves_what_it_prepared_for_the_next(open_folder: Path) -> None:
    first = session(open_folder)
    assert first.returncode == 0, first.stdout
    prepared = made_when(open_folder)
    assert prepared
    assert session(open_folder).returncode == 0
    assert made_when(open_folder) == prepared


@pytest.mark.thorough
@pytest.mark.slow
def test_a_folder_that_others_can_write_is_refused(open_folder: Path) -> None:
    open_folder.chmod(0o777)
    refused = session(open_folder)
    assert refused.returncode != 0
    assert "can be written by others, who could change what is run" in refused.stdout
