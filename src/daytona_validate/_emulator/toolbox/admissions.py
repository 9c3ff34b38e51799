"""Whom the proxy before the sandboxes lets in.

It asks the API whether a sandbox is there for the key, and believes the answer for two minutes.
So a sandbox that is gone is mostly a wrong key (401), and only for a while a missing container.
"""

from __future__ import annotations

from collections.abc import Callable

from daytona_validate._emulator.refusals import not_admitted

BELIEVED_MIN = 2
"""How long, from the question on."""


class Admissions:
    """Authorization cache: what the proxy was told of each sandbox, for a key that is good.

    Args:
        is_there: Whether the API knows a sandbox, by its id.
        clock: Seconds since the epoch.
        minute_s: How long a minute takes.
    """

    def __init__(
        self, is_there: Callable[[str], bool], *, clock: Callable[[], float], minute_s: float
    ) -> None:
        self._is_there = is_there
        self._clock = clock
        self._believed_s = BELIEVED_MIN * minute_s
        self._cached: dict[str, tuple[float, bool]] = {}
        """By sandbox id: until when it is believed, and what the API said; the oldest first."""

    def check(self, sandbox_id: str) -> None:
        """Return if a request may go on to a sandbox.

        Raises:
            HttpRefusal: The API does not know the sandbox, or did not a short while ago (401).
        """
        now_s = self._clock()
        while self._cached and next(iter(self._cached.values()))[0] <= now_s:
            del self._cached[next(iter(self._cached))]
        fresh = (now_s + self._believed_s, self._is_there(sandbox_id))
        if not self._cached.setdefault(sandbox_id, fresh)[1]:
            raise not_admitted()
