"""The programs of docs/operations.md print what the page says, and its lists are the code's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._observe.telemetry import DURATION_BOUNDS_S
from documented import ROOT, Fence, fences

PAGE = ROOT / "docs" / "operations.md"
PROGRAMS = [each for each in fences(PAGE) if each.language == "python"]


def test_there_are_programs() -> None:
    assert len(PROGRAMS) == 2


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: f"line {each.line}")
def test_a_program_prints_what_the_page_says(
    program: Fence, tmp_path: Path, clean_environment: None
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program.code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == program.printed


def test_the_metrics_on_the_page_are_those_of_the_code() -> None:
    source = (ROOT / "src/daytona_validate/_observe/telemetry.py").read_text()
    made = re.findall(r'(?:\{_NAME\}\.|meter, ")([a-z._]+)",', source)
    attributes = {"language", "provider", "outcome", "fault"}
    told = re.findall(r"^\| `daytona_validate\.([a-z.]+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(told) == sorted(set(made) - attributes)


def test_the_buckets_on_the_page_are_those_of_the_code() -> None:
    assert [1000 * each for each in DURATION_BOUNDS_S[:7]] == [5, 10, 25, 50, 100, 250, 500]
    assert list(DURATION_BOUNDS_S[7:]) == [1, 2.5, 5, 10, 30, 60, 120, 300, 600]
