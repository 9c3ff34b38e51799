"""A failure of ours never exits with 1, which says that a snippet failed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from daytona_validate._cli.program import program

FAKE = Path(__file__).with_name("fake_command_line.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--output-format", "jsonl"), "stdout cannot be written: "),
        pytest.param(
            ("-q", "--report", "json=/dev/full"), "/dev/full: ", marks=pytest.mark.thorough
        ),
    ],
)
def test_a_full_disk_is_one_line_and_exit_code_3(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "x.py").write_text("print(1)\n")
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, FAKE, "check", "x.py", "--progress", "never", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if "--report" in options else full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            timeout=30,
            check=False,
        )
    lines = sorted(ran.stderr.splitlines())
    assert lines == ["0 sandboxes left", f"error: {words}No space left on device"]
    assert ran.returncode == 3


def test_a_bug_is_shown_with_its_traceback_and_exits_with_3(tmp_path: Path) -> None:
    """What stands in for a bug: a provider without anything that one needs."""
    file = tmp_path / "x.py"
    file.write_text("print(1)\n")
    result = CliRunner().invoke(program, ["check", str(file)], obj=object())
    assert result.exit_code == 3
    assert "Traceback (most recent call last)" in result.stderr
    assert "this is a bug of daytona-validate" in result.stderr
