"""A streak of results without a verdict: what counts, what ends it, and what does neither."""

from __future__ import annotations

from daytona_validate._core.results import RunContext, unavailable
from daytona_validate._core.unavailable_streak import UnavailableStreak
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import CodeValidationResult, Reason, Snippet
from for_each import for_each

RUN = RunContext(snippet=Snippet(code="1", language="python"), language="python", provider="fake")


def lost(reason: Reason) -> CodeValidationResult:
    return unavailable(SandboxUnavailable(f"because of {reason}", reason=reason), RUN)


@for_each("other", [each for each in Reason if each is not Reason.QUEUE_TIMEOUT])
def test_every_reason_counts_but_the_callers_own_limit(other: Reason) -> None:
    streak = UnavailableStreak(2)
    assert [streak.add(lost(Reason.QUEUE_TIMEOUT)) for _ in range(5)] == [None] * 5
    assert streak.add(lost(other)) is None
    assert streak.add(lost(Reason.QUEUE_TIMEOUT)) is None
    said = streak.add(lost(other))
    assert said is not None
    assert said.startswith("2 in a row had no verdict, the last: ")
    assert said.endswith(f"because of {other}")
