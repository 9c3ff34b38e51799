"""Reorder buffer: texts are made in any order and come out in the order of their sources."""

from __future__ import annotations

from collections.abc import Iterator


class SourceOrder:
    """Reorder buffer: holds back each text until all texts before it are out.

    What it holds grows with the number of snippets that overtook the slowest one, not with
    the number of snippets. Most of them passed and have an empty text.
    """

    def __init__(self) -> None:
        self._held: dict[int, str] = {}
        self._next = 0

    def add(self, index: int, text: str) -> Iterator[str]:
        """Take the text of one index, and yield the texts that are next in order, if not empty.

        Args:
            index: Position in the source, from 0, each given once.
            text: The text; "" if a result has none.
        """
        self._held[index] = text
        while self._next in self._held:
            ready = self._held.pop(self._next)
            self._next += 1
            if ready:
                yield ready

    def rest(self) -> Iterator[str]:
        """Yield the texts still held, in order, for a run that was cut short."""
        for index in sorted(self._held):
            if text := self._held[index]:
                yield text
        self._held.clear()
