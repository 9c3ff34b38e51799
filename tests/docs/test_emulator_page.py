"""What docs/emulator.md says is what the emulator does. To write its tables anew:

PYTHONPATH=tests/shared python tests/docs/test_emulator_page.py
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._cli.emulator import PORT, emulator
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.faults.fault_kinds import MEANINGS, FaultKind
from daytona_validate._emulator.faults.fault_plan import InjectedFault, faults_from
from daytona_validate._emulator.operations import AREAS, ROUTES
from documented import ROOT, table, write_table

PAGE = ROOT / "docs" / "emulator.md"


def kinds() -> str:
    lines = ["| Kind | What the client sees |", "| - | - |"]
    return "\n".join([*lines, *(f"| `{kind}` | {MEANINGS[kind]} |" for kind in FaultKind)]) + "\n"


def operations() -> str:
    lines = ["| Operation | Request |", "| - | - |"]
    lines += [
        f"| `{name}` | `{route.method} {AREAS[route.area]}{route.path}` |"
        for name, route in ROUTES.items()
        if route.area != "emulator"
    ]
    return "\n".join(lines) + "\n"


TABLES: dict[str, Callable[[], str]] = {"kinds": kinds, "operations": operations}


@pytest.mark.parametrize("name", TABLES)
def test_its_tables_are_those_of_the_code(name: str) -> None:
    assert table(PAGE, name) == TABLES[name]()


def test_its_faults_are_faults() -> None:
    (shown,) = re.findall(r"-d '(\[.*?\])'", PAGE.read_text(), re.DOTALL)
    assert [each.kind for each in faults_from(json.loads(shown))] == [
        "throttled",
        "dropped_after",
        "latency",
    ]


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
def test_its_fixtures_and_tests_run(tmp_path: Path, jail_cache_dir: Path) -> None:
    """As they stand, but for the cache, which is the tests' own."""
    pytest.importorskip("daytona")
    (section,) = re.findall(r"## In tests\n(.*?)\n## ", PAGE.read_text(), re.DOTALL)
    fixtures, tests, _ = re.findall(r"\n\n((?:    .*\n|\n)+)", section)[:3]
    options = f"lambda: emulator(cache_dir=pathlib.Path({str(jail_cache_dir)!r}))"
    fixtures = fixtures.replace("threaded(emulator)", f"threaded({options})", 1)
    (tmp_path / "conftest.py").write_text(f"import pathlib\n{textwrap.dedent(fixtures)}")
    (tmp_path / "test_shown.py").write_text(textwrap.dedent(tests))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_it_names_every_option_and_every_field() -> None:
    text = PAGE.read_text()
    options = {name for each in emulator.params for name in each.opts}
    assert {name for name in options if f"`{name}" not in text} == set()
    assert [name for name in InjectedFault.__dataclass_fields__ if f"`{name}`" not in text] == []
    assert f":{PORT}/api" in text


def test_it_names_the_counts() -> None:
    named = re.search(r"/emulator/counts +(.*?)POST", PAGE.read_text(), re.DOTALL)
    assert named is not None
    words = set(re.findall(r"[a-z_]+", named[1]))
    assert set(Counts.__dataclass_fields__) <= words


if __name__ == "__main__":
    for each, of_code in TABLES.items():
        write_table(PAGE, each, of_code())
