"""Why snippets did not pass, grouped, most first, each group with what answers it.

A course of 3,000 blocks fails in 300 places for five reasons. The reasons are what its author
can act on: an option, a mark beside the block, or the code itself.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from daytona_validate._core.cause_kinds import (
    BY_ORIGIN,
    CAUSE_KINDS,
    PACKAGE,
    PACKAGES,
    UNDEFINED,
    CauseKind,
)
from daytona_validate._core.missing_dependency import installable
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.page_names import Origin, PageBlock, origins, words_of
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._models import Outcome

_SILENT = frozenset({Outcome.PASSED, Outcome.SKIPPED, Outcome.CANCELLED})
_NAMES_SHOWN = 4
_PACKAGES_SHOWN = 8
_NAMES_KEPT = 1000
_GROUPS_KEPT = 50
_PLACES_KEPT = 3
_OTHERS = "other reasons"
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True, order=True)
class CausePlace:
    """Occurrence of a cause."""

    index: int
    """Position of the snippet in the source, from 0."""
    place: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Group of results that did not pass for one reason."""

    key: tuple[str, str]
    """What `cause_keys` returns of its results."""
    kind: str
    """What programs know it by."""
    title: str
    answer: str
    """What can be done about it; empty: nothing need be."""
    count: int
    fails: bool
    """Whether its results make a run fail, without `--strict`."""
    places: tuple[CausePlace, ...]
    """The first of them, in the order of the source."""

    def line(self) -> str:
        """Return how often, what it is and what answers it, for people."""
        answer = f": {self.answer}" if self.answer else ""
        return one_line(f"{self.count} {_TIMES} {self.title}{answer}")

    def to_dict(self) -> dict[str, object]:
        """Return it as plain JSON values, in a stable order."""
        return {
            "kind": self.kind,
            "title": self.title,
            "answer": self.answer,
            "count": self.count,
            "fails": self.fails,
            "places": [each.place for each in self.places],
        }


@dataclass(slots=True)
class _Group:
    kind: CauseKind
    key: tuple[str, str]
    count: int = 0
    names: Counter[str] = field(default_factory=Counter[str])
    packages: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """What `--packages` would be given, by language."""
    places: list[CausePlace] = field(default_factory=list[CausePlace])

    def cause(self) -> Cause:
        ordered = sorted(self.names, key=lambda name: (-self.names[name], name))
        shown = ", ".join([*ordered[:_NAMES_SHOWN], *(["…"] if ordered[_NAMES_SHOWN:] else [])])
        title = self.kind.title.replace(" ({names})", f" ({shown})" if shown else "")
        return Cause(
            key=self.key,
            kind=self.kind.kind,
            title=title.replace("{names}", shown or "something"),
            answer=self.kind.answer.replace(PACKAGES, self._package_options() or PACKAGES),
            count=self.count,
            fails=any(outcome_row(each).exit_code for each in self.kind.outcomes),
            places=tuple(self.places),
        )

    def ask_for(self, language: str, module: str) -> None:
        """Add a module's package to the options that the answer names."""
        package, names = installable(language, module), self.packages.setdefault(language, set())
        names |= {package} if package and len(names) < _PACKAGES_SHOWN else set()

    def _package_options(self) -> str:
        return " ".join(
            f"--packages {language}={','.join(sorted(names))}"
            for language, names in sorted(self.packages.items())
            if names
        )


def cause_keys(results: Iterable[Reported]) -> dict[int, tuple[str, str]]:
    """Return the key of each result's cause, by its index; none if it passed or was left out."""
    tally = CauseTally(0)
    keys: dict[int, tuple[str, str]] = {}
    for each in results:
        kind = tally.add(each)
        if kind is not None:
            keys[each.result.index] = _key(kind, kind.name(each))
    origin_keys = {index: _key(BY_ORIGIN[o], "") for index, o in origins(tally.blocks).items()}
    return keys | origin_keys


def _key(kind: CauseKind, name: str) -> tuple[str, str]:
    return (kind.kind, name if kind.is_by_name else "")


class CauseTally:
    """Accumulator of causes, result by result; bounded, whatever the results say.

    Args:
        places_kept: How many places of each cause are kept: those first in the source.
    """

    def __init__(self, places_kept: int = _PLACES_KEPT) -> None:
        self._places_kept = places_kept
        self._groups: dict[tuple[str, str], _Group] = {}
        self._undefined: list[tuple[str, CausePlace]] = []
        self.blocks: list[PageBlock] = []
        """Those of pages, to find where a name comes from that one of them lacks."""

    def add(self, reported: Reported) -> CauseKind | None:
        """Count one result; one that passed, or was left out on purpose, has no cause."""
        result = reported.result
        kind = None
        if result.outcome not in _SILENT:
            kind = next(each for each in CAUSE_KINDS if each.takes(reported))
        if reported.is_block:
            self.blocks.append(_block(reported, kind))
        if kind is None:
            return None
        place = CausePlace(result.index, reported.place, reported.cause)
        if kind is UNDEFINED:
            self._undefined.append((kind.name(reported), place))
        else:
            self._count(kind, kind.name(reported), place)
        if kind is PACKAGE:
            self._groups[_key(kind, "")].ask_for(result.language, kind.name(reported))
        return kind

    def _count(self, kind: CauseKind, name: str, place: CausePlace) -> None:
        key = _key(kind, name)
        if key not in self._groups and kind.is_by_name and len(self._groups) >= _GROUPS_KEPT:
            key, name = (kind.kind, _OTHERS), _OTHERS
        group = self._groups.setdefault(key, _Group(kind, key))
        group.count += 1
        if name and (name in group.names or len(group.names) < _NAMES_KEPT):
            group.names[name] += 1
        insort(group.places, place)
        del group.places[self._places_kept :]

    def causes(self) -> tuple[Cause, ...]:
        """Return the groups: what fails a run before the rest, and the most frequent first."""
        found_at = origins(self.blocks)
        for name, place in self._undefined:
            self._count(BY_ORIGIN[found_at[place.index]], name, place)
        self._undefined.clear()
        found = [group.cause() for group in self._groups.values()]
        return tuple(sorted(found, key=lambda each: (not each.fails, -each.count, each.title)))


def _block(reported: Reported, kind: CauseKind | None) -> PageBlock:
    result = reported.result
    missing = result.missing if kind is UNDEFINED else None
    origin = Origin.PACKAGE if kind is PACKAGE else Origin.FAILED
    return PageBlock(
        page="" if result.location is None else result.location.path,
        language=result.language,
        index=result.index,
        words=words_of(reported.code),
        lacks=None if missing is None else missing.name,
        ended=Origin.RAN if kind is None else origin,
    )
