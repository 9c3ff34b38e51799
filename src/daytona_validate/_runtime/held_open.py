"""Holding one context that is opened late, and outlives what is around its opening.

`contextlib.AsyncExitStack` does that for any number of them. Each snippet needs it for its sandbox,
which is opened within a time limit and removed outside of it, and the stack took as long as a tenth
of all else that is done for a snippet beside running it.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Generic, Self, TypeVar

Value = TypeVar("Value")


class HeldOpen(Generic[Value]):
    """Scope of at most one context: it is left where this is, if it was entered."""

    __slots__ = ("_context",)

    def __init__(self) -> None:
        self._context: AbstractAsyncContextManager[Value] | None = None

    async def enter(self, context: AbstractAsyncContextManager[Value]) -> Value:
        """Return what a context holds; one that cannot be entered leaves room for another.

        Raises:
            BaseException: What entering raised.
        """
        value = await context.__aenter__()
        self._context = context
        return value

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        context, self._context = self._context, None
        return None if context is None else await context.__aexit__(kind, error, traceback)
