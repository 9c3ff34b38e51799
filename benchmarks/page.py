"""Write docs/benchmarks.md, its pictures and the table of README.md here from the result files.

With `--check` they are only compared.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from daytona_validate._bench.chart_svg import charts_svg
from daytona_validate._bench.charts import charts_of
from daytona_validate._bench.record import Record, table
from record import RESULTS
from standing import slower_than_bare, standing_table

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGE = "benchmarks.md"
PICTURES = "benchmarks"
README = Path(__file__).with_name("README.md")
STANDING = re.compile(r"(?<=<!-- table: standing -->\n).*?(?=<!-- end of table -->)", re.DOTALL)
SHOWN = {
    "client": "The client, beside Daytona's own SDK",
    "client-before": "The client before",
    "overhead": "Our own part",
    "overhead-before": "Our own part before",
    "start-up": "Start",
    "start-up-before": "Start before",
    "transport": "One request",
    "soak": "Thousands of mixed programs, a tenth of them hostile",
    "faulty-answers": "Ten thousand, and a service that fails",
    "local": "This machine's sandboxes, beside bare processes",
    "local-python-fast-python": "Python as forks of one interpreter, beside bare processes",
    "peers": "Python beside what others take",
    "peer-denials": "What each of these lets a program see",
    "batch": "A batch of mixed snippets, warm and cold",
    "verdicts": "Verdicts",
}
"""Result files in the order of the page, each with its heading; what is not there is left out."""
HEAD = """\
# Benchmarks

`daytona-validate bench` measures the same on your machine in a minute or two, prints it, and
writes it with `--json FILE` and `--svg FILE`; `--full` measures as much as stands here, and
`--against sdk` puts Daytona's own SDK beside it, which must be installed.

This page and its pictures are written by `python benchmarks/page.py` from the result files in
[benchmarks/results](../benchmarks/results), each of which one program of
[benchmarks](../benchmarks/README.md) wrote. A bar is a median, the line over it goes from the
least to the greatest. What else the machine did says `load before` of each; most were made beside
other work. Trust ratios, which are taken within each repetition, and CPU times more than rates.
"""


def files() -> dict[Path, str]:
    """Return the page, its pictures and the other page by path."""
    page, others = [HEAD], {}
    for name in filter(there, SHOWN):
        value = json.loads((RESULTS / f"{name}.json").read_text())
        record = Record.of_json(value)
        charts = charts_of(record)
        page += section(name, record, value, is_drawn=bool(charts))
        if charts:
            picture = charts_svg(charts, title=record.question)
            others[DOCS / PICTURES / f"{name}.svg"] = picture
        if name == "local":
            others[README] = STANDING.sub(standing_table(record), README.read_text())
    return {DOCS / PAGE: "\n".join(page), **others}


def there(name: str) -> bool:
    """Return whether there is such a result."""
    return (RESULTS / f"{name}.json").is_file()


def section(
    name: str, record: Record, value: Mapping[str, Any], *, is_drawn: bool
) -> Iterator[str]:
    """Yield the lines of one result: question, picture, table, and how it was made."""
    yield from (f"## {SHOWN[name]}", "", f"{record.question} Beside {record.compared_with}.", "")
    if is_drawn:
        yield from (f"![{record.question}]({PICTURES}/{name}.svg)", "")
    if name == "local":
        yield from (*slower_than_bare(record), "")
    yield from (*table(record), "")
    yield from (f"* {note}" for note in record.notes)
    for about in ("machine", "versions"):
        listed = ", ".join(f"{key} {each}" for key, each in value[about].items())
        yield f"* {about.capitalize()}: {listed}."
    inputs = f"[inputs](../benchmarks/results/{name}.md)"
    made = f"commit {value['commit']}, {value['date']}"
    yield from (f"* Medians of {record.repetitions}, {made}; {inputs}.", "")


def main() -> int:
    """Write the files, or say which are not as they would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    wanted = files()
    there_now = {DOCS / PAGE, README, *(DOCS / PICTURES).glob("*.svg")}
    stale = [path for path, text in wanted.items() if not _is(path, text)]
    stale += sorted(there_now - wanted.keys())
    if asked.check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the results say", file=sys.stderr)
        return int(bool(stale))
    (DOCS / PICTURES).mkdir(exist_ok=True)
    for path in there_now - wanted.keys():
        path.unlink(missing_ok=True)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
