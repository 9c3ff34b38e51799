"""What an execution is judged to be."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._models import Caveat, Fault, Outcome, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one execution."""

    outcome: Outcome
    fault: Fault
    stage: Stage
    """Where it was decided."""
    details: str
    """One harmless line for people."""
    output: str
    """What the program wrote to stdout."""
    error: str | None
    """What it wrote to stderr, or the compiler to both streams; None if empty."""
    caveat: Caveat | None = None
    """What a pass does not say."""
