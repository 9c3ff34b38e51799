"""The report as Markdown, read by a Markdown parser."""

from __future__ import annotations

import html
import re
from typing import Any

from markdown_it import MarkdownIt

from daytona_validate._core.causes import CauseTally
from daytona_validate._core.not_read import NotRead, Why
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported

FAILED = "Code execution failed: "
MARKDOWN = MarkdownIt("commonmark").enable("table")


def rendered(*rows: Reported, **options: Any) -> str:
    tally, causes = Tally(), CauseTally()
    for row in rows:
        tally.add(row.result)
        causes.add(row)
    summary = tally.summary(1.0, causes=causes.causes(), **options)
    text = FORMATS["markdown"].end(rows, summary)
    text.encode()
    return str(MARKDOWN.render(text))


def cells(page: str) -> list[list[str]]:
    """Return the tables' rows as text, the heads and the numbers left out."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    found = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub("<[^>]+>", "", each)) for each in row] for row in found if row]


def test_tables_have_numbers_causes_and_failures() -> None:
    page = rendered(made_reported(), made_reported(outcome="passed"))
    assert "<h2>2 snippets: 1 passed, 1 runtime_error</h2>" in page
    assert cells(page) == [
        ["python", "2", "1", "1", "0", "0", "250", "250"],
        ["total", "2", "1", "1", "0", "0", "250", "250"],
        [
            "1",
            "errors as it ran (KeyError)",
            "mend it, or the mark should-fail or skip",
            "lesson.md:12",
        ],
        ["lesson.md:12", "runtime_error", "KeyError: 1"],
    ]


def test_nothing_ran_and_nothing_is_wrong() -> None:
    assert "0 snippets: nothing ran" in rendered()
    page = rendered(made_reported(outcome="passed"))
    assert "<h2>1 snippet: 1 passed</h2>" in page
    assert "<h3>" not in page


def test_what_was_not_read_and_an_interruption_are_told() -> None:
    not_read = NotRead({Why.BLOCK: 1}, {Why.BLOCK: "<b>.md:3"})
    page = rendered(is_whole=False, not_read=not_read)
    assert "<strong>Interrupted: these are not all snippets.</strong>" in page
    assert "not read: 1 block in an unsupported form (&lt;b&gt;.md:3)" in page


def test_no_name_or_message_is_markdown(evil: str) -> None:
    marks = f"{evil} `a` ``` | \\| </code> <img src=x onerror=1> [x](javascript:1) ![x](y) *b* _c_ "
    marks += "~~d~~ https://x.example &amp; # h\n| - |\n- item @someone"
    row = made_reported(path=f"{marks}.md", details=FAILED + marks, language=marks)
    page = rendered(row)
    assert set(re.findall(r"<(\w+)", page)) == {
        *("h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "code"),
    }
    *_, (place, outcome, cause) = cells(page)
    shown = "`a` ``` | \\| </code> <img src=x onerror=1> [x](javascript:1) ![x](y) *b* _c_ ~~d~~ "
    assert (shown in place, outcome, shown in cause) == (True, "runtime_error", True)


def test_it_is_bounded_and_says_what_it_leaves_out() -> None:
    failures = [made_reported(line=n, details=FAILED + "x" * 500) for n in range(3000)]
    reasons = [
        made_reported(outcome="not_runnable", details=f"Code not runnable: {n}") for n in range(30)
    ]
    page = rendered(*failures, *reasons)
    assert "<p>… 2800 more failures</p>" in page
    assert "<p>… 11 more causes</p>" in page
    assert len(page) < 200_000
