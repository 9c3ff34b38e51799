"""How long slots were held of late: what the time of a wait is estimated by."""

from __future__ import annotations

from collections.abc import Callable

REMEMBERED = 64
"""Slots given back, after which older ones count half: an estimate follows what changes."""


class HoldTime:
    """Mean service time of late, by Little's law: seconds that slots were held / slots given back.

    Those that are held now count with the time up to now. So it grows while none is given back.

    Args:
        clock: The time in seconds.
    """

    __slots__ = ("_clock", "_given_back", "_held", "_sum_s")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held = 0
        self._given_back = 0.0
        self._sum_s = 0.0
        """Of the times when slots were given back, less those when they were taken."""

    def taken(self) -> None:
        """Note that one slot more is held from now on."""
        self._sum_s -= self._clock()
        self._held += 1

    def given_back(self) -> None:
        """Note that one slot less is held from now on."""
        self._sum_s += self._clock()
        self._held -= 1
        self._given_back += 1
        if self._given_back >= 2 * REMEMBERED:
            self._given_back /= 2
            self._sum_s -= self._held_s() / 2

    @property
    def mean_s(self) -> float:
        """Seconds for which one slot is held, up to now; 0 if none ever was."""
        return self._held_s() / max(1.0, self._given_back)

    def _held_s(self) -> float:
        """Return the seconds up to now, added up over all slots."""
        return self._sum_s + self._held * self._clock()
