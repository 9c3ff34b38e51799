"""The page: its head with the policy that lets nothing but our own style and script run, its parts.

What programs print and courses say stands in it as escaped text. Should that ever fail, the
policy still lets no script run, no style apply and nothing be loaded: it names ours by hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from daytona_validate._core.causes import Cause
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary, Totals
from daytona_validate._reports.html.chart import chart
from daytona_validate._reports.html.groups import grouped, page_of
from daytona_validate._reports.html.markup import answer, inline

_CHOICES_SHOWN = 300
"""Of pages or languages in a filter; the most frequent."""
_PLACES_SHOWN = 3
_NUMBERS = ("language", "count", "passed", "failed", "unavailable", "other", "p50 ms", "p95 ms")


def end(results: Sequence[Reported], summary: Summary) -> str:
    """Return the page."""
    pages = {name: n for n, name in enumerate(_most(page_of(each) for each in results))}
    parts = (
        _head(summary),
        '<a class="skip" href="#results">Skip to the results</a>\n',
        _header(summary),
        "<main>\n",
        _banner(summary),
        _causes(summary.causes, results),
        _table(summary),
        chart(results),
        '<section aria-labelledby="results"><h2 id="results" tabindex="-1">Results</h2>\n',
        _filters(results, pages),
        grouped(results, summary, pages),
        "</section>\n</main>\n",
        f"<script>{_own('page.js')}</script>\n</body>\n</html>\n",
    )
    return "".join(parts)


@cache
def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _source(name: str) -> str:
    """Return what a policy calls a style or script that may be used: its hash."""
    digest = hashlib.sha256(_own(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _head(summary: Summary) -> str:
    policy = (
        f"default-src 'none'; style-src {_source('page.css')}; script-src {_source('page.js')}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_said(summary)} - daytona-validate</title>\n"
        f"<style>{_own('page.css')}</style>\n</head>\n<body>\n"
    )


def _said(summary: Summary) -> str:
    total = summary.total
    noun = "snippet" if total.count == 1 else "snippets"
    return f"{total.passed} of {total.count} {noun} passed"


def _header(summary: Summary) -> str:
    outcomes = ", ".join(f"{n} {each}" for each, n in summary.outcomes.items())
    not_read = "".join(f"<p>{inline(line)}</p>\n" for line in summary.not_read.lines())
    return (
        f'<header>\n<div class="top"><h1>{_said(summary)}</h1>'
        '<button type="button" id="theme" hidden>Dark theme</button></div>\n'
        f"<p>{outcomes or 'nothing ran'} in {summary.elapsed_s:.1f} s</p>\n"
        f"{not_read}</header>\n"
    )


def _banner(summary: Summary) -> str:
    if summary.is_whole:
        return ""
    return '<p class="banner"><strong>Interrupted:</strong> these are not all snippets.</p>\n'


def _causes(causes: Sequence[Cause], results: Sequence[Reported]) -> str:
    if not causes:
        return ""
    shown = {each.result.index for each in results}
    items = "".join(f"<li>{_cause(each, shown)}</li>\n" for each in causes)
    return (
        '<section aria-labelledby="causes"><h2 id="causes">Why, most first</h2>\n'
        f'<ul class="causes">\n{items}</ul></section>\n'
    )


def _cause(cause: Cause, shown: set[int]) -> str:
    places = ", ".join(
        f'<a href="#r{each.index}">{inline(each.place)}</a>'
        if each.index in shown
        else inline(each.place)
        for each in cause.places[:_PLACES_SHOWN]
    )
    more = ", …" if cause.count > _PLACES_SHOWN else ""
    said = f'<span class="answer">{answer(cause.answer)}</span>' if cause.answer else ""
    return (
        f'<span class="count">{cause.count}</span> <span class="title">{inline(cause.title)}'
        f'</span> {said} <span class="places">{places}{more}</span>'
    )


def _table(summary: Summary) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in _NUMBERS)
    rows = "".join(_row(each) for each in [*summary.languages, summary.total])
    return (
        '<section aria-labelledby="numbers"><h2 id="numbers">Numbers</h2>\n'
        '<div class="scroll" tabindex="0" role="group" aria-label="Numbers by language">'
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div></section>\n"
    )


def _row(totals: Totals) -> str:
    counts = (totals.count, totals.passed, totals.failed, totals.unavailable, totals.left_out)
    times = (totals.durations.p50_s, totals.durations.p95_s)
    cells = [str(n) for n in counts] + ["" if s is None else f"{s * 1000:.0f}" for s in times]
    numbers = "".join(f"<td>{each}</td>" for each in cells)
    return f'<tr><th scope="row">{inline(totals.language)}</th>{numbers}</tr>\n'


def _filters(results: Sequence[Reported], pages: dict[str, int]) -> str:
    outcomes = sorted({str(each.result.outcome) for each in results})
    languages = sorted(_most(each.result.language for each in results))
    choices = (
        _choice("outcome", [(each, each) for each in outcomes]),
        _choice("language", [(inline(each), each or "unknown") for each in languages]),
        _choice("page", [(str(pages[each]), each or "no page") for each in sorted(pages)]),
    )
    return (
        f'<form id="filters" aria-label="Filter of results" hidden>{"".join(choices)}'
        '<button type="button" id="all">Show all</button></form>\n'
        '<p id="shown" role="status"></p>\n'
    )


def _choice(name: str, values: Sequence[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{value}">{inline(said)}</option>' for value, said in values)
    return (
        f'<label>{name.capitalize()} <select name="{name}"><option value="">all</option>{options}'
        "</select></label>\n"
    )


def _most(names: Iterable[str]) -> list[str]:
    return [name for name, _ in Counter(names).most_common(_CHOICES_SHOWN)]
