"""From records to what the command `bench` shows and writes. Pure, but for `surroundings`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from daytona_validate._bench.chart_svg import charts_svg
from daytona_validate._bench.charts import charts_of
from daytona_validate._bench.record import Record, plain_record


def as_rows(record: Record) -> list[list[str]]:
    """Return a record's table, its head first; a column in which nothing stands is left out."""
    rows = [record.columns, *(tuple(map(str, row)) for row in record.rows)]
    kept = [n for n in range(len(record.columns)) if {row[n] for row in rows[1:]} != {"-"}]
    return [[row[n] for n in kept] for row in rows]


def as_json(records: Sequence[Record]) -> str:
    """Return records as one JSON document, each with when, of which commit and on what."""
    value = {"schema_version": 1, "benchmarks": [plain_record(record) for record in records]}
    return json.dumps(value, indent=1) + "\n"


def as_svg(records: Sequence[Record]) -> str:
    """Return a picture of all that is drawn of the records; empty if that is nothing."""
    charts = [chart for record in records for chart in charts_of(record)]
    titles = " ".join(record.question for record in records if charts_of(record))
    return charts_svg(charts, title=titles) if charts else ""
