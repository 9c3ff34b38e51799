"""Python from a home folder is seen where it says nothing of its owner."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daytona_validate._toolchains.moved_prefix import MovedPrefix, neutral, settle

PYENV = "/home/ann/.pyenv/versions/3.11.7"
MOVED = MovedPrefix(PYENV, "/opt/py/3.11.7")
PADDED = b"/opt/py" + b"/." * 9 + b"/3.11.7"


@pytest.mark.parametrize(
    ("prefix", "new"),
    [
        (PYENV, "/opt/py/3.11.7"),
        ("/root/.local/share/uv/python/cpython-3.13.1", "/opt/py/cpython-3.13.1"),
        ("/srv/team-of-ann/py3", "/opt/py/py3"),
    ],
)
def test_a_prefix_in_somebodys_folder_is_moved(prefix: str, new: str) -> None:
    assert neutral(prefix) == MovedPrefix(prefix, new)


@pytest.mark.parametrize("prefix", ["/usr", "/usr/local", "/opt/conda", "/opt/py/3.12"])
def test_one_that_says_nothing_stays(prefix: str) -> None:
    assert neutral(prefix) is None


@pytest.mark.parametrize("prefix", ["/home/ann", "/ann", "/r/py"])
def test_one_whose_last_name_tells_or_that_is_too_short_stays(prefix: str) -> None:
    assert neutral(prefix) is None


def test_paths_below_it_are_moved_and_no_neighbours() -> None:
    facts = {"prefix": PYENV, "tcl": [f"{PYENV}/lib/tcl8.6", f"{PYENV}0/lib"], "modules": ["os"]}
    assert MOVED.fact(facts["prefix"]) == "/opt/py/3.11.7"
    assert MOVED.fact(facts["tcl"]) == ["/opt/py/3.11.7/lib/tcl8.6", f"{PYENV}0/lib"]
    assert MOVED.fact(facts["modules"]) == ["os"]


def test_of_a_program_nothing_moves_and_texts_that_share_an_end_keep_it() -> None:
    """A linker has `3.11.7` be the end of the path, and the version that Python reports."""
    old = b"\x7fELF\0%s/lib\0%s\0%s0/lib\0" % ((PYENV.encode(),) * 3)
    new = MOVED.content("libpython3.11.so.1.0", old)
    assert new == b"\x7fELF\0%s/lib\0%s\0%s0/lib\0" % (PADDED, PADDED, PYENV.encode())
    assert len(new) == len(old)
    assert os.path.normpath(PADDED) == b"/opt/py/3.11.7"


def test_an_odd_length_is_filled_too() -> None:
    move = MovedPrefix("/home/x/py/3.12", "/opt/py/3.12")
    assert move.content("x.pyc", b"/home/x/py/3.12/os.py") == b"/opt/py/.//3.12/os.py"


def test_files_are_changed_in_place_and_stay_valid_for_their_compiled_form(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program, other = tmp_path / "bin/python3", tmp_path / "os.py"
    variables = tmp_path / "_sysconfigdata__linux.py"
    for file in (program, variables):
        file.write_text(f"'{PYENV}/lib'")
        os.utime(file, (1_000_000, 1_000_000))
        file.chmod(0o555)
    other.write_text("x")
    same = other.stat().st_ino
    (tmp_path / "bin/python").symlink_to("nowhere")
    settle(tmp_path, MOVED)
    assert program.read_bytes() == b"'%s/lib'" % PADDED
    assert (program.stat().st_mode & 0o777, program.stat().st_mtime) == (0o555, 1_000_000)
    assert variables.read_text() == "'/opt/py/3.11.7/lib'"
    assert variables.stat().st_mtime != 1_000_000  # or the compiled form would still count
    assert other.stat().st_ino == same
