"""The report for GitHub's workflows: annotations beside the lines of a pull request.

GitHub shows ten errors and ten warnings of a step and drops the rest without a word, so the rest
are plain lines of the log here, and their number is a notice.
"""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._models import Outcome
from daytona_validate._reports.workflow_commands import without_commands

SHOWN_OF_A_KIND = 10
"""What GitHub shows of a step: 10 errors and 10 warnings."""
_PATH_CHARACTERS = 1000
_LINES = 1000
"""Of the log, beside annotations."""


def end(results: Sequence[Reported], summary: Summary) -> str:
    """Return the annotations of what failed, or could not be judged, and the rest as lines."""
    left = dict.fromkeys(("error", "warning"), SHOWN_OF_A_KIND)
    annotations: list[str] = []
    lines: list[str] = []
    for each in results:
        if not each.is_failure:
            continue
        kind = "warning" if each.result.outcome is Outcome.UNAVAILABLE else "error"
        if left[kind]:
            left[kind] -= 1
            annotations.append(_annotation(kind, each))
        else:
            lines.append(f"- {_shown(each.place)}: {_said(each)}")
    if lines:
        more = f"{len(lines)} more did not pass: the log of this step has them"
        annotations.append(f"::notice::{_data(more)}")
    if not summary.is_whole:
        annotations.append("::warning::interrupted, these are not all snippets")
    shown = lines[:_LINES]
    shown += [f"- … {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    return "".join(f"{line}\n" for line in [*annotations, *shown])


def _annotation(kind: str, reported: Reported) -> str:
    location = reported.result.location
    fields = {"title": str(reported.result.outcome)}
    if location is not None:
        line = str(reported.error_line or location.line)
        fields = {"file": _shown(location.path), "line": line, **fields}
    properties = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    said = _said(reported) if location is not None else f"{reported.place}: {_said(reported)}"
    return f"::{kind} {properties}::{_data(said)}"


def _said(reported: Reported) -> str:
    return without_commands(one_line(f"{reported.result.outcome}: {reported.cause}"))


def _shown(text: str) -> str:
    return without_commands(one_line(text, _PATH_CHARACTERS))


def _data(text: str) -> str:
    """Return the message of a workflow command, escaped as GitHub's runner takes it."""
    return _shown(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
