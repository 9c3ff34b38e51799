"""Python that talks with a person at a terminal; a mistake in it stays one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome
from for_each import for_each

TYPES, ARGUMENTS = "it reads what its reader types", "it needs arguments on its command line"
TERMINAL = "it needs a terminal"
USAGE = "Usage: main.py [OPTIONS] BOX\nTry 'main.py --help' for help.\n\n"
BOXED = "╭─ Error ───╮\n│ Missing command.      │\n╰───────────╯\n"
TRACE = 'Traceback (most recent call last):\n  File "main.py", line 1\n'
COMMAND = (
    "import click\n@click.command()\n@click.option('--kg', prompt='How heavy')\ndef pack(kg): ...\n"
)


def said(
    code: str, error: str, *, exit_code: int = 1, line: int | None = 1, is_block: bool = True
) -> str | None:
    last = error.rstrip().rpartition("\n")[2]
    failed = result(Outcome.RUNTIME_ERROR, error, language="python", line=line)
    failed = replace(failed, details=failure_details(last), exit_code=exit_code)
    return no_program(replace(block(code, "python"), is_block=is_block), failed)


@pytest.mark.parametrize(
    ("code", "error", "exit_code", "reason"),
    [
        ("click.confirm('Ship it?')", "click.exceptions.Abort", 1, TYPES),
        ("kg = click.prompt('How heavy', type=int)", "click.exceptions.Abort (line 1)", 1, TYPES),
        (COMMAND, "Aborted!\n", 1, TYPES),
        ("import typer\nkg = typer.prompt('kg')\n", "Aborted!\n", 1, TYPES),
        (COMMAND, f"{USAGE}Error: Missing argument 'BOX'.\n", 2, ARGUMENTS),
        ("import typer\n", f"{USAGE}{BOXED}", 2, ARGUMENTS),
        ("key = click.getchar()", "OSError: [Errno 6] No such device or address: '/dev/tty'", 1,
         TERMINAL),
        ("tty.setraw(0)", "termios.error: (25, 'Inappropriate ioctl for device')", 1, TERMINAL),
        ("os.get_terminal_size()", "OSError: [Errno 25] Inappropriate ioctl for device", 1,
         TERMINAL),
        ("click.edit('a')", "click.exceptions.ClickException: vi: Editing failed: no", 1, TERMINAL),
    ],
)  # fmt: skip
def test_what_waits_for_a_person(code: str, error: str, exit_code: int, reason: str) -> None:
    assert said(code, error, exit_code=exit_code) == reason
    assert said(code, error, exit_code=exit_code, is_block=False) is None


@for_each(
    ("code", "error", "exit_code"),
    [
        ("pack(3)  # click.prompt(", "click.exceptions.Abort", 1),
        ("click.confrim('Ship it?')", "AttributeError: module 'click' has no attribute 'x'", 1),
        ("kg = click.prompt('kg', typ=int)", "TypeError: prompt() got an unexpected keyword", 1),
        ("print('Aborted!')\nraise SystemExit(1)", "Aborted!\n", 1),
        ("import click\nraise click.Abort", "Aborted!\n", 1),
        (COMMAND, "Error: Aborted! No.\n", 1),
        (COMMAND, f"{USAGE}Error: Missing argument 'BOX'.\n", 1),
        (COMMAND, f"{TRACE}Error: Missing argument 'BOX'.\n", 2),
        (COMMAND, f"{USAGE}Error: No such option: --kq\n", 2),
        ("import sys\nsys.exit(2)", f"{USAGE}Error: Missing argument 'BOX'.\n", 2),
        ("open('/dev/ttyqz')", "FileNotFoundError: No such file or directory: '/dev/ttyqz'", 1),
        ("click.edit('a')", "click.exceptions.ClickException: no", 1),
    ],
)
def test_what_stays_a_mistake(code: str, error: str, exit_code: int) -> None:
    assert said(code, error, exit_code=exit_code) is None


def test_the_line_of_the_error_counts() -> None:
    code = "pack(3)\nclick.prompt('kg')\n"
    assert said(code, "click.exceptions.Abort", line=2) == TYPES
    assert said(code, "click.exceptions.Abort", line=1) is None
    assert said(code, "click.exceptions.Abort", line=None) is None
