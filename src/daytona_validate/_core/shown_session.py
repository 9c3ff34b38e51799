"""Sessions that a page shows with their prompts, compared with a transcript of what happened.

A transcript has each line that was typed, and after it what was printed. It errs towards the
author: what is no plain output, is cut short or may differ from run to run is not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from daytona_validate._core.printable import one_line
from daytona_validate._core.shown_node import NODE_CHANGES, node_agrees
from daytona_validate._core.shown_psql import PSQL_CHANGES, psql_agrees


@dataclass(frozen=True, slots=True)
class ShownInput:
    """One input of a session, with what the page shows after it."""

    line: int
    """1-based line of the code at which the shown lines begin."""
    typed: tuple[str, ...]
    """Without prompts."""
    shown: tuple[str, ...]
    """Up to the next prompt; blank lines at the end are none of it."""


@dataclass(frozen=True, slots=True)
class ShownSession:
    """Session of a page, to be compared with its transcript."""

    language: str
    """One of `LANGUAGES`."""
    inputs: tuple[ShownInput, ...]
    untold: str = ""
    """A line that was typed first, and that transcripts lack."""


@dataclass(frozen=True, slots=True)
class OtherOutput:
    """Output of an input that a page shows otherwise."""

    input: ShownInput
    printed: tuple[str, ...]


_AGREES: dict[str, Callable[[str, tuple[str, ...], tuple[str, ...]], bool]] = {
    "javascript": lambda _, shown, printed: node_agrees(shown, printed),
    "sql": psql_agrees,
}
_CHANGES = {"javascript": NODE_CHANGES, "sql": PSQL_CHANGES}
LANGUAGES = frozenset(_AGREES)
"""In which sessions are compared so."""


def other_outputs(session: ShownSession, transcript: str) -> Iterator[OtherOutput]:
    """Yield the inputs that printed something else than the page shows, in order.

    Args:
        session: Once it asks for what differs from run to run, nothing after it is compared.
        transcript: Where an input is not found in it, nothing is yielded.
    """
    told = f"{session.untold}\n{transcript}" if session.untold else transcript
    inputs = tuple(each for each in session.inputs if any(map(str.strip, each.typed)))
    for each, printed in zip(inputs, _printed(inputs, told.split("\n")), strict=False):
        typed = "\n".join(each.typed)
        if _CHANGES[session.language].search(typed):
            return
        if each.shown and not _AGREES[session.language](typed, each.shown, printed):
            yield OtherOutput(each, printed)


def session_difference(session: ShownSession, transcript: str) -> tuple[int, str] | None:
    """Return the first line that shows another output than there was, and a cause."""
    for other in other_outputs(session, transcript):
        shown = one_line(" ".join(other.input.shown), 60)
        printed = one_line(" ".join(other.printed), 60)
        return other.input.line, f"'{shown}' is shown, and '{printed}' was printed"
    return None


def _printed(inputs: tuple[ShownInput, ...], lines: list[str]) -> list[tuple[str, ...]]:
    """Return what was printed after each input; nothing if the transcript lacks one."""
    ends: list[tuple[int, int]] = []
    at = 0
    for each in inputs:
        first = None
        for typed in filter(str.strip, each.typed):
            try:
                at = lines.index(typed, at) + 1
            except ValueError:
                return []
            first = at - 1 if first is None else first
        ends.append((at if first is None else first, at))
    begins = [begin for begin, _ in ends[1:]] + [len(lines)]
    return [_stripped(lines[end:begin]) for (_, end), begin in zip(ends, begins, strict=False)]


def _stripped(lines: list[str]) -> tuple[str, ...]:
    """Return lines without blank ones at both ends."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return tuple(lines[filled[0] : filled[-1] + 1]) if filled else ()
