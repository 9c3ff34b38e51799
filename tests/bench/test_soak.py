"""A short soak, as `nox -s soak` runs it: each verdict is right, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._toolchains.record import Toolchain

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.alone,
    pytest.mark.jail,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]

ROOT = Path(__file__).parents[2]
CALLER = "plain" if os.geteuid() else "root"


@pytest.mark.parametrize("provider", ["local", "daytona"])
def test_a_short_soak_is_clean(
    provider: str, jail_cache_dir: Path, python_toolchain: Toolchain
) -> None:
    command = [
        *(sys.executable, str(ROOT / "benchmarks" / "bench_soak.py"), "--dry"),
        *("--providers", provider, "--callers", CALLER, "--languages", "python"),
        *("--warm-up", "40", "--count", "60", "--rounds", "2", "--cache", str(jail_cache_dir)),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    assert ran.stdout.count(" 60 6 ") == 2
