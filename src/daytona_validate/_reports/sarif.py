"""The report for code scanning: SARIF 2.1.0, a rule for each outcome and a result per failure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from daytona_validate._core.outcomes import OUTCOME_TABLE, outcome_row
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._json_text import json_text
from daytona_validate._models import Outcome
from daytona_validate._reports.code_frame import frame_lines

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS_SHOWN = 5_000
"""What GitHub shows of one run."""
_FINGERPRINT = "snippet/v1"
_LINE_CHARACTERS = 300
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Lone surrogates that stand for no byte of a path."""

_RULES = {
    row.outcome: row.meaning
    for row in OUTCOME_TABLE
    if row.exit_code and row.outcome is not Outcome.UNAVAILABLE
} | {Outcome.UNAVAILABLE: "It could not be judged; that is no failure of the code."}
_RULE_NUMBERS = {outcome: number for number, outcome in enumerate(_RULES)}


def end(results: Sequence[Reported], summary: Summary) -> str:
    """Return the log file; its results keep their fingerprints when lines move."""
    failed = [each for each in results if outcome_row(each.result.outcome).exit_code]
    seen = Counter[str]()
    run = {
        "tool": {"driver": {"name": "daytona-validate", "rules": _rules()}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": summary.is_whole}],
        "properties": {"resultsLeftOut": max(len(failed) - RESULTS_SHOWN, 0)},
        "results": [_result(each, seen) for each in failed[:RESULTS_SHOWN]],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rules() -> list[dict[str, object]]:
    return [
        {
            "id": str(outcome),
            "name": str(outcome),
            "shortDescription": {"text": meaning},
            "defaultConfiguration": {"level": _level(outcome)},
        }
        for outcome, meaning in _RULES.items()
    ]


def _level(outcome: Outcome) -> str:
    return "warning" if outcome is Outcome.UNAVAILABLE else "error"


def _result(reported: Reported, seen: Counter[str]) -> dict[str, object]:
    result = reported.result
    excused = [] if reported.is_failure else [{"kind": "external"}]
    return {
        "ruleId": str(result.outcome),
        "ruleIndex": _RULE_NUMBERS[result.outcome],
        "level": _level(result.outcome),
        "message": {"text": _message(reported)},
        "locations": _locations(reported),
        "partialFingerprints": {_FINGERPRINT: _fingerprint(reported, seen)},
        "suppressions": excused,
    }


def _message(reported: Reported) -> str:
    """Return the cause; brackets and parentheses would be a link in a message of SARIF's."""
    said = one_line(reported.cause) or str(reported.result.outcome)
    return said.replace("](", "] (")


def _locations(reported: Reported) -> list[dict[str, object]]:
    location = reported.result.location
    if location is None:
        return [{"message": {"text": one_line(reported.place)}}]
    region: dict[str, object] = {"startLine": reported.error_line or location.line}
    if reported.error_line is not None:
        for marked in frame_lines(reported, around=0):
            region["snippet"] = {"text": one_line(marked.text, _LINE_CHARACTERS)}
    file = {"uri": _uri(location.path)}
    return [{"physicalLocation": {"artifactLocation": file, "region": region}}]


def _uri(path: str) -> str:
    """Return a path as a URI reference; a relative one stays relative."""
    quoted = quote(_NO_BYTE.sub("\ufffd", path).encode(errors="surrogateescape"))
    if path.startswith("/"):
        return f"file://{quoted}"
    return f"./{quoted}" if ":" in path.split("/", maxsplit=1)[0] else quoted


def _fingerprint(reported: Reported, seen: Counter[str]) -> str:
    """Return what a failure is known by, wherever it stands: its outcome and its code.

    Equal ones are told apart by their order, which is all there is.
    """
    result = reported.result
    text = "\0".join((str(result.outcome), result.language, reported.code or reported.cause))
    key = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    seen[key] += 1
    return f"{key}:{seen[key]}"
