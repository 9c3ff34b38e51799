"""What is waited for just now, and how far it is: for those who show it to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Waits:
    """Progress of several preparations at a time, of one event loop.

    Args:
        on_change: Receives one text for each, such as `Go's standard library 12/58`, whenever
            something changes; None: nobody does.
    """

    def __init__(self, on_change: Callable[[tuple[str, ...]], None] | None = None) -> None:
        self._on_change = on_change
        self._texts: dict[object, str] = {}

    @contextmanager
    def on(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """Wait for something; the value tells how much of how much is done."""
        wait = object()

        def tell(done: int, total: int) -> None:
            self._set(wait, f"{title} {done}/{total}")

        self._set(wait, title)
        try:
            yield tell
        finally:
            self._set(wait, None)

    def _set(self, wait: object, text: str | None) -> None:
        if text is None:
            self._texts.pop(wait, None)
        else:
            self._texts[wait] = text
        if self._on_change is not None:
            self._on_change(tuple(self._texts.values()))
