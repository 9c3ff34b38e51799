"""Every command and program of the README and of two pages does what the page says."""

from __future__ import annotations

import itertools
import re
import shutil
import sys
from pathlib import Path

import pytest

from daytona_validate._emulator.threaded import ThreadedEmulator
from documented import README, ROOT, TEST_COMMAND, Fence, fences, ran, typed, without_seconds

TYPED = (README, ROOT / "docs" / "backends.md", ROOT / "docs" / "evaluate.md")
FENCES = [fence for page in TYPED for fence in fences(page)]
SET_UP = re.compile(r"^python3 -m venv \.venv && \.venv/bin/pip install -q '\.\[\w+\]' && ")
FIRST_RUN_S = 600
"""The first use of a sandbox on a machine prepares toolchains and packages."""
MOST_LINES = 150

really = [
    pytest.mark.slow,
    pytest.mark.thorough,
    pytest.mark.jail,
    pytest.mark.timeout(FIRST_RUN_S),
]


@pytest.fixture
def newcomer(tmp_path: Path, shared_cache: None) -> Path:
    """A folder with the examples."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def test_the_readme_is_short() -> None:
    text = re.sub(r"<!--.*?-->\n", "", README.read_text(), flags=re.DOTALL)
    assert len(text.splitlines()) <= MOST_LINES


def test_every_block_is_a_program_a_command_or_what_they_print() -> None:
    unknown = [
        each.name
        for each in FENCES
        if each.language != "python"
        and not (each.commands or each.request)
        and each.comment != TEST_COMMAND
    ]
    assert unknown == []


def test_there_is_one_test_command_and_it_sets_up_by_itself() -> None:
    (command,) = [each.code for each in FENCES if each.comment == TEST_COMMAND]
    assert SET_UP.match(command)
    assert len(command.splitlines()) == 1


@pytest.mark.parametrize(
    "fence", [each for each in FENCES if each.file], ids=lambda each: each.name
)
def test_a_program_that_is_a_file_is_that_file(fence: Fence) -> None:
    whole = ROOT.joinpath(str(fence.file)).read_text()
    assert fence.code in (whole, whole.partition('"""\n\n')[2])  # with its docstring, or without


@pytest.mark.parametrize(
    "fence",
    [pytest.param(each, id=each.name) for each in FENCES if each.commands],
)
class TestCommands:
    pytestmark = really

    def test_they_end_and_print_as_is_promised(self, newcomer: Path, fence: Fence) -> None:
        printed = []
        for command, code in fence.commands:
            # The environment that runs this test stands for the one that the set-up would make.
            line = SET_UP.sub("", command).replace(".venv/bin/", "")
            run = typed(line, newcomer)
            assert run.returncode == code, run.stdout + run.stderr
            printed.append(run.stdout)
        if fence.printed is not None:
            assert fence.is_printed_by(printed[0]), printed[0]


@pytest.mark.parametrize(
    "fence",
    [
        pytest.param(each, id=each.name)
        for each in FENCES
        if each.language == "python" and not each.is_app
    ],
)
class TestPrograms:
    pytestmark = really

    def test_a_program_runs_and_prints_what_is_shown(self, newcomer: Path, fence: Fence) -> None:
        run = ran([sys.executable, "-W", "error", "-c", fence.code], newcomer)
        assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
        assert run.stdout
        assert fence.printed is None or fence.is_printed_by(run.stdout), run.stdout


SERVED = """\
import json, sys
from fastapi.testclient import TestClient
from app import app

with TestClient(app) as client:
    print(client.post(sys.argv[1], json=json.loads(sys.argv[2])).text)
"""


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(FIRST_RUN_S)
@pytest.mark.parametrize(
    ("app", "answer"),
    [
        pytest.param(app, answer, id=app.name)
        for app, answer in itertools.pairwise(FENCES)
        if app.is_app and answer.request
    ],
)
def test_an_application_answers_as_is_shown(
    newcomer: Path,
    daytona: ThreadedEmulator,
    app: Fence,
    answer: Fence,
) -> None:
    assert answer.request is not None
    path, body = answer.request
    (newcomer / "app.py").write_text(app.code)
    there = daytona.emulator.environment
    run = ran([sys.executable, "-c", SERVED, path, body], newcomer, **there)
    assert without_seconds(run.stdout) == without_seconds(answer.code), run.stderr
