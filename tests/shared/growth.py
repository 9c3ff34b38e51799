"""How the cost of reading a text grows with its length, by this process's own CPU time.

What is linear takes 4 times as long for 4 times the text, what takes its square 16 times. No clock
on the wall is read, so that a busy computer changes nothing; what a noisy one adds to a
measurement is met by the least of several. What a few thousand characters cost is a few
microseconds where one search reads them all, and then the caches of the processor decide: so
little more is no growth.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SMALL_CHARACTERS = 2 * 1024
ROUNDS = 8
NOTHING_S = 50e-6
"""A square that costs no more here costs 51 ms for all output that is kept, 256 KiB."""


def assert_linear(
    read: Callable[[str], object],
    piece: str,
    *,
    start: str = "",
    end: str = "",
    small_characters: int = SMALL_CHARACTERS,
) -> None:
    """Fail if `read` takes more than 8 times as long for a text of 4 times the length.

    The caches of the processor explain up to `NOTHING_S`: a text that costs less never fails.
    """
    small = start + piece * (small_characters // len(piece)) + end
    large = start + piece * (4 * small_characters // len(piece)) + end
    large_s = float("inf")
    small_s = float("inf")
    read(start + piece + end)  # What compiles its patterns is too much for a measurement.
    for _ in range(ROUNDS):
        small_s = min(small_s, _cpu_s(read, small))
        large_s = min(large_s, _cpu_s(read, large))
        if large_s <= max(8 * small_s, NOTHING_S):
            return
    raise AssertionError(
        f"{start!r} + n * {piece!r} + {end!r}: {len(small)} characters take {small_s:.6f} s, "
        f"{len(large)} take {large_s:.6f} s ({large_s / small_s:.1f} times as long)"
    )


def _cpu_s(read: Callable[[str], object], text: str) -> float:
    started_s = time.process_time()
    read(text)
    return time.process_time() - started_s
