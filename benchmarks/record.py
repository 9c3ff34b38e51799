"""Where the benchmarks write: `results/<name>.json`, and the same to be read, `<name>.md`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from daytona_validate._bench.record import Record, markdown, surroundings

RESULTS = Path(__file__).parent / "results"


def write(record: Record) -> None:
    """Write a record as JSON and as Markdown into the results' folder."""
    around = surroundings(record)
    RESULTS.mkdir(exist_ok=True)
    plain = asdict(record) | around
    (RESULTS / f"{record.name}.json").write_text(json.dumps(plain, indent=1) + "\n")
    (RESULTS / f"{record.name}.md").write_text(markdown(record, around))
