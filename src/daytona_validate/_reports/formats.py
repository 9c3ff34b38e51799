"""The table of report formats. To add one, write a module with `each` and `end`, and add a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._reports import text
from daytona_validate._reports.json_reports import json_end, jsonl_each, jsonl_end


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A report format: how results become text."""

    name: str
    each: Callable[[Reported], str]
    """Of one result as it comes: nothing, or text that ends in a newline."""
    end: Callable[[Sequence[Reported], Summary], str]
    """Of all results, in the order of their source, and their summary; ends in a newline."""
    needs_results: bool
    """Whether `end` reads the results; if not, they are not kept."""


def _nothing(_reported: Reported) -> str:
    return ""


def _late(module: str) -> ReportFormat:
    """Return a format whose module is imported when it is needed: it is seldom, and not small."""

    def end(results: Sequence[Reported], summary: Summary) -> str:
        made: str = import_module(f"daytona_validate._reports.{module}").end(results, summary)
        return made

    return ReportFormat(name=module, each=_nothing, end=end, needs_results=True)


def text_format(style: text.TextStyle = text.PLAIN) -> ReportFormat:
    """Return the format for people in a style."""
    return ReportFormat(
        name="text",
        each=partial(text.each, style=style),
        end=partial(text.end, style=style),
        needs_results=False,
    )


FORMATS: dict[str, ReportFormat] = {
    each.name: each
    for each in (
        text_format(),
        ReportFormat(name="json", each=_nothing, end=json_end, needs_results=True),
        ReportFormat(name="jsonl", each=jsonl_each, end=jsonl_end, needs_results=False),
        _late("junit"),
        _late("github"),
        _late("markdown"),
        _late("sarif"),
        _late("html"),
    )
}
