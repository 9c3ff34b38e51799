"""Former results of a course: which of them are those of its snippets now.

A result is known again by the snippet's whole input, all that its page depends on, its file and
the provider. Where the same input is in a file several times, what runs before each may differ:
each takes its own result, or none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from daytona_validate._models import CodeValidationResult, Location, Outcome
from daytona_validate._models.json_form import encodable

ResultKey: TypeAlias = tuple[str, str, str, str]

_TO_RUN_AGAIN = frozenset({Outcome.UNAVAILABLE, Outcome.MISSING_DEPENDENCY, Outcome.CANCELLED})


def result_key(
    content: str, location: Location | None, *, provider: str, page: str = ""
) -> ResultKey:
    """Return what a result is known again by.

    Args:
        content: The fingerprint of the snippet's input.
        location: Where it stands; only the file counts.
        provider: Who ran it.
        page: The fingerprint of all that its page depends on; empty: it stands alone.
    """
    path = "" if location is None else encodable(location.path)  # as reports have it
    return content, page, path, provider


class FormerResults:
    """Results of a former run, by their keys and their places in its order."""

    def __init__(self) -> None:
        self._results: defaultdict[ResultKey, dict[int, CodeValidationResult]] = defaultdict(dict)

    def add(self, content: str, result: CodeValidationResult, *, page: str = "") -> None:
        """Take a result; one that says nothing of its snippet is left out."""
        if result.outcome not in _TO_RUN_AGAIN:
            key = result_key(content, result.location, provider=result.provider, page=page)
            self._results[key][result.index] = result

    def of(self, wanted: Iterable[ResultKey]) -> Mapping[int, CodeValidationResult]:
        """Return the results of the snippets of a course by their positions, from 0."""
        positions: defaultdict[ResultKey, list[int]] = defaultdict(list)
        for position, key in enumerate(wanted):
            if key in self._results:
                positions[key].append(position)
        found: dict[int, CodeValidationResult] = {}
        for key, those in positions.items():
            results = self._results[key]
            if len(results) == len(those):
                found.update(zip(those, (results[n] for n in sorted(results)), strict=True))
            else:
                found.update((each, results[each]) for each in those if each in results)
        return found
