"""docs/benchmarks.md, its pictures and the table of benchmarks/README.md are what is measured."""

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
    for cell in value["rows"][1][3:6]:
        cell["median"] *= 2
    result.write_text(json.dumps(value))
    shutil.copy(PAGE, tmp_path / "docs" / "benchmarks" / "nothing.svg")
    found = checked(tmp_path)
    assert found.returncode == 1
    named = re.findall(r"^(\S+) is not", found.stderr, re.MULTILINE)
    pictures = ["docs/benchmarks/local.svg", "docs/benchmarks/nothing.svg"]
    assert sorted(named) == ["benchmarks/README.md", "docs/benchmarks.md", *pictures]


def test_what_a_warm_compiler_saves_is_what_was_measured() -> None:
    rows = json.loads((ROOT / "benchmarks" / "results" / "local.json").read_text())["rows"]
    cpu_ms = {row[0]: round(row[-1]["median"]) for row in rows if row[2] == 1 and row[0] != "sql"}
    told = (ROOT / "docs" / "languages.md").read_text().replace("\n", " ")
    for title, of in (("TypeScript", "typescript"), ("Java", "java")):
        said = rf"of {title} (?:costs )?(\d+) (?:ms of CPU time )?in place of (\d+)"
        found = re.search(said, told)
        assert found, said
        assert [*map(int, found.groups())] == [cpu_ms[of], cpu_ms[f"{of}, cold"]]


def test_the_options_that_it_names_are_there() -> None:
    options = {name for each in bench.params for name in each.opts}
    named = set(re.findall(r"`(--\w+)", PAGE.read_text()))
    assert {"--json", "--svg", "--full", "--against"} == named
    assert named <= options


def test_each_picture_stands_on_the_page_and_is_there() -> None:
    shown = re.findall(r"!\[.+\]\((\S+\.svg)\)", PAGE.read_text())
    assert shown
    assert [each for each in shown if not (PAGE.parent / each).is_file()] == []
