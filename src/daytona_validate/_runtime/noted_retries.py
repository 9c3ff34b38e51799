"""Who is told of a retry: whoever wants to know of the task at work and of what it starts.

A provider retries on its own, several layers below who makes the result. A context variable tells
of it without a parameter in each of them, and follows into tasks that are started meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeAlias

OnRetry: TypeAlias = Callable[[str, BaseException], None]
"""Called before each retry, with what is retried and why; it must not raise."""

ON_RETRY: ContextVar[OnRetry | None] = ContextVar("on_retry", default=None)
"""Whoever sets it resets it: the task may be a caller's own."""


def note_retry(operation: str, error: BaseException) -> None:
    """Tell of a retry.

    Args:
        operation: What is retried, of a closed list: `create`, `run`, `activate` or `request`.
        error: Why.
    """
    on_retry = ON_RETRY.get()
    if on_retry is not None:
        on_retry(operation, error)
