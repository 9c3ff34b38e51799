"""Packages: what the user names, and what a course may only wish for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate.testing import FakeProvider

Invoke = Callable[..., Result]


@pytest.fixture
def course(in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(in_folder / "state"))
    folder = in_folder / "course"
    (folder / "more").mkdir(parents=True)
    (folder / "a.md").write_text("```py\nx\n```\n")
    (folder / "daytona-validate.toml").write_text('[packages]\npython = ["numpy", "six"]\n')
    (folder / "more" / "daytona-validate.toml").write_text('[packages]\njs = "lodash"\n')
    return folder


def checked(invoke: Invoke, *options: str) -> tuple[tuple[str, ...], str]:
    """Return the packages that a run asked for, and what it said."""
    fake = FakeProvider()
    result = invoke("check", "course", "--provider", "local", *options, provider=fake)
    assert result.exit_code == 0, result.stderr
    return fake.specs[0].packages, result.stderr


def test_what_a_course_asks_for_is_not_installed_until_the_user_allows_it_once(
    invoke: Invoke, course: Path
) -> None:
    packages, said = checked(invoke)
    assert packages == ()
    assert (
        "the course asks for packages, which are not installed: lodash (javascript), "
        "numpy six (python); to install them: --allow-packages\n" in said
    )
    assert checked(invoke, "--allow-packages")[0] == ("numpy", "six")
    packages, said = checked(invoke)
    assert packages == ("numpy", "six")
    assert "not installed" not in said
    (course / "daytona-validate.toml").write_text('[packages]\npython = ["numpy", "other"]\n')
    packages, said = checked(invoke)
    assert packages == ()
    assert "not installed: numpy other (python)" in said
    state = json.loads((course.parent / "state/daytona-validate/allowed-packages.json").read_text())
    assert state == [["javascript", "lodash"], ["python", "numpy", "six"]]
    assert sorted(each.name for each in course.iterdir()) == [
        "a.md",
        "daytona-validate.toml",
        "more",
    ]


def test_packages_that_the_user_names_are_installed(invoke: Invoke, course: Path) -> None:
    packages, said = checked(invoke, "--packages", "py=six,idna", "--packages", "python=six")
    assert packages == ("six", "idna")
    assert "not installed: lodash (javascript), numpy (python)" in said
    assert not (course.parent / "state").exists()


def test_a_list_of_the_working_folder_is_told_once(
    invoke: Invoke, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course)
    (course / "daytona-validate.toml").unlink()
    (course / "pyproject.toml").write_text('[tool.daytona-validate]\npackages.python = "six"\n')
    fake = FakeProvider()
    said = invoke("check", "a.md", "--provider", "local", provider=fake).stderr
    assert said.count("six") == 1
    said = invoke("run", "a.md", "--provider", "local", "--allow-packages", provider=fake).stderr
    assert "six" not in said
    assert [each.packages for each in fake.specs] == [(), ("six",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("numpy", "--packages numpy: write it as python=numpy,pandas"),
        ("python=", "--packages python=: write it as python=numpy,pandas"),
        ("python=../x", "'../x' is not a python package"),
        ("cobol=x", "no language is called 'cobol'"),
        ("go=x", "packages of 'go' are not supported"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(
    invoke: Invoke, course: Path, text: str, said: str
) -> None:
    result = invoke("check", "course", "--packages", text, provider=FakeProvider())
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    "content", ["{", "5", "null", "[1, 2]", "{}", '[["python", 3]]', "[" * 100_000]
)
def test_a_state_file_that_makes_no_sense_allows_nothing(
    invoke: Invoke, course: Path, content: str
) -> None:
    file = course.parent / "state" / "daytona-validate" / "allowed-packages.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert checked(invoke)[0] == ()


def test_where_nothing_can_be_remembered_it_is_said(
    invoke: Invoke, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.parent / "state").write_text("a file")
    packages, said = checked(invoke, "--allow-packages")
    assert packages == ("numpy", "six")
    assert "the allowed packages are not remembered" in said
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(course.parent / "home"))
    checked(invoke, "--allow-packages")
    assert (course.parent / "home/.local/state/daytona-validate/allowed-packages.json").exists()
    monkeypatch.setenv("HOME", "")
    assert checked(invoke, "--allow-packages")[0] == ("numpy", "six")
