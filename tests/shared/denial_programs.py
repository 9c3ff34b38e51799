"""The programs in `tests/denials/programs`: what each tries, what happens, and their table.

A program says so at its beginning, in a docstring or a comment. Those of one name in several
languages try the same.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from daytona_validate._core.languages.table import LANGUAGES

DENIALS = Path(__file__).parents[1] / "denials"
ENDINGS = {
    ".py": "python",
    ".js": "javascript",
    ".ts": "typescript",
    ".java": "java",
    ".go": "go",
    ".sql": "sql",
}

DRIVER = """
import json, pathlib, subprocess, sys
answers = {}
for each in sorted(pathlib.Path().glob("*.py")):
    if each.name != "main.py":
        ran = subprocess.run(
            [sys.executable, "-s", each.name], capture_output=True, text=True, check=False
        )
        answers[each.stem] = (ran.stdout or ran.stderr).strip()
print(json.dumps(answers))
"""
"""Runs every program in a process of its own, and prints what each printed."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A program that tries what a jail must refuse; its first words say what, and what happens."""

    file: Path
    tried: str
    happens: str
    answer: str = ""
    """What it then prints."""
    ends: frozenset[str] = frozenset()
    """The limits for one of which it is ended instead; empty: it is not."""

    @property
    def code(self) -> bytes:
        """Its source."""
        return self.file.read_bytes()

    @property
    def language(self) -> str:
        """The name of its language."""
        return ENDINGS[self.file.suffix]

    @property
    def version(self) -> str:
        """What a record of a machine knows it by: its name, and the hash of its source."""
        return f"{self.file.name} {hashlib.sha256(self.code).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of machine, and the programs that were refused there."""

    mark: str
    what: str
    refused: frozenset[str]


def denials(language: str | None = "python") -> list[Denial]:
    """Return those of a language, or all, in the order of their files' names."""
    found = [_denial(file) for file in sorted((DENIALS / "programs").iterdir()) if file.is_file()]
    return [each for each in found if language in (None, each.language)]


def driven() -> dict[str, bytes]:
    """Return the files of a work folder in which `main.py` runs all that end by themselves."""
    lasting = {each.file.name: each.code for each in denials() if not each.ends}
    return lasting | {"main.py": DRIVER.encode()}


def machines() -> list[Machine]:
    """Return the kinds of machines of which there is a record, by their marks."""
    found = []
    for file in sorted((DENIALS / "machines").glob("*.txt")):
        what, *refused = file.read_text().splitlines()
        found.append(Machine(file.stem, what, frozenset(refused)))
    return found


def table() -> str:
    """Return the table of the programs, and above it the kinds of machines, in Markdown."""
    kinds = machines()
    rows = [_row(list(same), kinds) for _, same in groupby(denials(None), lambda d: d.file.stem)]
    head = ("| Tried | Happens | Program | In | On |", "| - | - | - | - | - |")
    return "\n".join((*(f"* {each.mark}: {each.what}" for each in kinds), "", *head, *rows))


def table_of_tests() -> str:
    """Return the table of the tests beside the programs, those that say what happens."""
    rows = [
        f"| {_cell(tried)} | {_cell(happens)} | `{file.stem}` |"
        for file in sorted(DENIALS.glob("test_*.py"))
        for tried, happens in _told(file)
    ]
    return "\n".join(("| Tried | Happens | Tests |", "| - | - | - |", *rows))


def _told(file: Path) -> Iterator[tuple[str, str]]:
    for each in ast.parse(file.read_text()).body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            tried, is_told, happens = (ast.get_docstring(each) or "").partition("\n\nHappens: ")
            if is_told:
                yield " ".join(tried.split()), " ".join(happens.split())


def _row(same: list[Denial], kinds: list[Machine]) -> str:
    first = same[0]
    assert {(each.tried, each.happens) for each in same} == {(first.tried, first.happens)}
    order = list(LANGUAGES)
    languages = sorted((each.language for each in same), key=order.index)
    cells = (
        _cell(first.tried),
        _cell(first.happens),
        f"`{first.file.stem}`",
        ", ".join(languages),
        " ".join(_marks(same, kinds)),
    )
    return f"| {' | '.join(cells)} |"


def _marks(same: list[Denial], kinds: list[Machine]) -> Iterator[str]:
    """Yield the mark of each machine on which they were refused; in brackets if only some were."""
    for each in kinds:
        count = sum(denial.version in each.refused for denial in same)
        if count:
            yield each.mark if count == len(same) else f"({each.mark})"


def _cell(sentence: str) -> str:
    return sentence.rstrip(".").replace("|", r"\|")


def _denial(file: Path) -> Denial:
    source = file.read_text()
    is_python = file.suffix == ".py"
    said = ast.get_docstring(ast.parse(source)) if is_python else _comment(source)
    assert said, f"{file.name} does not say what it tries"
    tried, _, rest = said.partition("\n\n")
    told = dict(line.split(": ", 1) for line in rest.splitlines())
    ends = frozenset(told.get("Ends", "").split())
    assert bool(ends) is not bool(told.get("Answer")), f"{file.name}: what happens?"
    return Denial(file, " ".join(tried.split()), told["Happens"], told.get("Answer", ""), ends)


def _comment(source: str) -> str:
    return source.removeprefix("/* ").partition("*/")[0].strip()
