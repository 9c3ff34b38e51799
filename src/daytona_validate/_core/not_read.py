"""Ignored input, counted: no course passes because part of it was silently left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """Reason why something is not read."""

    BLOCK = "block"
    """It looks like a block of a known language, in a form that is not read here."""
    UNCLOSED = "unclosed_fence"
    """A block of a known language within a fence that is not closed before it."""
    NO_LANGUAGE = "no_language"
    """A fence that names no language."""
    UNKNOWN_LANGUAGE = "unknown_language"
    """A block in a language that is not known here."""
    JSX = "jsx"
    """A block of JSX, which is no program before a builder has read it."""
    RICH = "rich_output"
    """Outputs of a notebook's cell that are more than text, or of a Python before 3.7, where its
    outputs are compared."""
    FORMAT = "format"
    """A file that may hold code, in a format that is not read here."""
    REPORT = "report"
    """A report of an earlier run."""
    IGNORED = "ignored"
    """A file or folder that git ignores."""
    EXCLUDED = "excluded"
    """A file or folder that an option or the configuration excludes."""
    MARKED = "marked"
    """A block that an option or the configuration leaves out by its marks."""
    LEADS_OUT = "link_out"
    """A link that leads out of the folder."""
    LEADS_NOWHERE = "broken_link"
    NO_FILE = "no_file"
    """A pipe, a device or a socket."""


_NOUNS = {
    Why.BLOCK: ("block in an unsupported form", "blocks in an unsupported form"),
    Why.UNCLOSED: ("block in an unclosed fence", "blocks in unclosed fences"),
    Why.NO_LANGUAGE: ("fence without a language", "fences without a language"),
    Why.UNKNOWN_LANGUAGE: (
        "block in a language not known here",
        "blocks in languages not known here",
    ),
    Why.JSX: ("block of JSX", "blocks of JSX"),
    Why.RICH: (
        "stored output of a picture, a table or an old Python",
        "stored outputs of pictures, tables or an old Python",
    ),
    Why.FORMAT: ("file in an unsupported format", "files in unsupported formats"),
    Why.REPORT: ("report of an earlier run", "reports of earlier runs"),
    Why.IGNORED: ("path that git ignores", "paths that git ignores"),
    Why.EXCLUDED: ("excluded path", "excluded paths"),
    Why.MARKED: (
        "block left out by skip_marked or only_marked",
        "blocks left out by skip_marked or only_marked",
    ),
    Why.LEADS_OUT: ("link out of the folder", "links out of the folder"),
    Why.LEADS_NOWHERE: ("broken link", "broken links"),
    Why.NO_FILE: ("pipe, device or socket", "pipes, devices or sockets"),
}
_ADVICE = {Why.LEADS_OUT: "to read what a link leads to, name the link"}
_WORDS_SHOWN = 8


def reason(why: Why) -> str:
    """Return why one thing is not read, for people."""
    return _NOUNS[why][0]


@dataclass(frozen=True, slots=True)
class NotRead:
    """Counts of what was not read, by reason."""

    counts: Mapping[Why, int] = field(default_factory=dict[Why, int])
    """Only kinds that occurred."""
    first: Mapping[Why, str] = field(default_factory=dict[Why, str])
    """Where the first of each is: a path, and for a block its line."""
    words: Mapping[str, int] = field(default_factory=dict[str, int])
    """Of blocks in languages that are not known here: how many, by the language's word."""

    def lines(self) -> list[str]:
        """Return a line for people for each reason."""
        return [self._line(why) for why in Why if why in self.counts]

    def _line(self, why: Why) -> str:
        count, (one, many) = self.counts[why], _NOUNS[why]
        places = self.first[why] if count == 1 else f"{self.first[why]}, …"
        words = f": {self._told_words()}" if why is Why.UNKNOWN_LANGUAGE else ""
        advice = f"; {_ADVICE[why]}" if why in _ADVICE else ""
        return f"not read: {count} {one if count == 1 else many}{words} ({places}){advice}"

    def _told_words(self) -> str:
        most = sorted(self.words.items(), key=lambda each: (-each[1], each[0]))
        shown = [f"{word} {count}" for word, count in most[:_WORDS_SHOWN]]
        return ", ".join([*shown, *(["…"] if len(most) > _WORDS_SHOWN else [])])

    def to_list(self) -> list[dict[str, object]]:
        """Return it as plain JSON values, in a stable order."""
        return [
            {"kind": str(why), "count": self.counts[why], "first": self.first[why]}
            | ({"languages": dict(self.words)} if why is Why.UNKNOWN_LANGUAGE else {})
            for why in Why
            if why in self.counts
        ]
