"""What an observer was told of each sandbox, so that it hears of a beginning and an end once.

A sandbox may be removed twice, as where the provider is closed under whoever holds it, and one that
nobody heard of may turn out to be there.
"""

from __future__ import annotations

from daytona_validate._observe.watch import Watch


class ToldSandboxes:
    """Ledger of the sandboxes that an observer knows to exist: as many as there are, no more."""

    def __init__(self) -> None:
        self.watch = Watch()
        """Who is told."""
        self._known: set[str] = set()

    def made(self, name: str) -> None:
        """Tell that a sandbox exists, if that is news."""
        if name not in self._known:
            self._known.add(name)
            self.watch.created(name)

    def gone(self, name: str) -> None:
        """Tell that a sandbox is gone, if it was told to exist."""
        if name in self._known:
            self._known.remove(name)
            self.watch.deleted(name)

    def left(self, name: str) -> None:
        """Tell that a sandbox was not removed, if it was told to exist."""
        if name in self._known:
            self._known.remove(name)
            self.watch.unconfirmed(name, is_doubtful=False)

    def doubtful(self, name: str) -> None:
        """Tell that nobody knows whether a sandbox exists."""
        self.watch.unconfirmed(name, is_doubtful=True)
