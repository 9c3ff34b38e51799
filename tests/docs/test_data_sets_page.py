"""What docs/data-sets.md says of records is what is read of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from daytona_validate._cli.course_options import FENCED
from daytona_validate._core.comparison import comparison
from daytona_validate._courses.jsonl_records import RecordFields

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data-sets.md").read_text()
ANSWERS = ROOT / "tests" / "cli" / "model_answers.jsonl"
FAKE = ROOT / "tests" / "cli" / "fake_command_line.py"


def _first_column(head: str) -> list[str]:
    """Return the words in code marks of a table's first column."""
    rows = PAGE.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_each_field_has_its_row() -> None:
    assert sorted(_first_column("Field")) == sorted(each.name for each in fields(RecordFields))


def test_each_way_to_compare_is_one() -> None:
    ways = _first_column("Way")
    assert len(ways) == 5
    assert all(comparison(way) for way in ways)


def test_each_choice_of_fences_is_told() -> None:
    assert tuple(re.findall(r"^\* `(\w+)`: ", PAGE, re.MULTILINE)) == FENCED


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(each, marks=[] if each.startswith("cat ") else [pytest.mark.thorough])
        for each in re.findall(r"^.*daytona-validate check.*$", PAGE, re.MULTILINE)
    ],
)
def test_each_command_takes_all_answers_apart(tmp_path: Path, command: str) -> None:
    shutil.copy(ANSWERS, tmp_path / "answers.jsonl")
    shell = subprocess.run(
        ["bash", "-c", command.replace("daytona-validate", f"{sys.executable} {FAKE}")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    # The provider behind it prints the same to all, which is none of what they should print.
    assert re.search(r"^8 snippets in .* s: 8 wrong_output$", shell.stdout, re.MULTILINE)
