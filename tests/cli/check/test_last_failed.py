"""`--last-failed`: what passed the last time is left out."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate import Snippet
from daytona_validate._cli.check.last_run_file import FOLDER, MOST_FILES, LastRunFile
from daytona_validate._core.last_run import LastRun
from daytona_validate.testing import Execution, FakeProvider
from daytona_validate.testing import ran as execution
from session_report_of import session_report

LF = "--last-failed"
NO_TOTAL = """\
Traceback (most recent call last):
  File "/work/main.py", line 1, in <module>
    total
NameError: name 'total' is not defined
"""
ONE = LastRun(failed=frozenset("f"))


@pytest.fixture
def cache(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(open_folder))
    return open_folder


@pytest.fixture
def check(invoke: Callable[..., Result], cache: Path) -> Callable[..., tuple[list[str], Result]]:
    """Check a page; return the programs that ran, and the command's result."""

    def call(*options: str, codes: str = "") -> tuple[list[str], Result]:
        seen: list[str] = []

        def answer(snippet: Snippet) -> Execution:
            seen.append(snippet.code.strip())
            if snippet.code.strip() in "fg":
                return execution(stderr="ValueError: no\n", exit_code=1)
            return execution("fine\n")

        if codes:
            blocks = [f"```python\n{code}\n```\n" for code in codes]
            Path("lesson.md").write_text("\n".join(blocks))
        done = invoke("check", "lesson.md", *options, provider=FakeProvider(answer))
        return sorted(seen), done

    return call


Check = Callable[..., tuple[list[str], Result]]
Checked = Callable[..., list[str]]


def test_what_failed_runs_again_and_what_is_new(check: Check) -> None:
    assert check(codes="pfqg")[0] == ["f", "g", "p", "q"]
    again, result = check(LF)
    assert (again, result.exit_code) == (["f", "g"], 1)
    assert check(LF, codes="npqg")[0] == ["g", "n"], "f was mended: its content is new"
    assert check(LF, codes="nopq")[0] == ["o"], "n passed meanwhile"
    everything, result = check(LF)
    assert everything == ["n", "o", "p", "q"]
    assert "nothing failed the last time; all run" in result.stderr


