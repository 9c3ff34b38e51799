"""How long does a second `check` of a course take that nobody has changed?

Each side is the command as a user types it, from the start of its process to its end; they take
turns. The first check, which fills the result cache and prepares toolchains, is not measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._bench.figures import Cell, Figure, beside
from daytona_validate._bench.processes import NotMeasured
from daytona_validate._bench.record import Record

BLOCKS = 600
PER_PAGE = 30
LONGEST_S = 900.0
PYTHON = """\
values = [{number}, 2, 3]
print(sum(values))
"""
LATER = """\
print([each * {number} for each in values])
"""
JAVASCRIPT = """\
const values = [{number}, 2, 3];
console.log(values.map(each => each * 2).join(" "));
"""
TURNS = (("python", PYTHON), ("python", LATER), ("javascript", JAVASCRIPT))
"""What the blocks of a page are, in turns; the second needs a name of the first."""
COLUMNS = ("command", "s", "/ --no-cache", "CPU s", "from the cache", "wrong")
NOTES = (
    "CPU time is that of the command and of all that it started and waited for.",
    "The command's own code is compiled already, as pip leaves it.",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command."""

    wall_s: float
    cpu_s: float
    cached: int
    wrong: int
    """Blocks that did not pass."""


def write_course(folder: Path, blocks: int) -> None:
    """Write pages with this many blocks, all of which pass, each with a number of its own."""
    for start in range(0, blocks, PER_PAGE):
        numbers = range(start, min(start + PER_PAGE, blocks))
        parts = [_block(number, number - start) for number in numbers]
        (folder / f"page-{start:04}.md").write_text("# A page\n\n" + "\n".join(parts))


def _block(number: int, place: int) -> str:
    language, code = TURNS[place % len(TURNS)]
    text = code.format(number=number)
    return f"## Part {place}\n\nSome words about it.\n\n```{language}\n{text}```\n"


def second_check(*, repetitions: int, blocks: int = BLOCKS, say: Callable[[str], None]) -> Record:
    """Measure a check of a course that was checked before, with the result cache and without.

    Args:
        repetitions: Of each.
        blocks: Of the course.
        say: Told of each run.

    Raises:
        NotMeasured: A run failed.
    """
    load_before = os.getloadavg()[0]
    sides = {"check --no-cache": ("--no-cache",), "check": ("--cache",)}
    runs: dict[str, list[Run]] = {title: [] for title in sides}
    with tempfile.TemporaryDirectory() as name:
        write_course(Path(name), blocks)
        checked(Path(name), "--cache")
        for repetition in range(repetitions):
            for title, options in sides.items():
                run = checked(Path(name), *options)
                runs[title].append(run)
                say(f"{repetition + 1}: {title}: {run.wall_s:.2f} s")
    bare = runs["check --no-cache"]
    return Record(
        name="second-check",
        question=f"How long does a second check of {blocks} unchanged blocks take?",
        compared_with="a check that runs all of them again",
        inputs={f"{language}, {number}": code for number, (language, code) in enumerate(TURNS, 1)},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(_row(title, found, bare) for title, found in runs.items()),
        load_before=load_before,
        notes=NOTES,
    )


def checked(folder: Path, *options: str) -> Run:
    """Check a folder by the local provider, and return what it took and came to.

    Raises:
        NotMeasured: It was no whole run.
    """
    command = (sys.executable, "-m", "daytona_validate", "check", ".", "--provider", "local")
    argv = (*command, "--progress", "never", "--output-format", "jsonl", *options)
    left_out = ("PYTHONDONTWRITEBYTECODE", "DAYTONA_CACHE")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    before = os.times()
    began_s = time.perf_counter()
    try:
        ended = subprocess.run(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"a check did not end within {LONGEST_S:g} s") from None
    wall_s, after = time.perf_counter() - began_s, os.times()
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    last = ended.stdout.decode(errors="replace").rstrip("\n").rpartition("\n")[2]
    try:
        summary = json.loads(last)
        return Run(wall_s, cpu_s, summary["cached"], summary["count"] - summary["passed"])
    except (ValueError, KeyError) as error:
        said = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotMeasured(f"a check ended with {ended.returncode}: {said}") from error


def _row(title: str, ours: list[Run], bare: list[Run]) -> tuple[Cell, ...]:
    return (
        title,
        *beside(lambda run: run.wall_s, ours, bare),
        Figure.of([run.cpu_s for run in ours]),
        min(run.cached for run in ours),
        sum(run.wrong for run in ours),
    )
