"""`check --fast-python`: local Python programs are forks of one interpreter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from daytona_validate._cli.program import program
from daytona_validate._jails.runner import JailRunner

pytestmark = [pytest.mark.jail, pytest.mark.slow]


def test_its_programs_have_the_seed_of_their_hashes_in_common(
    in_folder: Path,
    jail_cache_dir: Path,
    jail_runner: JailRunner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not jail_runner.forks.is_possible:
        pytest.skip("no control groups count here")
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(jail_cache_dir))
    lines = [json.dumps({"code": f"print(hash('a'))  # {n}", "language": "python"}) for n in (1, 2)]
    (in_folder / "all.jsonl").write_text("\n".join(lines))
    fixed = ["check", "all.jsonl", "--provider", "local", "--output-format", "jsonl"]
    found = []
    for options in (["--fast-python"], []):
        done = CliRunner().invoke(program, [*fixed, *options])
        assert done.exit_code == 0, done.output
        results = [json.loads(line) for line in done.stdout.splitlines()][:-1]
        found.append(len({each["output"] for each in results}))
    assert found == [1, 2]


def test_at_daytona_a_line_says_that_it_means_nothing(
    in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_API_KEY", "dtn_of_a_test")
    (in_folder / "empty.jsonl").write_text("")
    options = ["--provider", "daytona", "--fast-python"]
    done = CliRunner().invoke(program, ["check", "empty.jsonl", *options])
    assert "--fast-python is for local sandboxes" in done.stderr
