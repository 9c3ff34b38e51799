"""Every command and every program in the README does what the README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
SET_UP = re.compile(r"^python3 -m venv \.venv && \.venv/bin/pip install -q '\.\[\w+\]' && ")
EXIT = re.compile(r"<!-- example: exit (\d+)(?:, (\d+) without Java)?(, at Daytona)? -->")
HAS_JAVA = "JAVA_HOME" in os.environ or shutil.which("javac") is not None
FIRST_RUN_S = 600
"""The first use of a sandbox on a machine prepares toolchains and packages."""
TEST_COMMAND = "<!-- test command -->"


@dataclass(frozen=True, slots=True)
class Example:
    line: int
    language: str
    code: str
    comment: str
    """The HTML comment before the fence."""


def examples() -> list[Example]:
    found, comment = [], ""
    for token in MarkdownIt("commonmark").parse((ROOT / "README.md").read_text()):
        if token.type == "fence":
            line = (token.map or [0])[0] + 1
            found.append(Example(line, token.info, token.content, comment))
        comment = token.content.strip() if token.type == "html_block" else ""
    return found


COMMANDS = [
    pytest.param(
        command,
        int(marked[1] if HAS_JAVA or marked[2] is None else marked[2]),
        marked[3] is not None,
        id=f"line{example.line}-{number}",
        marks=[pytest.mark.network] if command.endswith("doctor") else [],  # it installs numpy
    )
    for example in examples()
    if (marked := EXIT.fullmatch(example.comment))
    for number, command in enumerate(example.code.splitlines())
]
PROGRAMS = [
    pytest.param(example.code, id=f"line{example.line}")
    for example in examples()
    if example.language == "python"
]


@pytest.fixture
def newcomer(tmp_path: Path, shared_cache: None) -> tuple[Path, dict[str, str]]:
    """A folder with the examples, and an environment without settings of ours but the cache."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path, dict(os.environ)


def test_every_block_is_a_program_a_marked_command_or_the_test_command() -> None:
    unknown = [
        example.line
        for example in examples()
        if example.language != "python"
        and not EXIT.fullmatch(example.comment)
        and example.comment != TEST_COMMAND
    ]
    assert unknown == []
    assert len(COMMANDS) >= 5
    assert len(PROGRAMS) >= 2


def test_there_is_one_test_command_and_it_sets_up_by_itself() -> None:
    (command,) = [each.code for each in examples() if each.comment == TEST_COMMAND]
    assert SET_UP.match(command)
    assert len(command.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(FIRST_RUN_S)
@pytest.mark.parametrize(("command", "code", "is_at_daytona"), COMMANDS)
def test_a_command_ends_with_the_exit_code_that_is_promised(
    newcomer: tuple[Path, dict[str, str]],
    command: str,
    code: int,
    is_at_daytona: bool,
    request: pytest.FixtureRequest,
) -> None:
    folder, environment = newcomer
    if is_at_daytona:  # the emulator stands for it
        environment |= request.getfixturevalue("daytona_languages").emulator.environment
    # The environment that runs this test stands for the one that the set-up would make.
    command = SET_UP.sub("", command).replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    run = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout + run.stderr


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(FIRST_RUN_S)
@pytest.mark.parametrize("code", PROGRAMS)
def test_a_program_runs_and_prints_something(
    newcomer: tuple[Path, dict[str, str]], code: str
) -> None:
    folder, environment = newcomer
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    assert run.stdout


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(FIRST_RUN_S)
def test_the_example_course_passes_and_the_mistakes_are_found(
    newcomer: tuple[Path, dict[str, str]],
) -> None:
    folder, environment = newcomer
    shown = {}
    for page in ("course.md", "mistakes.md"):
        run = subprocess.run(
            [sys.executable, "-m", "daytona_validate", "check", f"examples/{page}"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        shown[page] = run.stdout
    assert "examples/mistakes.md" not in shown["course.md"]
    for outcome in ("compile_error", "runtime_error", "missing_dependency"):
        assert outcome in shown["mistakes.md"]
        assert outcome not in shown["course.md"]


def test_links_to_files_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text()
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not _leads_somewhere(link)] == []


def _leads_somewhere(link: str) -> bool:
    """Whether the file is there, and the heading in it that is named after `#`."""
    path, _, heading = link.partition("#")
    if not heading:
        return (ROOT / path).exists()
    text = (ROOT / path).read_text() if path else (ROOT / "README.md").read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return heading in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
