from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

LONGEST_S = 60.0
"""A program that takes longer hangs."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def program(folder: Path) -> Run:
    """Run a program of a user's in a process of its own, in the working folder."""

    def run(
        code: str, *, options: tuple[str, ...] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DAYTONA_")}
        return subprocess.run(
            [sys.executable, "-W", "error", *options, "-c", code],
            cwd=folder,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )

    return run


@pytest.fixture
def script(program: Run) -> Run:
    """Run a program that begins with `users_program.py`."""
    beginning = Path(__file__).with_name("users_program.py").read_text()
    return lambda code, **more: program(beginning + code, **more)


@pytest.fixture
def says(script: Run) -> Callable[..., str]:
    """Run such a program, which ends well and without a complaint; return what it says."""

    def run(code: str, **more: Any) -> str:
        done = script(code, **more)
        assert (done.stderr, done.returncode) == ("", 0)
        return done.stdout

    return run
