"""The program that runs a Python file's tests, started without a sandbox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from daytona_validate._sandbox_files import sandbox_files

PROGRAM = sandbox_files("python") / "run_tests.py"
HOLDS = "def test_holds():\n    assert 1\n\n\n"
SEAL = "5ea1"
FAILS = "def test_fails():\n    assert 0\n\n\n"


def run(
    folder: Path, code: str, *arguments: str, has_pytest: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a file's tests; without `site` there is nothing but the standard library."""
    (folder / "main.py").write_text(code)
    return subprocess.run(
        [sys.executable, "-s", *([] if has_pytest else ["-S"]), PROGRAM, "main.py", *arguments],
        cwd=folder,
        env={
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # a sandbox has none of ours
            "TESTS_SEAL": SEAL,
        },
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