@pytest.fixture
def checked(invoke: Callable[..., Result], cache: Path) -> Checked:
    """Check a page, some of whose blocks need others; return which of its blocks have results."""
    assert cache.is_dir()

    def answer(snippet: Snippet) -> Execution:
        if snippet.code.strip() == "f":
            return execution(stderr="ValueError: no\n", exit_code=1)
        lacks = snippet.code.strip() == "total" and not snippet.earlier
        return execution(stderr=NO_TOTAL, exit_code=1) if lacks else session_report(snippet)

    def call(codes: str, *options: str) -> list[str]:
        blocks = codes.split(", ")
        page = "".join(f"```python\n{code}\n```\n" for code in blocks)
        Path("lesson.md").write_text(f"{page}```python standalone\nf\n```\n")
        how = ("check", "lesson.md", "--output-format", "jsonl", *options)
        rows = map(json.loads, invoke(*how, provider=FakeProvider(answer)).stdout.splitlines())
        lines = sorted(row["location"]["line"] for row in rows if row["type"] == "result")
        return [[*blocks, "f"][line // 3] for line in lines]

    return call


def test_what_passed_after_others_runs_again_once_its_page_is_another(checked: Checked) -> None:
    assert checked("total = 1, total, p") == ["total = 1", "total", "p", "f"]
    assert checked("total = 1, total, p", LF) == ["f"]
    assert checked("total = 2, total, p", LF) == ["total = 2", "total", "f"]
    assert checked("total = 2, total, p", LF) == ["f"]


@pytest.mark.parametrize(
    ("option", "config"),
    [("--session=page", ""), ("-q", 'session = "section"')],
)
def test_what_passed_in_a_session_runs_again_once_its_page_is_another(
    checked: Checked, option: str, config: str
) -> None:
    Path("daytona-validate.toml").write_text(config)
    assert checked("o, p", option) == ["o", "p", "f"]
    assert checked("o, p", option, LF) == ["f"]
    assert checked("q, p", option, LF) == ["q", "p", "f"]


def test_what_passed_after_a_set_up_runs_again_once_that_is_another(checked: Checked) -> None:
    Path("daytona-validate.toml").write_text('setup = {python = "set_up.py"}')
    Path("set_up.py").write_text("one = 1")
    assert checked("p", "--allow-files") == ["p", "f"]
    assert checked("p", "--allow-files", LF) == ["f"]
    Path("set_up.py").write_text("one = 2")
    assert checked("p", "--allow-files", LF) == ["p", "f"]


def test_where_no_run_is_known_all_run_and_it_says_so(check: Check) -> None:
    programs, result = check(LF, codes="pf")
    assert programs == ["f", "p"]
    assert "no former run of these paths is known; all run" in result.stderr


def test_what_failed_and_is_gone_is_no_failure(check: Check) -> None:
    check(codes="pf")
    programs, result = check(LF, codes="p")
    assert (programs, result.exit_code) == ([], 0)


def test_runs_of_a_part_are_added(check: Check) -> None:
    check(codes="pfg")
    check("--fail-fast", "-j1", codes="qfg")
    assert check(LF, codes="qfgp")[0] == ["f", "g"]


def test_an_unreadable_record_is_none(check: Check, cache: Path) -> None:
    check(codes="pf")
    (record,) = (cache / FOLDER).iterdir()
    record.write_bytes(b"\xff")
    assert check(LF)[0] == ["f", "p"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("-", LF), "not stdin"), (("lesson.md", LF, "--list"), "not with --list")],
)
def test_what_cannot_be_known_is_refused(
    invoke: Callable[..., Result], page: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = invoke("check", *arguments, stdin="")
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_a_record_is_for_its_owner_alone_and_follows_no_links(cache: Path, tmp_path: Path) -> None:
    old_mask = os.umask(0)
    try:
        assert LastRunFile(("a.md",), cache_dir=cache).write(ONE)
    finally:
        os.umask(old_mask)
    folder = cache / FOLDER
    (record,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    outside = tmp_path / "outside.json"
    record.rename(outside)
    record.symlink_to(outside)
    assert LastRunFile(("a.md",), cache_dir=cache).read() is None
    before = outside.read_text()
    assert LastRunFile(("a.md",), cache_dir=cache).write(LastRun())
    assert outside.read_text() == before


def test_the_order_of_the_paths_does_not_count_and_other_paths_do(cache: Path) -> None:
    assert LastRunFile(("a.md", "b.md"), cache_dir=cache).write(ONE)
    assert LastRunFile(("b.md", "./a.md"), cache_dir=cache).read() == ONE
    assert LastRunFile(("a.md",), cache_dir=cache).read() is None


@pytest.mark.parametrize("is_link", [True, False], ids=["a link", "open to others"])
def test_a_folder_that_is_not_ours_alone_is_not_used(
    cache: Path, tmp_path: Path, is_link: bool
) -> None:
    (tmp_path / "other").mkdir(mode=0o700)
    if is_link:
        (cache / FOLDER).symlink_to(tmp_path / "other")
    else:
        (cache / FOLDER).mkdir()
        (cache / FOLDER).chmod(0o755)
    assert not LastRunFile(("a.md",), cache_dir=cache).write(ONE)
    assert LastRunFile(("a.md",), cache_dir=cache).read() is None
    assert list((tmp_path / "other").iterdir()) == []


def test_no_more_than_some_hundred_records_are_kept(cache: Path) -> None:
    folder = cache / FOLDER
    folder.mkdir(mode=0o700)
    for number in range(MOST_FILES + 3):
        (folder / f"{number}").touch()
        os.utime(folder / f"{number}", (number, number))
    assert LastRunFile(("a.md",), cache_dir=cache).write(ONE)
    assert len(list(folder.iterdir())) == MOST_FILES
    assert LastRunFile(("a.md",), cache_dir=cache).read() == ONE
    assert not (folder / "3").exists()


def test_what_cannot_be_kept_is_said_and_fails_nothing(check: Check, cache: Path) -> None:
    (cache / FOLDER).write_text("no folder")
    assert check(codes="p")[1].exit_code == 0
    result = check(LF)[1]
    assert result.exit_code == 0
    assert "this run cannot be kept" in result.stderr


def test_a_run_that_is_too_large_removes_the_record(cache: Path) -> None:
    file = LastRunFile(("a.md",), cache_dir=cache)
    assert file.write(ONE)
    assert not file.write(LastRun(passed=frozenset(map(str, range(200_001)))))
    assert file.read() is None
