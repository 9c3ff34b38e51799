"""Where the local sandboxes stand beside bare processes: the medians of `local.json`, in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from daytona_validate._bench.figures import Cell, Figure, three_digits
from daytona_validate._bench.record import Record

AIMS: dict[tuple[str, str], Sequence[float | None]] = {
    ("python", "python3"): (None, 0.75, None),
    ("javascript", "node"): (None, 0.8, None),
    ("typescript", "tsc + node"): (2.5, 3.5, 4.0),
    ("java", "javac + java"): (5.0, 7.0, 9.0),
    ("go", "go run"): (1.35, 1.55, 1.55),
}
"""Isolated over bare that was aimed at, at 1, 2 and 4 at a time; None: nothing was."""
HEAD = (
    "| language | beside | isolated / bare | CPU ms, isolated / bare | aim | met |",
    "| - | - | - | - | - | - |",
)


@dataclass(frozen=True, slots=True)
class Stand:
    """One language beside one bare way."""

    language: str
    bare: str
    ratios: tuple[float, ...]
    """At 1, 2 and 4 at a time."""
    cpu_ms: tuple[str, str]
    """Isolated and bare, of one at a time."""


def stands(record: Record) -> list[Stand]:
    """Return the medians of a record of `bench_local.py`, in its order."""
    cells = [dict(zip(record.columns, row, strict=True)) for row in record.rows]
    found: dict[tuple[str, str], list[dict[str, Cell]]] = {}
    for each in cells:
        found.setdefault((str(each["language"]), str(each["bare"])), []).append(each)
    return [
        Stand(
            language,
            bare,
            tuple(_median(each["isolated / bare"]) for each in rows),
            (_shown(rows[0]["isolated CPU ms"]), _shown(rows[0]["bare CPU ms"])),
        )
        for (language, bare), rows in found.items()
    ]


def standing_table(record: Record) -> str:
    """Return the table of all of them beside what was aimed at, in Markdown."""
    return "".join(f"{line}\n" for line in (*HEAD, *map(_row, stands(record))))


def slower_than_bare(record: Record) -> Iterator[str]:
    """Yield a sentence for each language that is slower in a sandbox at any number at a time."""
    for language, ways in groupby(stands(record), attrgetter("language")):
        ratios = next(ways).ratios
        if min(ratios) < 1:
            yield f"**Slower than bare: {language}**, {_listed(ratios)} times as many a second."


def _row(stand: Stand) -> str:
    aims = AIMS.get((stand.language, stand.bare))
    aim, met = "none", ""
    if aims:
        reached = zip(stand.ratios, aims, strict=True)
        missed = [aim is not None and ratio < aim for ratio, aim in reached]
        aim = ", ".join("-" if each is None else f"{each:g}" for each in aims)
        met = "no" if any(missed) else "yes"
    cpu = " / ".join(stand.cpu_ms) if stand.cpu_ms[0] != stand.cpu_ms[1] else stand.cpu_ms[0]
    cells = (stand.language, stand.bare, _listed(stand.ratios), cpu, aim, met)
    return f"| {' | '.join(cells)} |"


def _listed(ratios: Sequence[float]) -> str:
    return ", ".join(f"{each:.2f}" for each in ratios)


def _median(cell: Cell) -> float:
    assert isinstance(cell, Figure), cell
    return cell.median


def _shown(cell: Cell) -> str:
    return three_digits(cell.median) if isinstance(cell, Figure) else str(cell)
