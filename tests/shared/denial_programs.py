"""The programs in `tests/denials/programs`: what each tries, what happens, and their table."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "denials" / "programs"

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
    """A program that tries what a jail must refuse; its docstring says what, and what happens."""

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


def denials() -> list[Denial]:
    """Return all of them, in the order of their files' names."""
    return [_denial(file) for file in sorted(FOLDER.glob("*.py"))]


def driven() -> dict[str, bytes]:
    """Return the files of a work folder in which `main.py` runs all that end by themselves."""
    lasting = {each.file.name: each.code for each in denials() if not each.ends}
    return lasting | {"main.py": DRIVER.encode()}


def table() -> str:
    """Return the table of them, in Markdown."""
    rows = [
        f"| {_cell(each.tried)} | {_cell(each.happens)} | `{each.file.name}` |"
        for each in denials()
    ]
    return "\n".join(("| Tried | Happens | Program |", "| - | - | - |", *rows))


def _cell(sentence: str) -> str:
    return sentence.rstrip(".").replace("|", r"\|")


def _denial(file: Path) -> Denial:
    docstring = ast.get_docstring(ast.parse(file.read_text()))
    assert docstring, f"{file.name} does not say what it tries"
    tried, _, said = docstring.partition("\n\n")
    told = dict(line.split(": ", 1) for line in said.splitlines())
    ends = frozenset(told.get("Ends", "").split())
    return Denial(file, " ".join(tried.split()), told["Happens"], told.get("Answer", ""), ends)
