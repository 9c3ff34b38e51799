"""`check --cache`: what has not changed is answered from the results of former runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate import Snippet
from daytona_validate.testing import Execution, FakeProvider, ran
from identified_provider import IdentifiedProvider

Check = Callable[..., tuple[list[str], Result]]


@pytest.fixture
def cache(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, used as by default."""
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(open_folder))
    monkeypatch.delenv("DAYTONA_CACHE")
    return open_folder


@pytest.fixture
def check(invoke: Callable[..., Result], cache: Path) -> Check:
    """Check a page; return the programs that ran, and the command's result."""

    def call(*options: str, codes: str = "") -> tuple[list[str], Result]:
        seen: list[str] = []

        def answer(snippet: Snippet) -> Execution:
            seen.append(snippet.code.strip())
            if "f" in snippet.code:
                return ran(stderr="ValueError: no\n", exit_code=1)
            return ran("fine\n")

        if codes:
            blocks = [f"```python\n{code}\n```\n" for code in codes]
            Path("lesson.md").write_text("\n".join(blocks))
        provider: FakeProvider = IdentifiedProvider(answer)
        return seen, invoke("check", "lesson.md", *options, provider=provider)

    return call


def test_only_what_is_new_runs_and_the_summary_says_so(check: Check) -> None:
    assert sorted(check(codes="pqf")[0]) == ["f", "p", "q"]
    programs, result = check(codes="rpf")
    assert (programs, result.exit_code) == (["r"], 1)
    assert "\n2 of 3 from the cache; --no-cache runs all again\n" in result.stdout
    assert "from the cache" not in check("--no-cache")[1].stdout


def test_no_cache_runs_all_and_keeps_nothing(check: Check, cache: Path) -> None:
    assert check("--no-cache", codes="pq")[0] != []
    assert not (cache / "results").exists()
    assert check()[0] != []
    assert check("--no-cache")[0] != []
    assert check()[0] == []


def test_a_setting_turns_it_off_and_an_option_on_again(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_CACHE", "off")
    assert check(codes="p")[0] == check()[0] == check("--cache")[0] == ["p"]
    assert check("--cache")[0] == []
    monkeypatch.setenv("DAYTONA_CACHE", "passed")
    assert check(codes="pf")[0] == check()[0] == ["f"]


def test_what_failed_the_last_time_is_run_and_not_looked_up(check: Check) -> None:
    check(codes="pf")
    assert check()[0] == []
    programs, result = check("--last-failed")
    assert (programs, result.exit_code) == (["f"], 1)


def test_reports_tell_each_answer_and_how_many_there_are(check: Check) -> None:
    check(codes="pf")
    _, result = check("--output-format", "jsonl", codes="pfq")
    *rows, summary = map(json.loads, result.stdout.splitlines())
    assert sorted((each["location"]["line"], each["cached"]) for each in rows) == [
        (1, True),
        (5, True),
        (9, False),
    ]
    assert summary["cached"] == 2


def test_a_folders_own_files_do_not_decide_about_it(check: Check) -> None:
    Path(".env").write_text("DAYTONA_CACHE=off\n")
    check(codes="p")
    assert check()[0] == []


def test_a_folder_that_cannot_hold_it_is_told_with_v_and_no_failure(
    check: Check, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "file").write_text("")
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(cache / "file" / "below"))
    programs, result = check("-v", codes="p")
    assert (programs, result.exit_code) == (["p"], 0)
    assert "no result cache: The cache folder" in result.stderr
    assert "no result cache" not in check()[1].stderr


def test_run_always_runs(invoke: Callable[..., Result], cache: Path) -> None:
    Path("x.py").write_text("p")
    provider = IdentifiedProvider()
    for _ in range(2):
        assert invoke("run", "x.py", provider=provider).exit_code == 0
    assert provider.opened == 2


@pytest.mark.thorough
@pytest.mark.slow
def test_a_python_without_sqlite_runs_all(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text("```python\np\n```\n")
    code = (
        "import sys; "  # a tool that measures coverage has loaded it
        "[sys.modules.pop(each) for each in list(sys.modules) if each.startswith('sqlite3')]; "
        "sys.modules['_sqlite3'] = None; "
        "sys.argv[1:] = ['check', 'lesson.md', '--verbose']; "
        "from daytona_validate.__main__ import main; "
        "from identified_provider import IdentifiedProvider; main(IdentifiedProvider())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no result cache: import of _sqlite3 halted" in done.stderr
    assert not (cache / "results").exists()
