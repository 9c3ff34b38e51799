"""What every benchmark writes down: figures, and all that is needed to judge them.

No host name and no path: a result says what kind of machine it was, not which.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some repetitions, and how far they spread."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Return the figure of some values: their median, least and greatest."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{_three(self.median)} ({_three(self.low)} to {_three(self.high)})"


Cell = str | int | Figure


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


def write(record: Record, versions: Mapping[str, str]) -> None:
    """Write a record as JSON and as Markdown into the results' folder."""
    surroundings = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": _commit(),
        "machine": _machine() | {"load before": f"{record.load_before:.1f}"},
        "versions": _versions() | dict(versions),
    }
    RESULTS.mkdir(exist_ok=True)
    plain = asdict(record) | surroundings
    (RESULTS / f"{record.name}.json").write_text(json.dumps(plain, indent=1) + "\n")
    (RESULTS / f"{record.name}.md").write_text(_markdown(record, surroundings))


def _three(value: float) -> str:
    """Return a number with three digits that count, and never with an exponent for large ones."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _commit() -> str:
    git = ("git", "-C", str(ROOT))
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


def _markdown(record: Record, surroundings: Mapping[str, object]) -> str:
    how = (
        f"Compared with {record.compared_with}, in the same run. "
        f"Median of {record.repetitions} repetitions, in brackets the least and the greatest."
    )
    lines = [
        f"# {record.question}",
        "",
        how,
        "",
        f"| {' | '.join(record.columns)} |",
        f"| {' | '.join('-' for _ in record.columns)} |",
        *(f"| {' | '.join(str(cell) for cell in row)} |" for row in record.rows),
        "",
        *(f"* {note}" for note in record.notes),
        "",
    ]
    for name, value in surroundings.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {each}" for key, each in value.items())  # noqa: PLW2901
        lines.append(f"* {name}: {value}")
    for name, code in record.inputs.items():
        lines += ["", f"Input `{name}`:", "", "```" + name, code.strip(), "```"]
    return "\n".join(lines) + "\n"
