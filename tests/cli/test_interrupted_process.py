"""Ctrl-C and a closed pipe, as a terminal and a shell give them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eventually import LONGEST_S, wait_until

FAKE = Path(__file__).with_name("fake_command_line.py")
pytestmark = pytest.mark.slow


@contextmanager
def _started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(FAKE), *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _page(folder: Path, *codes: str) -> None:
    (folder / "lesson.md").write_text("".join(f"```python\n{code}\n```\n" for code in codes))


def _read_until(process: subprocess.Popen[str], line: str) -> None:
    assert process.stderr is not None
    for each in process.stderr:
        if each == line:
            return
    pytest.fail(f"no line {line!r}")


@pytest.mark.parametrize(
    ("which", "exit_code"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.thorough)],
    ids=str,
)
def test_interrupted_run_cleans_up_and_shows_what_it_has(
    tmp_path: Path, which: signal.Signals, exit_code: int
) -> None:
    _page(tmp_path, "fail", "hold", "hold")
    reports = ("--report=json=out.json", "--report=junit=out.xml")
    with _started(tmp_path, "check", "lesson.md", "-j2", *reports) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("lesson.md:1: runtime_error")
        _read_until(process, "held\n")
        process.send_signal(which)
        stdout, stderr = process.communicate(timeout=LONGEST_S)
    assert process.returncode == exit_code
    assert "1 snippet in" in stdout
    assert "interrupted: these are not all snippets\n1 snippet in" in stdout
    assert "interrupted after 1/3, 1 failed; the report files say so\n" in stderr
    assert stderr.endswith("0 sandboxes left\n")
    assert "Traceback" not in stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["lesson.md", "out.json", "out.xml"]
    report = json.loads((tmp_path / "out.json").read_text())
    assert [each["outcome"] for each in report["results"]] == ["runtime_error"]
    assert report["summary"]["is_whole"] is False
    assert 'name="is_whole"' in (tmp_path / "out.xml").read_text()


@pytest.mark.thorough
def test_a_killed_run_leaves_whole_lines_of_all_results(tmp_path: Path) -> None:
    """As a build server kills a job: nothing can be cleaned up any more."""
    _page(tmp_path, "fail", "pass", "hold")
    part = tmp_path / "out.jsonl.part"
    with _started(tmp_path, "check", "lesson.md", "-j1", "--report=jsonl=out.jsonl") as process:
        wait_until(lambda: part.exists() and part.read_text().count("\n") == 2)
        process.kill()
        process.communicate(timeout=LONGEST_S)
    lines = [json.loads(line) for line in part.read_text().splitlines()]
    assert [each["outcome"] for each in lines] == ["runtime_error", "passed"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["lesson.md", part.name]
    _page(tmp_path, "pass")
    with _started(tmp_path, "check", "lesson.md", "--report=jsonl=out.jsonl") as process:
        process.communicate(timeout=LONGEST_S)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".md"] == ["out.jsonl"]
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [each["type"] for each in lines] == ["result", "summary"]
    assert lines[-1]["is_whole"] is True


@pytest.mark.thorough
def test_a_killed_run_is_resumed_with_what_it_left(tmp_path: Path) -> None:
    _page(tmp_path, "fail", "pass", "hold")
    part = tmp_path / "out.jsonl.part"
    report = "--report=jsonl=out.jsonl"
    with _started(tmp_path, "check", "lesson.md", "-j1", report) as process:
        wait_until(lambda: part.exists() and part.read_text().count("\n") == 2)
        process.kill()
        process.communicate(timeout=LONGEST_S)
    resume = f"--resume={part.name}"
    with _started(tmp_path, "check", "lesson.md", report, resume) as process:
        stdout, stderr = process.communicate("go on\n", timeout=LONGEST_S)
    assert "2 results taken over from out.jsonl.part, 1 to run" in stderr
    assert "lesson.md:1: runtime_error" in stdout
    assert sorted(each.name for each in tmp_path.iterdir()) == ["lesson.md", "out.jsonl"]
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [each.get("outcome") for each in lines] == ["runtime_error", "passed", "passed", None]


@pytest.mark.thorough
def test_second_ctrl_c_leaves_nothing_either(tmp_path: Path) -> None:
    _page(tmp_path, "hold")
    with _started(tmp_path, "check", "lesson.md", "--output-format", "jsonl") as process:
        _read_until(process, "held\n")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 130
    assert json.loads(stdout)["type"] == "summary"
    assert stderr.endswith("0 sandboxes left\n")
    assert "Traceback" not in stderr


@pytest.mark.thorough
def test_reader_that_goes_away_ends_the_run_without_a_word(tmp_path: Path) -> None:
    """Like `daytona-validate check … | head -1`."""
    _page(tmp_path, *["fail", "hold"] * 3, *["fail"] * 200)
    with _started(tmp_path, "check", "lesson.md", "--output-format=jsonl", "-j2") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdout.close()
        process.stdin.close()
        assert process.stderr is not None
        stderr = process.stderr.read()
    assert process.wait(timeout=LONGEST_S) == 141
    assert "Traceback" not in stderr
    assert "rror" not in stderr
    assert stderr.endswith("0 sandboxes left\n")
