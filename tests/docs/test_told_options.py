"""Commands and options that the documentation tells of are there; most of them no test types."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest
from markdown_it import MarkdownIt

from daytona_validate._cli.program import program
from daytona_validate._cli.top_help import COMMANDS
from documented import PAGES, ROOT
from for_each import for_each

TELLING = (
    *PAGES,
    *(ROOT / each for each in ("CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md")),
    ROOT / "examples" / "github-workflow.yml",
    ROOT / ".pre-commit-hooks.yaml",
)
TYPED = re.compile(r"(?<![-\w])(?<!install )daytona-validate (.*)")
SHORT = re.compile(rf"(?:{'|'.join(COMMANDS)}) \S.*")
"""Code in a line of text that is a command without the program's name."""
GOES_ON = re.compile(r"\\\n|\n\s+(?=--)")
OPTION = re.compile(r"--?[a-zA-Z][a-z-]*")
OF_OTHERS = {"--again", "--results", "--no-venv", "--timeout-graceful-shutdown", "--workers"}
"""Options of examples/evaluate.py, of nox and of uvicorn."""


def code_of(page: Path) -> Iterator[tuple[str, bool]]:
    """Yield the code of a page, and whether it stands in a line of text."""
    if page.suffix != ".md":
        yield page.read_text(), False
        return
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        if token.type in ("fence", "code_block"):
            yield token.content, False
        for each in token.children or ():
            if each.type == "code_inline":
                yield each.content, True


def commands(page: Path) -> Iterator[str]:
    """Yield what is typed after the program's name."""
    for code, is_inline in code_of(page):
        yield from TYPED.findall(GOES_ON.sub(" ", code))
        if is_inline and SHORT.fullmatch(code):
            yield code


def options(words: list[str]) -> set[str]:
    """Return the names of the options among some words."""
    return {found[0] for found in map(OPTION.match, words) if found}


def options_of(command: click.Command) -> set[str]:
    """Return the options that a command has."""
    return {name for each in command.params for name in (*each.opts, *each.secondary_opts)}


def found(words: list[str]) -> tuple[click.Command | None, list[str]]:
    """Return the command that some words begin with, and the other words."""
    command: click.Command | None = program
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.get_command(click.Context(command), words[0])
        words = words[1:]
    return command, words


def not_there(typed: str) -> set[str]:
    """Return the options of a command that it does not have; all of it if there is no such."""
    parted = shlex.shlex(typed, posix=True, punctuation_chars="|;&")
    parted.whitespace_split = True
    words = list(takewhile(lambda word: not set(word) <= set("|;&"), parted))
    command, rest = found(words)
    return {typed} if command is None else options(rest) - options_of(command) - {"--help", "-h"}


def all_options(command: click.Command) -> set[str]:
    """Return the options of a command, and of all below it."""
    if not isinstance(command, click.Group):
        return options_of(command)
    context = click.Context(command)
    below = (command.get_command(context, each) for each in command.list_commands(context))
    return options_of(command).union(*(all_options(each) for each in below if each))


@for_each("page", TELLING, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_options_are_there(page: Path) -> None:
    assert set().union(*map(not_there, commands(page))) == set()


@for_each("page", PAGES, ids=lambda page: page.stem)
def test_options_alone_are_there(page: Path) -> None:
    alone = [code for code, is_inline in code_of(page) if is_inline and code.startswith("-")]
    assert options(" ".join(alone).split()) - all_options(program) - OF_OTHERS == set()


@pytest.mark.parametrize(
    ("typed", "lacks"),
    [
        ("check a.md --list -q | head -n 3", set()),
        ("check a.md --lst --template '{a} --b' -q", {"--lst"}),
        ("snapshots build --outdated", {"--outdated"}),
        ("snapshots make", {"snapshots make"}),
    ],
)
def test_what_is_not_there_is_found(typed: str, lacks: set[str]) -> None:
    assert not_there(typed) == lacks
