"""The command that a report suggests is one that works where it is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._cli.called_as import words_of

FAKE = Path(__file__).with_name("fake_command_line.py")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Return a script of this program's name in a folder for commands."""
    path = tmp_path / "bin/daytona-validate"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_shell_finds_it_by_its_name(script: Path) -> None:
    search = {"PATH": f"/nowhere:{script.parent}"}
    assert words_of(str(script), ["/usr/bin/python3"], search) == ("daytona-validate",)


def test_what_is_not_on_the_path_keeps_the_path_that_was_typed(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(script.parent.parent)
    typed = "bin/daytona-validate"
    assert words_of(typed, ["/usr/bin/python3"], {"PATH": "/nowhere"}) == (typed,)
    assert words_of(typed, ["/usr/bin/python3"], {}) == (typed,)


def test_another_one_on_the_path_is_not_this_one(script: Path, tmp_path: Path) -> None:
    other = tmp_path / "other/daytona-validate"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert words_of(str(script), ["python"], {"PATH": str(other.parent)}) == (str(script),)


def test_a_module_is_called_by_the_interpreter_that_was_typed() -> None:
    program = "/x/site-packages/daytona_validate/__main__.py"
    assert words_of(program, [".venv/bin/python", "-m", "daytona_validate"], {}) == (
        *(".venv/bin/python", "-m", "daytona_validate"),
    )


@pytest.mark.parametrize("program", ["/x/bin/pytest", "", "-c", "/x/y/__main__.py"])
def test_called_from_python_it_has_its_plain_name(program: str) -> None:
    assert words_of(program, ["python"], {"PATH": "/nowhere"}) == ("daytona-validate",)


@pytest.mark.thorough
@pytest.mark.slow
def test_a_report_repeats_itself_with_the_words_it_was_called_with(tmp_path: Path) -> None:
    """The program is a process of its own, under this program's name and off the search path."""
    page = tmp_path / "lesson.md"
    page.write_text("```python\nfail\n```\n")
    program = tmp_path / "daytona-validate"
    program.write_text(f"#!{sys.executable}\n{FAKE.read_text()}")
    program.chmod(0o755)
    ran = subprocess.run(
        ["./daytona-validate", "check", "lesson.md"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert "\n    ./daytona-validate run lesson.md:1\n" in ran.stdout
