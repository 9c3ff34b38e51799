"""What stands for this package's own code changes with every file of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._result_cache.own_code import own_code


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "inner" / "__pycache__").mkdir(parents=True)
    for each in ("a.py", "inner/b.py"):
        (tmp_path / each).write_text("x = 1\n")
        os.utime(tmp_path / each, (1, 1))
    return tmp_path


def longer(package: Path) -> None:
    (package / "inner" / "b.py").write_text("x = 11\n")
    os.utime(package / "inner" / "b.py", (1, 1))


def edited(package: Path) -> None:
    (package / "inner" / "b.py").write_text("x = 2\n")


def more(package: Path) -> None:
    (package / "c.py").write_text("")


def fewer(package: Path) -> None:
    (package / "a.py").unlink()


@pytest.mark.parametrize("change", [longer, edited, more, fewer])
def test_each_change_of_the_code_is_another(package: Path, change: Callable[[Path], None]) -> None:
    before = own_code(package)
    own_code.cache_clear()
    assert own_code(package) == before
    change(package)
    own_code.cache_clear()
    assert own_code(package) != before


def test_what_python_compiles_is_no_change(package: Path) -> None:
    before = own_code(package)
    (package / "inner" / "__pycache__" / "b.pyc").write_bytes(b"compiled")
    own_code.cache_clear()
    assert own_code(package) == before


def test_it_need_not_be_installed(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where it is run from its sources, or frozen into a program."""
    monkeypatch.setattr(sys, "path", [])
    own_code.cache_clear()
    assert sys.version in own_code(package)
