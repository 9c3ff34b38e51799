"""What is there, and what is missing, before the first snippet comes; and what an end came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from daytona_validate._reason import Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of one check of what snippets need."""

    name: str
    is_good: bool
    text: str
    """For people: a version, or what is wrong and what to do."""
    reason: Reason | None = field(default=None, compare=False)
    """Why it is not good; None: it is, or it does not fit the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Unmet requirement: something without which snippets come out as `unavailable`."""

    what: str
    """What it is, such as `key`, `isolation`, `snapshot python` or `java`."""
    reason: Reason
    """The `reason` that results would have."""
    advice: str
    """For people, in a line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Result of a readiness check."""

    missing: tuple[Missing, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """Result of a drain: what became of the snippets that were under way when it began."""

    finished: int
    """Those that came to their own results."""
    called_off: int
    """Those whose result is `cancelled`; the rest of their batches, never begun, is not counted."""
    left: int
    """Those whose clean-up had not ended a minute later: the log says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """Result of a sweep: the sandboxes that processes which ended badly had left behind."""

    found: tuple[str, ...] = ()
    """Their names, the oldest first."""
    removed: int = 0
    left: int = 0
    """Those whose deletion could not be confirmed."""


def missing_of(findings: tuple[Finding, ...]) -> tuple[Missing, ...]:
    """Return what is missing by some findings."""
    return tuple(
        Missing(what=each.name, reason=each.reason or Reason.OTHER, advice=each.text)
        for each in findings
        if not each.is_good
    )
