"""docs/benchmarks.md and its pictures are what their command writes from the result files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._cli.bench import bench

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"


def checked(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "benchmarks" / "page.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_page_is_what_the_results_say() -> None:
    found = checked(ROOT)
    assert found.returncode == 0, f"{found.stderr}\nrun: python benchmarks/page.py"


@pytest.mark.slow
def test_another_result_another_page(tmp_path: Path) -> None:
    """The check finds a figure that was changed, and a picture that nothing stands behind."""
    for folder in ("benchmarks", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    result = tmp_path / "benchmarks" / "results" / "local.json"
    value = json.loads(result.read_text())
    value["rows"][1][3]["median"] *= 2
    result.write_text(json.dumps(value))
    shutil.copy(PAGE, tmp_path / "docs" / "benchmarks" / "nothing.svg")
    found = checked(tmp_path)
    assert found.returncode == 1
    named = re.findall(r"^docs/(\S+) is not", found.stderr, re.MULTILINE)
    assert named == ["benchmarks.md", "benchmarks/local.svg", "benchmarks/nothing.svg"]


def test_the_options_that_it_names_are_there() -> None:
    options = {name for each in bench.params for name in each.opts}
    named = set(re.findall(r"`(--\w+)", PAGE.read_text()))
    assert {"--json", "--svg", "--full", "--against"} == named
    assert named <= options


def test_each_picture_stands_on_the_page_and_is_there() -> None:
    shown = re.findall(r"!\[.+\]\((\S+\.svg)\)", PAGE.read_text())
    assert shown
    assert [each for each in shown if not (PAGE.parent / each).is_file()] == []
