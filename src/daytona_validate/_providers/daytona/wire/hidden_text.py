"""Text that is sent as it is, and shown as stars."""

from __future__ import annotations


class HiddenText(str):
    """Secret of a request's headers: a `str` whose `repr` does not show it.

    Crash reporters show the local variables of every frame, and those of an HTTP library have
    the headers of the request among them.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Return stars."""
        return "'***'"
