"""What every benchmark writes down: figures, and all that is needed to judge them.

No host name and no path: a record says what kind of machine it was, not which.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from daytona_validate._bench.figures import Cell, cell_of

_CHECKOUT = Path(__file__).parents[3]
"""Where the sources stand, if this is a checkout and not an installed wheel."""
_FAILURES = ("errors", "wrong", "not as at first")
"""Columns that count what did not come out as it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One benchmark's outcome."""

    name: str
    """Also the name of its files."""
    question: str
    compared_with: str
    inputs: Mapping[str, str]
    """Each input by name, as it was run."""
    repetitions: int
    """How often each row was measured; the variants of a row take turns."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    load_before: float
    """The machine's load average before anything was measured: what else it was doing."""
    notes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of what else took part, by name."""

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Record:
        """Return the record of a result file; its surroundings are left out but for versions."""
        names = cls.__slots__
        fields = {name: value[name] for name in names if name in value}
        rows = tuple(tuple(map(cell_of, row)) for row in value["rows"])
        tuples = {"columns": tuple(value["columns"]), "notes": tuple(value["notes"])}
        return cls(**fields | tuples | {"rows": rows})


def plain_record(record: Record) -> dict[str, Any]:
    """Return a record for JSON, with when, of which commit and on what it was measured."""
    return asdict(record) | surroundings(record)


def failures(record: Record) -> int:
    """Return how many of the things that were done did not come out as they must."""
    cells = [dict(zip(record.columns, row, strict=True)) for row in record.rows]
    found = (each.get(column) for each in cells for column in _FAILURES)
    return sum(each for each in found if isinstance(each, int))


def surroundings(record: Record) -> dict[str, Any]:
    """Return when, of which commit and on what kind of machine a record was measured."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": _commit(),
        "machine": _machine() | {"load before": f"{record.load_before:.1f}"},
        "versions": _versions() | dict(record.versions),
    }


def _commit() -> str:
    """Return the commit of the sources, and whether they were changed since."""
    if not (_CHECKOUT / ".git").exists():
        return "none: an installed package"
    git = ("git", "-C", str(_CHECKOUT))
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, check=False)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "src", "benchmarks/*.py"],
        capture_output=True,
        check=False,
    )
    if head.returncode != 0:
        return "unknown"
    return head.stdout.decode().strip() + (" and uncommitted changes" if changed.stdout else "")


def _machine() -> dict[str, str]:
    memory = Path("/proc/meminfo").read_text().split()[1]
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(memory) / 1024**2:.0f} GiB",
        "kernel": platform.release(),
        "architecture": platform.machine(),
        # To start a jail costs root more: it has to become somebody else first.
        "caller": "a plain user" if os.geteuid() else "root",
    }


def _versions() -> dict[str, str]:
    return {
        "daytona-validate": metadata.version("daytona-validate"),
        "python": platform.python_version(),
    }


def versions_of(*names: str) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def markdown(record: Record, around: Mapping[str, Any]) -> str:
    """Return a record as a page.

    Args:
        record: The record.
        around: Its surroundings.
    """
    how = (
        f"Compared with {record.compared_with}, in the same run. "
        f"Median of {record.repetitions} repetitions, in brackets the least and the greatest."
    )
    lines = [
        f"# {record.question}",
        "",
        how,
        "",
        *table(record),
        "",
        *(f"* {note}" for note in record.notes),
        "",
    ]
    for name, value in around.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {each}" for key, each in value.items())  # noqa: PLW2901
        lines.append(f"* {name}: {value}")
    for name, code in record.inputs.items():
        lines += ["", f"Input `{name}`:", "", "```" + name, code.strip(), "```"]
    return "\n".join(lines) + "\n"


def table(record: Record) -> list[str]:
    """Return the lines of a record's table."""
    return [
        f"| {' | '.join(record.columns)} |",
        f"| {' | '.join('-' for _ in record.columns)} |",
        *(f"| {' | '.join(str(cell) for cell in row)} |" for row in record.rows),
    ]
