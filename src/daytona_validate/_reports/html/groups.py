"""The results in groups by cause, within bounds; what does not fit is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from daytona_validate._core.causes import cause_keys
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._models import Outcome
from daytona_validate._reports.html.cards import card, card_body
from daytona_validate._reports.html.markup import answer, inline

RESULTS_SHOWN = 5_000
BODY_CHARACTERS = 4_000_000
"""Of all codes and outputs together: a browser opens that at once, also on a telephone."""
_OPEN = 3
"""So many failures are open from the start, so that a reader sees code at once."""


@dataclass(slots=True)
class _Budget:
    characters: int = BODY_CHARACTERS
    open_left: int = _OPEN
    without_body: int = 0

    def body(self, reported: Reported) -> str:
        made = card_body(reported)
        if len(made) > self.characters:
            self.without_body += 1
            return ""
        self.characters -= len(made)
        return made

    def opens(self, reported: Reported) -> bool:
        is_open = self.open_left > 0 and reported.is_failure
        self.open_left -= is_open
        return is_open


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    answer: str
    results: list[Reported] = field(default_factory=list[Reported])


def grouped(results: Sequence[Reported], summary: Summary, pages: Mapping[str, int]) -> str:
    """Return the groups as HTML: what failed first, then the rest, then what passed.

    Args:
        results: In the order of their source.
        summary: With the causes, in the order in which they are shown.
        pages: The number of each page in the filter.
    """
    groups = _groups(results, summary)
    budget, shown, made = _Budget(), 0, []
    for group in groups:
        rows = group.results[: RESULTS_SHOWN - shown]
        shown += len(rows)
        if rows:
            made.append(_group(group, "".join(_cards(rows, pages, budget))))
    return "".join([*made, *_notes(len(results) - shown, budget.without_body)])


def _groups(results: Sequence[Reported], summary: Summary) -> list[_Group]:
    groups = {each.key: _Group(each.title, each.answer) for each in summary.causes}
    last = {
        outcome: _Group(title, "")
        for outcome, title in (
            (None, "Other reasons"),
            (Outcome.CANCELLED, "Cancelled"),
            (Outcome.SKIPPED, "Skipped on purpose"),
            (Outcome.PASSED, "Passed"),
        )
    }
    keys = cause_keys(results)
    for each in results:
        key = keys.get(each.result.index)
        group = last[each.result.outcome] if key is None else groups.get(key, last[None])
        group.results.append(each)
    return [*groups.values(), *last.values()]


def _cards(rows: Sequence[Reported], pages: Mapping[str, int], budget: _Budget) -> Iterator[str]:
    for each in rows:
        page = pages.get(page_of(each), len(pages))
        yield card(each, page=page, body=budget.body(each), is_open=budget.opens(each))


def page_of(reported: Reported) -> str:
    """Return the path of a result's page; "": it has none."""
    location = reported.result.location
    return "" if location is None else location.path


def _group(group: _Group, cards: str) -> str:
    is_quiet = all(
        each.result.outcome in (Outcome.PASSED, Outcome.SKIPPED) for each in group.results
    )
    count = f'<span class="count">{len(group.results)}</span>'
    head = f"<summary><h3>{count} {inline(group.title)}</h3></summary>"
    said = f'<p class="answer">{answer(group.answer)}</p>' if group.answer else ""
    return f'<details class="group"{"" if is_quiet else " open"}>{head}{said}\n{cards}</details>\n'


def _notes(unshown: int, without_body: int) -> list[str]:
    notes = [f"{unshown} more results are left out of this page."] if unshown else []
    if without_body:
        notes.append(f"Code and output of {without_body} results are left out of this page.")
    return [f'<p class="note">{each} A report in JSON has all.</p>\n' for each in notes]
