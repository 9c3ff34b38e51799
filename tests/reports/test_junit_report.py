"""The report for build servers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from junitparser import JUnitXml

from daytona_validate._core.summary import Tally
from daytona_validate._models import Fault, Location, Outcome
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported
from result_reports import ResultReport

JUNIT = ResultReport("junit")


def document(results: Any, *found: Any) -> ET.Element:
    assert "".join(JUNIT.each(each) for each in found) == ""
    text = JUNIT.end(found, results.summary(found))
    assert text.endswith(">\n")
    JUnitXml.fromstring(text)
    root = ET.fromstring(text)
    check_schema(root)
    return root


ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {
        "name",
        "tests",
        "failures",
        "errors",
        "skipped",
        "time",
        "hostname",
        "timestamp",
    },
    "properties": set(),
    "property": {"name", "value"},
    # `file` and `line` are no part of Jenkins' schema; GitLab and CircleCI read them.
    "testcase": {"name", "classname", "time", "file", "line"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set(),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name", "classname"}}
CHILDREN = {
    "testsuites": "(testsuite )*",
    "testsuite": "(properties )?(testcase )*",
    "properties": "(property )+",
    "testcase": "(failure |error |skipped )?(system-out )?",
}


def check_schema(element: ET.Element) -> None:
    """Hold an element and all below it against the rules that JUnit's schemas have in common."""
    assert set(element.attrib) <= ATTRIBUTES[element.tag]
    assert REQUIRED.get(element.tag, set()) <= set(element.attrib)
    for name in {"tests", "failures", "errors", "skipped", "line"} & set(element.attrib):
        assert element.attrib[name].isdecimal()
    assert float(element.attrib.get("time", 0)) >= 0
    children = "".join(f"{child.tag} " for child in element)
    assert re.fullmatch(CHILDREN.get(element.tag, ""), children)
    if element.tag in CHILDREN:
        assert not (element.text or "").strip()
    for child in element:
        check_schema(child)


def test_a_suite_is_a_file_and_a_case_a_snippet(results: Any) -> None:
    root = document(
        results,
        results.make(line=3, stdout="hi\n"),
        results.make(path="other.md"),
        results.failed(line=9, snippet_id="loops"),
        results.make(path=None),
    )
    assert root.attrib["tests"] == "4"
    assert (root.attrib["failures"], root.attrib["errors"]) == ("1", "0")
    assert [suite.attrib["name"] for suite in root] == ["lesson.md", "other.md", "snippets"]
    assert [suite.attrib["tests"] for suite in root] == ["2", "1", "1"]
    cases = [case.attrib for case in root.iter("testcase")]
    assert cases[0] == {
        "name": "3 python",
        "classname": "lesson.md",
        "file": "lesson.md",
        "line": "3",
        "time": "0.25",
    }
    assert cases[1]["name"] == "9 python loops"
    assert "file" not in cases[3]
    assert cases[3]["name"] == "snippet 3 python"
    assert root.findtext(".//system-out") == "hi\n"


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_was_judged_can_be_a_failure(results: Any, outcome: Outcome) -> None:
    case = document(results, replace(results.failed(), outcome=outcome)).find(".//testcase")
    assert case is not None
    expected = {
        Outcome.PASSED: [],
        Outcome.UNAVAILABLE: ["error"],
        Outcome.SKIPPED: ["skipped"],
        Outcome.CANCELLED: ["skipped"],
        Outcome.NOT_RUNNABLE: ["skipped"],
    }.get(outcome, ["failure"])
    assert [each.tag for each in case] == expected
    assert [each.attrib["type"] for each in case] == [str(outcome) for _ in expected]


def test_a_failure_has_its_line_and_its_words(results: Any) -> None:
    failure = document(results, results.failed()).find(".//failure")
    assert failure is not None
    assert failure.attrib["message"] == "Code execution failed: KeyError: 1 (line 3)"
    assert (failure.text or "").startswith("Traceback")


def test_a_case_has_the_line_that_failed() -> None:
    row = made_reported(line=10, code_line=11, code="a\nb\n", error_line=2)
    case = ET.fromstring(FORMATS["junit"].end([row], Tally().summary(1.0))).find(".//testcase")
    assert case is not None
    assert (case.attrib["name"], case.attrib["line"]) == ("10 python", "12")


def test_an_interrupted_run_says_so_in_every_suite() -> None:
    summary = Tally().summary(1.0, is_whole=False)
    for rows in ([], [made_reported()]):
        root = ET.fromstring(FORMATS["junit"].end(rows, summary))
        check_schema(root)
        said = [suite.find("properties/property[@name='is_whole']") for suite in root]
        assert [suite.attrib["name"] for suite in root] == [
            "interrupted",
            *["lesson.md"] * len(rows),
        ]
        assert all(each is not None and each.attrib["value"] == "false" for each in said)


def test_what_has_no_words_repeats_its_line(results: Any) -> None:
    result = replace(results.unavailable(), fault=Fault.ENVIRONMENT)
    error = document(results, result).find(".//error")
    assert error is not None
    assert error.text == "Code validation unavailable - gone"


def test_a_notebook_cell_is_named(results: Any) -> None:
    result = replace(results.make(), location=Location("a.ipynb", 2, cell=4))
    case = document(results, result).find(".//testcase")
    assert case is not None
    assert case.attrib["name"] == "cell[4]:2 python"


def test_evil_text_breaks_no_document(results: Any, evil: str) -> None:
    root = document(
        results,
        results.make(1, stdout=evil, stderr=evil, path=evil, skill=evil, snippet_id=evil),
    )
    case = root.find(".//testcase")
    assert case is not None
    shown = "\\x1b]0;owned\\x07\\x9b31m\\u202e"
    assert case.attrib["file"].startswith(shown)
    assert (root.findtext(".//system-out") or "").startswith(shown)
    assert (root.findtext(".//failure") or "").startswith(shown)


def test_long_output_is_cut_in_its_middle(results: Any) -> None:
    root = document(results, results.make(stdout="a" * 100_000 + "end"))
    shown = root.findtext(".//system-out") or ""
    assert len(shown) < 21_000
    assert "… 80003 characters left out …" in shown
    assert shown.endswith("end")
