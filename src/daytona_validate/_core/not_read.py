"""Ignored input, counted: no course passes because part of it was silently left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """Reason why something is not read."""

    BLOCK = "block"
    """It looks like a block of a known language, in a form that is not read here."""
    FORMAT = "format"
    """A file that may hold code, in a format that is not read here."""
    LEADS_OUT = "link_out"
    """A link that leads out of the folder."""
    LEADS_NOWHERE = "broken_link"
    NO_FILE = "no_file"
    """A pipe, a device or a socket."""


_NOUNS = {
    Why.BLOCK: ("block in an unsupported form", "blocks in an unsupported form"),
    Why.FORMAT: ("file in an unsupported format", "files in unsupported formats"),
    Why.LEADS_OUT: ("link out of the folder", "links out of the folder"),
    Why.LEADS_NOWHERE: ("broken link", "broken links"),
    Why.NO_FILE: ("pipe, device or socket", "pipes, devices or sockets"),
}
_ADVICE = "; to read what a link leads to, name the link"


@dataclass(frozen=True, slots=True)
class NotRead:
    """Counts of what was not read, by reason."""

    counts: Mapping[Why, int] = field(default_factory=dict[Why, int])
    """Only kinds that occurred."""
    first: Mapping[Why, str] = field(default_factory=dict[Why, str])
    """Where the first of each is: a path, and for a block its line."""

    def line(self) -> str | None:
        """Return all of it as one line for people; None if there is nothing to say."""
        told = [self._told(why) for why in Why if why in self.counts]
        if not told:
            return None
        return f"not read: {', '.join(told)}{_ADVICE if Why.LEADS_OUT in self.counts else ''}"

    def _told(self, why: Why) -> str:
        count, (one, many) = self.counts[why], _NOUNS[why]
        return (
            f"1 {one} ({self.first[why]})"
            if count == 1
            else f"{count} {many} ({self.first[why]}, …)"
        )

    def to_list(self) -> list[dict[str, object]]:
        """Return it as plain JSON values, in a stable order."""
        return [
            {"kind": str(why), "count": self.counts[why], "first": self.first[why]}
            for why in Why
            if why in self.counts
        ]
