"""What docs/evaluate.md says of lost answers is so; test_readme_examples.py types its commands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from documented import ROOT, fences, typed

PAGE = ROOT / "docs" / "evaluate.md"


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(600)
def test_called_again_it_runs_what_was_lost(tmp_path: Path, shared_cache: None) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shown = next(each for each in fences(PAGE) if each.commands and each.printed)
    [(command, _)] = shown.commands
    assert typed(command, tmp_path).stdout == shown.printed
    lose_one_of_each(tmp_path / "results.jsonl")
    assert typed(command, tmp_path).stdout == shown.printed


def lose_one_of_each(results: Path) -> None:
    """Have the first answers that passed be lost: to a busy machine, and to a missing package."""
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    busy, lacking = [each for each in lines if each.get("outcome") == "passed"][:2]
    busy |= {"outcome": "unavailable", "fault": "infrastructure", "is_verdict": False}
    lacking |= {"outcome": "missing_dependency", "fault": "environment", "is_verdict": False}
    results.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
