"""What happens to snippets and sandboxes, as a closed list of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from daytona_validate._models import CodeValidationResult, Reason


class EventKind(StrEnum):
    """Kind of an event; which fields it has stands with each, beside the snippet's."""

    QUEUED = "queued"
    """A snippet was taken in and waits for a slot."""
    CREATED = "created"
    """A sandbox was made: `sandbox_id`."""
    RETRIED = "retried"
    """Something is done once more: `operation`, and `reason`, why it failed."""
    STARTED = "started"
    """A snippet begins to run: `sandbox_id`; `seconds` since it was queued."""
    FINISHED = "finished"
    """A snippet has its `result`, after `seconds` in all; None: it was cancelled."""
    DELETED = "deleted"
    """A sandbox is gone: `sandbox_id`."""
    UNCONFIRMED = "unconfirmed"
    """A sandbox was not removed, as far as is known: `sandbox_id`, `is_doubtful`."""
    THROTTLED = "throttled"
    """The service's rate limit holds all back, for `seconds` more."""
    CIRCUIT = "circuit"
    """The service is given up, or works again: `is_open`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Event of a validator; what does not belong to its kind is None."""

    kind: EventKind
    """What happened."""
    at_s: float
    """When, in seconds of `time.perf_counter`."""
    number: int | None = None
    """Which of the validator's snippets it is about, from 1; None: of none."""
    index: int | None = None
    """The snippet's position in its source."""
    snippet_id: str | None = None
    """As it was given with the snippet."""
    language: str | None = None
    """The snippet's, by the name in the table."""
    sandbox_id: str | None = None
    """The sandbox's name at its provider."""
    operation: str | None = None
    """What is done once more: `create`, `run`, `activate` or `request`."""
    reason: Reason | None = None
    """Why."""
    seconds: float | None = None
    """How long."""
    result: CodeValidationResult | None = None
    """The snippet's."""
    is_doubtful: bool | None = None
    """Whether the sandbox may never have existed."""
    is_open: bool | None = None
    """Whether the circuit is open."""


OnEvent: TypeAlias = Callable[[Event], None]
"""A plain function, called in the thread of the validator's event loop: it must not block."""
