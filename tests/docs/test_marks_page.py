"""The table of marks in docs/marks.md: each spelling that it names does what its row says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from daytona_validate._courses.info_string import parse_info
from daytona_validate._courses.marks import Marks
from daytona_validate._courses.read_marks import marks_of
from for_each import for_each

PAGE = (Path(__file__).parents[2] / "docs" / "marks.md").read_text()
DOES: dict[str, Callable[[Marks], object]] = {
    "skip": lambda marks: marks.skip is not None,
    "no-run": lambda marks: marks.check_only,
    "should-fail": lambda marks: marks.should_fail is not None,
    "timeout=5": lambda marks: marks.timeout_s,
    "id=first": lambda marks: marks.snippet_id,
    'title="app.py"': lambda marks: marks.file,
    "session=a": lambda marks: marks.session,
    "continuation": lambda marks: marks.continues,
    "standalone": lambda marks: marks.stands_alone,
}
ROWS = {
    re.findall(r"`([^`]+)`", cells[1])[0]: re.findall(r"`([^`]+)`", cells[1] + cells[2])
    for cells in (line.split("|") for line in PAGE.splitlines() if line.startswith("| `"))
}


def test_each_row_is_known() -> None:
    assert ROWS.keys() == DOES.keys()


@for_each(("mark", "spelling"), [(mark, each) for mark, row in ROWS.items() for each in row])
def test_a_spelling_does_what_its_row_says(mark: str, spelling: str) -> None:
    said = spelling.replace("…", "a.py")
    if said.startswith("<!--"):
        marks = marks_of(parse_info("python"), comments=[said[4:-3].strip()])
    else:
        said = f"{said}a.py" if said.endswith("=") else said
        braced = f"{{.python {said}}}" if said[0] in ".#" else f"python {said}"
        marks = marks_of(parse_info(braced), code="# app.py\n" if said == "# app.py" else "")
    assert DOES[mark](marks), spelling
