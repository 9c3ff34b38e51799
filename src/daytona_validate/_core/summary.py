"""Statistics of results: counts by outcome and latency percentiles, in all and per language."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from daytona_validate._core.causes import Cause
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.not_read import NotRead
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._models import Caveat, CodeValidationResult, Fault, Outcome

_ALL_READ = NotRead()
UNKNOWN_LANGUAGE = "(unknown)"
"""The row of all languages that are not in the table, however many a course makes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Latency percentiles: wall seconds of compile and run together; None if none ran.

    Percentiles are by nearest rank: of N sorted values the one at rank ceil(p / 100 * N). Each
    is a value that did occur, and nothing is interpolated.
    """

    p50_s: float | None = None
    p95_s: float | None = None
    p99_s: float | None = None
    max_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Statistics of one language, or of all."""

    language: str
    count: int
    passed: int
    failed: int
    """What `check` exits with 1 for: wrong code, and `missing_dependency`, which judges no code."""
    unavailable: int
    left_out: int
    """No program at all, `not_runnable` and `skipped`; or `cancelled`."""
    judged: int
    """The code was found to be right or wrong: `passed`, and all that is the snippet's fault."""
    lost: int
    """Nothing was found out of the code: `unavailable` and `missing_dependency`. With `judged` and
    `left_out` it comes to `count`."""
    per_second: float
    """Results over the seconds that the whole run took; 0.0 if it took none."""
    durations: Durations


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Statistics of a whole run."""

    elapsed_s: float
    total: Totals
    languages: tuple[Totals, ...]
    """By name."""
    outcomes: Mapping[Outcome, int]
    """Only those that occurred, in the order of the outcome table."""
    caveats: Mapping[Caveat, int]
    """How many passes have each caveat; only those that occurred."""
    cached: int = 0
    """Results that are answers of former runs."""
    not_read: NotRead = _ALL_READ
    """What was there beside the snippets."""
    sandboxes: SandboxAccount | None = None
    """What the sandboxes came to; None if the provider does not count them: they cost nothing."""
    causes: tuple[Cause, ...] = ()
    """Why snippets did not pass, most first."""
    is_whole: bool = True
    """Whether the run came to its end; False: it was interrupted."""

    def to_dict(self) -> dict[str, object]:
        """Return it as plain JSON values, in a stable order."""
        total = asdict(self.total)
        del total["language"]
        return {
            **total,
            "elapsed_s": self.elapsed_s,
            "outcomes": {str(outcome): count for outcome, count in self.outcomes.items()},
            "caveats": {str(caveat): count for caveat, count in self.caveats.items()},
            "cached": self.cached,
            "languages": [asdict(each) for each in self.languages],
            "not_read": self.not_read.to_list(),
            "sandboxes": None if self.sandboxes is None else asdict(self.sandboxes),
            "is_whole": self.is_whole,
            "causes": [each.to_dict() for each in self.causes],
        }


@dataclass(slots=True)
class _Counts:
    outcomes: Counter[Outcome] = field(default_factory=Counter[Outcome])
    # Eight bytes a result, so that exact percentiles of 100,000 cost less than a megabyte.
    durations_s: array[float] = field(default_factory=lambda: array("d"))


class Tally:
    """Accumulator of results, one by one, at a cost that does not grow with their number."""

    def __init__(self) -> None:
        self._counts: dict[str, _Counts] = {}
        self._caveats = Counter[Caveat]()
        self._cached = 0

    def add(self, result: CodeValidationResult) -> None:
        """Count one result."""
        name = result.language if result.language in LANGUAGES else UNKNOWN_LANGUAGE
        counts = self._counts.setdefault(name, _Counts())
        counts.outcomes[result.outcome] += 1
        self._cached += result.cached
        if result.caveat is not None:
            self._caveats[result.caveat] += 1
        if result.execution_time > 0:
            counts.durations_s.append(result.execution_time)

    def summary(
        self,
        elapsed_s: float,
        *,
        not_read: NotRead = _ALL_READ,
        sandboxes: SandboxAccount | None = None,
        causes: tuple[Cause, ...] = (),
        is_whole: bool = True,
    ) -> Summary:
        """Return the numbers so far; it costs sorting all durations.

        Args:
            elapsed_s: Wall seconds of the whole run.
            not_read: What there was beside the snippets.
            sandboxes: What the sandboxes came to; None: not known.
            causes: Why snippets did not pass.
            is_whole: Whether the run came to its end.
        """
        total = _Counts()
        for counts in self._counts.values():
            total.outcomes.update(counts.outcomes)
            total.durations_s.extend(counts.durations_s)
        by_name = sorted(self._counts.items())
        return Summary(
            elapsed_s=elapsed_s,
            total=_row("total", total, elapsed_s),
            languages=tuple(_row(name, counts, elapsed_s) for name, counts in by_name),
            outcomes={o: total.outcomes[o] for o in Outcome if total.outcomes[o]},
            caveats={c: self._caveats[c] for c in Caveat if self._caveats[c]},
            cached=self._cached,
            not_read=not_read,
            sandboxes=sandboxes,
            causes=causes,
            is_whole=is_whole,
        )


def _row(language: str, counts: _Counts, elapsed_s: float) -> Totals:
    passed = counts.outcomes[Outcome.PASSED]
    unavailable = counts.outcomes[Outcome.UNAVAILABLE]
    count = counts.outcomes.total()
    harmless = sum(
        n for outcome, n in counts.outcomes.items() if outcome_row(outcome).exit_code == 0
    )
    judged = sum(
        number
        for outcome, number in counts.outcomes.items()
        if outcome is Outcome.PASSED or outcome_row(outcome).fault is Fault.SNIPPET
    )
    return Totals(
        language=language,
        count=count,
        passed=passed,
        failed=count - harmless - unavailable,
        unavailable=unavailable,
        left_out=harmless - passed,
        judged=judged,
        lost=count - judged - (harmless - passed),
        per_second=count / elapsed_s if elapsed_s > 0 else 0.0,
        durations=_durations(counts.durations_s),
    )


def _durations(values_s: Sequence[float]) -> Durations:
    if not values_s:
        return Durations()
    ordered = sorted(values_s)
    return Durations(
        p50_s=nearest_rank(ordered, 50),
        p95_s=nearest_rank(ordered, 95),
        p99_s=nearest_rank(ordered, 99),
        max_s=ordered[-1],
    )


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """Return the percentile of sorted values, of which there is at least one."""
    rank = -(-percent * len(ordered) // 100)  # rounded up, in whole numbers
    return ordered[max(rank, 1) - 1]
