"""The page for a browser, read by a parser; `browser/` has what a real browser makes of it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from daytona_validate._core.causes import CauseTally
from daytona_validate._core.not_read import NotRead, Why
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._models import Missing, MissingKind
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported

from .browser.hostile_page import CODE, HOSTILE, hostile_rows, page_of

FAILED = "Code execution failed: "
OURS = {
    *("html", "head", "meta", "title", "style", "body", "script", "a", "header", "main", "div"),
    *("section", "h1", "h2", "h3", "h4", "p", "span", "strong", "code", "ul", "li", "pre", "mark"),
    *("table", "thead", "tbody", "tr", "th", "td", "svg", "rect", "form", "label", "select"),
    *("option", "button", "details", "summary"),
}


class Page(HTMLParser):
    """What a page has: elements with attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [each for _, each in self.elements if name in str(each.get("class")).split()]


def rendered(*rows: Reported, **options: Any) -> Page:
    tally, causes = Tally(), CauseTally()
    for row in rows:
        tally.add(row.result)
        causes.add(row)
    return Page(FORMATS["html"].end(rows, tally.summary(1.0, causes=causes.causes(), **options)))


def test_the_policy_names_the_hashes_of_our_style_and_script_and_nothing_else() -> None:
    text = page_of([made_reported()])
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    rules = dict(each.strip().split(" ", 1) for each in policy[1].split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_hostile_text_adds_no_element_attribute_or_character() -> None:
    """The same rows with harmless texts have the very same elements and attributes."""
    text = page_of(hostile_rows(), is_whole=False)
    text.encode()
    page = Page(text)
    assert {tag for tag, _ in page.elements} == OURS
    names = {name for _, each in page.elements for name in each}
    assert not [name for name in names if name.startswith("on")]
    assert names & {"href", "src", "style", "srcdoc", "action"} == {"href"}
    links = {each["href"] for tag, each in page.elements if tag == "a"}
    assert all(re.fullmatch(r"#(r\d+|results)", str(link)) for link in links)
    assert all(each.isprintable() or each in "\n\t" for each in set(text))
    for hostile in (each for each in HOSTILE if each.isprintable() and len(each) < 200):
        assert hostile in page.text


def test_a_failure_has_its_code_with_the_line_marked_and_its_output() -> None:
    row = made_reported(
        details=f"{FAILED}NameError: radus (line 5)",
        code=CODE,
        code_line=13,
        error_line=5,
        output="out\n",
        error="err\n",
        runtime="Python 3.11.7",
        section="A > B",
        completed="package main",
    )
    page = rendered(row)
    (result,) = page.of_class("result")
    assert (result["id"], result["data-outcome"]) == ("r0", "runtime_error")
    assert "open" in result
    marks = [tag for tag, _ in page.elements if tag == "mark"]
    assert len(marks) == 1
    for said in (
        "17failed here:     return math.pi",
        "lesson.md:17",
        "NameError: radus",
        "python · 0.250 s · Python 3.11.7 · under A > B · completed: package main",
        "It wrote to stdoutout",
        "It wrote to stderrerr",
    ):
        assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", page.text.replace("\n", ""))


def test_results_stand_in_groups_by_cause_and_what_passed_is_closed_and_last() -> None:
    page = rendered(
        made_reported(index=0, outcome="passed"),
        made_reported(index=1, missing=Missing(MissingKind.NAME, "df"), is_block=True),
        made_reported(index=2, outcome="not_runnable", details="Code not runnable: a grammar"),
        made_reported(index=3, outcome="skipped"),
    )
    assert [each["id"] for each in page.of_class("result")] == ["r1", "r2", "r3", "r0"]
    assert ["open" in each for each in page.of_class("group")] == [True, True, False, False]
    text = page.text
    assert "1 a name that no earlier block has (df)define it, or the mark skip" in text.replace(
        "\n", ""
    )
    assert "1 no program: a grammar" in text


def test_an_empty_run_an_interrupted_one_and_what_was_not_read() -> None:
    empty = rendered()
    assert "0 of 0 snippets passed" in empty.text
    assert "nothing ran in 1.0 s" in empty.text
    assert "Timings" not in empty.text
    not_read = NotRead({Why.BLOCK: 1}, {Why.BLOCK: "<b>.md:3"})
    page = rendered(made_reported(path=None, language=""), is_whole=False, not_read=not_read)
    assert "0 of 1 snippet passed" in page.text
    assert "Interrupted: these are not all snippets." in page.text
    assert "not read: 1 block in an unsupported form (<b>.md:3)" in page.text
    values = [each["value"] for tag, each in page.elements if tag == "option"]
    assert values == ["", "runtime_error", "", "", "", "0"]


def test_the_chart_has_a_row_for_each_range_of_time_and_its_numbers_as_text() -> None:
    times = [(0.005, "passed"), (0.5, "passed"), (0.6, "timeout"), (0.0, "unavailable")]
    page = rendered(*[made_reported(outcome=each, execution_time=s) for s, each in times])
    text = page.text
    rows = re.search(r"under 10 ms10(.*?)0.3 to 1 s11\n", text.replace(" \n", "\n"), re.DOTALL)
    assert rows
    bars = [each for tag, each in page.elements if tag == "rect"]
    assert len(bars) == 2 * 5
    assert (bars[-2]["width"], bars[-1]["x"], bars[-1]["width"]) == ("50.00%", "50.00%", "50.00%")


@pytest.mark.thorough
@pytest.mark.slow
def test_a_course_of_thousands_stays_one_page_that_opens() -> None:
    noise = "x" * 100_000
    rows = [
        made_reported(
            index=n, path=f"p{n % 400}.md", code=noise, output=noise, error=noise, error_line=1
        )
        for n in range(5_010)
    ]
    text = page_of(rows)
    page = Page(text)
    assert len(text) < 8_000_000
    assert len(page.of_class("result")) == 5_000
    assert "10 more results are left out of this page." in page.text
    assert re.search(r"Code and output of \d{4} results are left out of this page", page.text)
    assert sum(tag == "option" for tag, _ in page.elements) == 3 + 1 + 1 + 300


def test_long_code_is_shown_around_its_failing_line() -> None:
    code = "".join(f"line_{n}\n" for n in range(1, 301))
    text = rendered(made_reported(code=code, error_line=200)).text
    assert "170line_170" in text
    assert "230line_230" in text
    assert "line_169\n" not in text
    assert "239 lines left out" in text
    first = rendered(made_reported(code=code)).text
    assert "60line_60" in first
    assert "240 lines left out" in first


def test_results_of_reasons_that_are_too_many_are_together() -> None:
    rows = [
        made_reported(index=n, outcome="not_runnable", details=f"Code not runnable: {n}")
        for n in range(60)
    ]
    page = rendered(*rows)
    assert len(page.of_class("result")) == 60
    assert "10 Other reasons" in page.text
    assert page.text.count("other reasons") == 1
