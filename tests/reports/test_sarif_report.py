"""The report for code scanning, held against the rules of SARIF 2.1.0 that concern it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported

FAILED = "Code execution failed: "
CODE: dict[str, Any] = {"code": "a = 1\nprint(b)\n", "code_line": 13, "error_line": 2}


def run_of(*rows: Reported, **options: Any) -> dict[str, Any]:
    text = FORMATS["sarif"].end(rows, Tally().summary(1.0, **options))
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    _check_rules_of_sarif(run)
    found: dict[str, Any] = run
    return found


def _check_rules_of_sarif(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert len({each["id"] for each in rules}) == len(rules)
    assert all(each["shortDescription"]["text"] for each in rules)
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        assert all(isinstance(each, str) for each in result["partialFingerprints"].values())
        for location in result["locations"]:
            physical = location.get("physicalLocation")
            assert physical or location["message"]["text"]
            if physical:
                assert physical["region"]["startLine"] >= 1
                uri = physical["artifactLocation"]["uri"]
                assert uri.isascii()
                assert not set(uri) & set(' "<>\\^`{|}')


def test_a_result_is_a_failure_at_its_line_with_its_code() -> None:
    run = run_of(
        made_reported(details=f"{FAILED}NameError: b (line 2)", **CODE),
        made_reported(outcome="passed"),
        made_reported(outcome="unavailable"),
        made_reported(outcome="not_runnable"),
    )
    first, second = run["results"]
    assert (first["ruleId"], first["level"]) == ("runtime_error", "error")
    assert first["message"] == {"text": "NameError: b"}
    physical = first["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "lesson.md"}
    assert physical["region"] == {"startLine": 14, "snippet": {"text": "print(b)"}}
    assert (second["ruleId"], second["level"]) == ("unavailable", "warning")
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 12}
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_fingerprints_stay_where_lines_move_and_differ_where_code_does() -> None:
    def prints(*rows: Reported) -> list[str]:
        return [each["partialFingerprints"]["snippet/v1"] for each in run_of(*rows)["results"]]

    row = made_reported(**CODE)
    moved = made_reported(line=40, code="a = 1\nprint(b)\n", code_line=41, error_line=2)
    assert prints(row) == prints(moved)
    one, two = prints(row, moved)
    assert one != two
    others = [
        made_reported(code="a = 2\nprint(b)\n"),
        made_reported(outcome="timeout", **CODE),
        made_reported(language="sql", **CODE),
        made_reported(details="a record whose code is not known"),
    ]
    assert len({*prints(row), *(each for other in others for each in prints(other))}) == 5


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/é.md", "a%20b/%C3%A9.md"),
        ("/x/l.md", "file:///x/l.md"),
        ("c:1/l.md", "./c%3A1/l.md"),
        ("\udcff.md", "%FF.md"),
    ],
)
def test_paths_are_uris(path: str, uri: str) -> None:
    (result,) = run_of(made_reported(path=path))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_without_a_file_its_name_is_the_place() -> None:
    (result,) = run_of(made_reported(path=None, snippet_id="loops"))["results"]
    assert result["locations"] == [{"message": {"text": "loops"}}]


def test_no_message_is_a_link_and_none_is_empty(evil: str) -> None:
    rows = [made_reported(details=f"{FAILED}[x](javascript:1) {evil}"), made_reported(details="")]
    first, second = run_of(*rows)["results"]
    assert first["message"]["text"].startswith("[x] (javascript:1) \\x1b")
    assert second["message"]["text"] == "runtime_error"


def test_it_is_bounded_and_says_what_it_leaves_out_and_that_it_was_interrupted() -> None:
    run = run_of(*[made_reported()] * 5003, is_whole=False)
    assert (len(run["results"]), run["properties"]) == (5000, {"resultsLeftOut": 3})
    assert run["invocations"] == [{"executionSuccessful": False}]
