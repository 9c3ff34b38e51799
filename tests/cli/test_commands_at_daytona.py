"""The commands as a user calls them, with Daytona's API on loopback in Daytona's place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._emulator.threaded import ThreadedEmulator

PREPARING_S = 600
"""The first use on a machine prepares the toolchains."""

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(PREPARING_S)]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(daytona: ThreadedEmulator, tmp_path: Path) -> Command:
    """Run a command in an empty folder; keyword arguments are settings."""

    def run(line: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "daytona_validate", *line.split()],
            cwd=tmp_path,
            env=os.environ | daytona.emulator.environment | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.thorough
@pytest.mark.network
def test_doctor_passes_its_six_cases(command: Command) -> None:
    settings = {"DAYTONA_PACKAGES__PYTHON": "numpy"}
    built = command("snapshots build python javascript", **settings)
    assert built.returncode == 0, built.stderr
    ran = command("doctor --provider daytona", **settings)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.endswith("Total: 6/6\n")


@pytest.mark.thorough
def test_doctor_says_which_command_its_numpy_case_lacks(command: Command) -> None:
    assert command("snapshots delete --outdated").returncode == 0  # another test's with numpy
    assert command("snapshots build python javascript").returncode == 0
    ran = command("doctor --provider daytona")
    assert ran.returncode == 3
    assert "DAYTONA_PACKAGES__PYTHON=numpy daytona-validate snapshots build python" in ran.stdout
    assert ran.stdout.endswith("Total: 5/6\n")


@pytest.mark.thorough
def test_doctor_without_a_key_has_no_verdict_but_the_fallback(command: Command) -> None:
    ran = command("doctor --provider daytona", DAYTONA_API_KEY="")
    assert ran.returncode == 3
    assert "Code validation unavailable - API key not configured" in ran.stdout
    assert "PASS         Without a key, the fallback answers" in ran.stdout
    assert ran.stdout.endswith("Total: 1/6\n")


@pytest.mark.thorough
def test_a_language_without_its_snapshot_names_the_command_that_builds_it(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "query.sql").write_text("select 1;\n")
    ran = command("run query.sql", DAYTONA_MEMORY_MIB="3000")
    assert ran.returncode == 3
    assert "`daytona-validate snapshots build sql`" in ran.stdout + ran.stderr


def test_check_makes_fewer_sandboxes_and_says_what_they_came_to(
    command: Command, daytona: ThreadedEmulator, tmp_path: Path
) -> None:
    (tmp_path / "all.jsonl").write_text('{"code": "print(1)", "language": "python"}\n' * 8)
    before = daytona.emulator.counts
    ran = command("check all.jsonl -j 2 --snippets-per-sandbox 4 --output-format jsonl")
    assert ran.returncode == 0, ran.stderr
    *results, summary = map(json.loads, ran.stdout.splitlines())
    counts = daytona.emulator.counts
    created = counts.created - before.created
    assert (counts.deleted - before.deleted, summary["sandboxes"]["created"]) == (created, created)
    assert summary["sandboxes"]["sandbox_seconds"] > 0
    assert len({(each["sandbox_id"], each["sandbox_use"]) for each in results}) == 8
    # Without users of their own nothing is kept apart; root's emulator always has some.
    is_shared = 2 <= created < 8
    assert is_shared or (os.geteuid() != 0 and "used for one snippet" in ran.stderr)
