"""A stream of bytes kept in bounded memory: its head and its tail.

The head tells how a flood began, the tail how it ended; the middle is counted, not kept.
"""

from __future__ import annotations

import re

# A code point that is begun and not finished at the end; the rest of one at the start.
_BEGUN = re.compile(rb"(?:[\xc0-\xf7]|[\xe0-\xf7][\x80-\xbf]|[\xf0-\xf7][\x80-\xbf]{2})\Z")
_REST = re.compile(rb"[\x80-\xbf]{0,3}")
_LONGEST_BEGUN_BYTES = 3


class HeadTail:
    """Bounded buffer: keeps the first and the last bytes of a stream.

    Args:
        limit_bytes: Bytes to keep: half (rounded down) from the head, the rest from the tail.
            0 keeps nothing and only counts.
    """

    __slots__ = ("_head", "_head_limit", "_tail", "_tail_limit", "total_bytes")

    def __init__(self, limit_bytes: int) -> None:
        self._head_limit = limit_bytes // 2
        self._tail_limit = limit_bytes - self._head_limit
        self._head = bytearray()
        self._tail = bytearray()
        self.total_bytes = 0
        """Bytes that were fed."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the stream; costs time in proportion to the chunk."""
        self.total_bytes += len(chunk)
        room = self._head_limit - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        # A chunk longer than the tail is cut first: memory stays bounded for any chunk.
        self._tail += chunk[max(0, len(chunk) - self._tail_limit) :]
        del self._tail[: max(0, len(self._tail) - self._tail_limit)]

    @property
    def lost_bytes(self) -> int:
        """Bytes between head and tail that were not kept."""
        return self.total_bytes - len(self._head) - len(self._tail)

    def value(self) -> bytes:
        """Return head and tail as one; `kept_text` reads it together with `lost_bytes`."""
        return bytes(self._head + self._tail)

    def text(self) -> str:
        """Return the stream for people; see `kept_text`."""
        return kept_text(self.value(), self.lost_bytes)


def kept_text(kept: bytes, lost_bytes: int) -> str:
    """Return kept bytes as text, with a line that says how many are left out of the middle.

    Args:
        kept: What `HeadTail.value()` returned, of any limit.
        lost_bytes: How many bytes are missing at its middle; 0 if it is whole.

    Bytes that are not UTF-8 are replaced. A code point that the cut went through is left out
    whole and its bytes are counted, so that the cut makes no replacement character of its own.
    """
    if lost_bytes == 0:
        return kept.decode(errors="replace")
    head = _head(kept)
    tail = _REST.sub(b"", kept[len(kept) // 2 :], count=1)
    left_out = lost_bytes + len(kept) - len(head) - len(tail)
    return (
        head.decode(errors="replace")
        + f"\n… {left_out} bytes left out …\n"
        + tail.decode(errors="replace")
    )


def head_text(kept: bytes) -> str:
    """Return the kept head of a stream that was cut, as text; see `kept_text`."""
    return _head(kept).decode(errors="replace")


def _head(kept: bytes) -> bytes:
    middle = len(kept) // 2
    start = max(0, middle - _LONGEST_BEGUN_BYTES)
    return kept[:start] + _BEGUN.sub(b"", kept[start:middle])
