"""The file of kept results: shared, bounded, closed to others, and never an error of a run."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from daytona_validate._result_cache.answer_file import FOLDER, NAME, AnswerFile

KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def path(cache: Path) -> Path:
    return cache / FOLDER / NAME


@pytest.fixture
def filled(cache: Path) -> Path:
    """A cache folder whose file has one text."""
    with closing(AnswerFile(cache)) as file:
        file.write(KEY, b"text")
    return cache


def read(cache: Path, key: bytes = KEY) -> bytes | None:
    with closing(AnswerFile(cache)) as file:
        return file.read(key)


def number(path: Path) -> int:
    with closing(sqlite3.connect(path)) as file:
        return int(file.execute("SELECT count(*) FROM answers").fetchone()[0])


def test_what_one_process_wrote_the_next_one_reads(filled: Path) -> None:
    assert (read(filled), read(filled, OTHER)) == (b"text", None)


def test_a_second_text_takes_the_place_of_the_first(filled: Path) -> None:
    with closing(AnswerFile(filled)) as file:
        file.write(KEY, b"other")
    assert read(filled) == b"other"


def test_nothing_is_made_before_something_is_kept(cache: Path, path: Path) -> None:
    assert not AnswerFile(cache).exists()
    assert read(cache) is None
    assert not path.exists()


def test_only_its_user_can_enter_and_read_it(filled: Path, path: Path) -> None:
    with closing(AnswerFile(filled)) as file:
        file.write(OTHER, b"text")
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {NAME: 0o600, f"{NAME}-wal": 0o600, f"{NAME}-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_others_could_read_is_closed_to_them(filled: Path, path: Path) -> None:
    path.chmod(0o644)
    assert read(filled) == b"text"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def as_garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def as_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def as_empty(path: Path) -> None:
    path.write_bytes(b"")


def as_other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")


def as_other_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TABLE answers")
        file.execute("CREATE TABLE answers (key TEXT)")


def as_other_text(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE answers SET text = 'another'")
        file.commit()


def as_text_of_another_key(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE answers SET key = ?", (OTHER,))
        file.commit()


@pytest.mark.parametrize(
    "damage",
    [
        as_garbage,
        as_half,
        as_empty,
        as_other_version,
        as_other_tables,
        as_other_text,
        as_text_of_another_key,
    ],
)
def test_a_damaged_file_knows_nothing_and_is_made_anew(
    filled: Path, path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    with closing(AnswerFile(filled)) as file:
        assert (file.read(KEY), file.read(OTHER)) == (None, None)
        file.write(OTHER, b"new")
    assert read(filled, OTHER) == b"new"


def test_what_was_used_longest_ago_goes_first(cache: Path, path: Path) -> None:
    keys = [bytes([each]) * 32 for each in range(6)]
    for each in keys[:5]:
        with closing(AnswerFile(cache)) as file:
            file.write(each, b"text")
    assert read(cache, keys[0]) == b"text"
    with closing(AnswerFile(cache, most_answers=3)) as file:
        file.write(keys[5], b"text")
    assert [read(cache, each) is not None for each in keys] == [True, *[False] * 3, True, True]


def test_its_texts_are_bounded_together(cache: Path, path: Path) -> None:
    with closing(AnswerFile(cache, most_bytes=10_000)) as file:
        for each in range(30):
            file.write(bytes([each]) * 32, bytes(1000))
    assert number(path) == 10
    assert read(cache, bytes([29]) * 32) is not None


def test_a_file_that_is_full_within_a_run_makes_room(cache: Path, path: Path) -> None:
    bound = 64 * 4096  # pages of a small file
    with closing(AnswerFile(cache, most_bytes=10_000)) as file:
        for each in range(100):
            file.write(bytes([each]) * 32, bytes(20_000))
        assert file.read(bytes([99]) * 32) is not None, "the last one found room"
    assert path.stat().st_size <= bound


def test_a_link_in_its_place_is_left_alone_and_told(
    filled: Path, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    target = filled / "elsewhere"
    path.rename(target)
    path.symlink_to(target)
    before = target.read_bytes()
    with closing(AnswerFile(filled)) as file:
        assert file.read(KEY) is None
        file.write(KEY, b"new")
        assert "is a link, or not ours" in (file.problem() or "")
    assert target.read_bytes() == before
    [record] = caplog.records
    assert (record.levelno, "is a link" in record.getMessage()) == (logging.WARNING, True)


def test_a_folder_that_others_can_enter_is_left_alone_and_told(
    filled: Path, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.chmod(0o755)
    assert read(filled) is None
    assert "is not ours alone" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file of another user's")
def test_a_file_of_another_user_is_left_alone_and_told(
    filled: Path, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.chown(path, 60_001, 60_001)
    assert read(filled) is None
    assert "not ours" in caplog.text


def test_a_folder_that_cannot_be_made_is_a_run_without_it(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (cache / "file").write_text("")
    with closing(AnswerFile(cache / "file" / "below")) as file:
        file.write(KEY, b"text")
        assert file.read(KEY) is None
        assert file.problem() is not None
        assert not file.exists()
    assert {record.levelno for record in caplog.records} == {logging.INFO}


def test_who_is_held_up_by_another_knows_nothing_and_goes_on(filled: Path, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with closing(AnswerFile(filled, busy_s=0.01)) as file:
            file.write(OTHER, b"late")
            assert file.read(KEY) == b"text", "readers do not wait for a writer"
        other.execute("ROLLBACK")
    assert read(filled, OTHER) is None


PROGRAM = """
import sys
from pathlib import Path
from daytona_validate._result_cache.answer_file import AnswerFile

file = AnswerFile(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    key = f"{sys.argv[2]}-{number}".encode().ljust(32)
    file.write(key, key * 10)
    assert file.read(key) in (key * 10, None)
print("written", flush=True)
sys.stdin.readline()
file.close()
"""


def started(cache: Path, name: str, count: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(cache), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def told(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.slow
def test_processes_that_write_at_the_same_time_lose_nothing(cache: Path, path: Path) -> None:
    processes = [started(cache, name, 100) for name in "abc"]
    for each in processes:
        told(each)
    assert [heard(each) for each in processes] == ["written\n"] * 3
    for each in processes:
        each.communicate("\n")
    assert [each.returncode for each in processes] == [0, 0, 0]
    assert number(path) == 300


@pytest.mark.slow
def test_what_a_killed_process_wrote_is_there(cache: Path) -> None:
    process = started(cache, "a", 3)
    told(process)
    assert heard(process) == "written\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert read(cache, b"a-2".ljust(32)) == b"a-2".ljust(32) * 10
