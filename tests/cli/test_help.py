from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from daytona_validate._cli.program import program
from daytona_validate._cli.top_help import COMMANDS, top_help

HEAVY = {
    "httptools",
    "httpx",
    "pydantic",
    "pydantic_settings",
    "rich",
    "markdown_it",
    "asyncio",
    "anyio",
}


def test_help_is_the_same_with_and_without_click() -> None:
    assert CliRunner().invoke(program, ["--help"]).output == top_help()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_listed_with_the_first_line_of_its_own_help(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    assert (command.help or "").splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", ["check", "run", "languages", "doctor", "toolchains install"])
def test_help_of_each_command_has_examples_of_it(name: str) -> None:
    output = CliRunner().invoke(program, [*name.split(), "--help"]).output
    assert f"  daytona-validate {name}" in output.partition("Examples:")[2]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["doctor", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from daytona_validate.__main__ import main\n"
        "sys.argv[1:] = sys.argv[2:]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "-", *arguments], capture_output=True, text=True, check=True
    )
    assert "Usage:" in ran.stdout
    assert not HEAVY & set(ran.stderr.split())
