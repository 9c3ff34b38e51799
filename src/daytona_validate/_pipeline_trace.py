"""Progress of one snippet through the pipeline: what is known of it up to now."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._core.results import RunContext
from daytona_validate._errors import reason_of
from daytona_validate._models import Reason, Snippet, Timings
from daytona_validate._observe.watch import Watch
from daytona_validate._providers.watched_open import Open
from daytona_validate._runtime.limiter import Caller
from daytona_validate._runtime.tasks import cancels


@dataclass(slots=True, kw_only=True)
class Trace:
    """Progress of one snippet, from intake to its result."""

    snippet: Snippet
    language: str
    provider: str
    index: int
    began_s: float
    cancels: int
    """Cancellation requests that the task had before this snippet began."""
    caller: Caller
    """Its call, for whose slots it waits."""
    open: Open
    open_new: Open
    """Opens a sandbox that no other snippet was in."""
    watch: Watch
    """Told of what happens to it."""
    number: int = 0
    """Which of the validator's snippets it is, from 1; 0: it never came to wait for a slot."""
    is_waiting: bool = False
    is_running: bool = False
    """Whether it holds a slot."""
    queued_s: float = 0.0
    created_s: float = 0.0
    ran_s: float = 0.0
    attempts: int = 0
    retries: int = 0
    sandbox_id: str | None = None
    sandbox_use: int | None = None
    is_warm: bool = False
    """Whether its compiler was running already."""

    def context(self) -> RunContext:
        return RunContext(
            snippet=self.snippet,
            language=self.language,
            provider=self.provider,
            index=self.index,
            sandbox_id=self.sandbox_id,
            sandbox_use=self.sandbox_use,
            attempts=self.attempts,
            retries=self.retries,
            timings=Timings(
                queued_s=self.queued_s,
                created_s=self.created_s,
                ran_s=self.ran_s,
                warm=self.is_warm,
            ),
        )

    def noted(self, reason: Reason | None = None) -> dict[str, object]:
        """Return what a log record of it has besides its text: nothing of its code or output."""
        return {
            "index": self.index,
            "snippet_id": self.snippet.snippet_id,
            "sandbox_id": self.sandbox_id,
            "language": self.language,
            "reason": None if reason is None else reason.value,
        }

    def note_retry(self, operation: str, error: BaseException) -> None:
        """Count what is repeated for it beside its runs."""
        self.retries += 1
        self.watch.retried(self, operation, reason_of(error))

    def is_being_cancelled(self) -> bool:
        """Whether the caller has cancelled this task, whatever exception came of that since."""
        return cancels() > self.cancels
