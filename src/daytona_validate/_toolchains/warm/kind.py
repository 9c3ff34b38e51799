"""What kinds of warm tools have in common, and when one of them is started, trusted and replaced.

All of it is decided here, and nothing is done. A warm tool only ever says that it found nothing
wrong with an exact text; what it says otherwise is not even kept, as then the cold tool is asked.
So its errors can cost time, and only a wrong «clean» could cost a verdict. Against that stand:
a text that could reach beyond its own request is not asked about; a tool proves at its start that
it tells a right program from a wrong one; and it is stricter than the cold one in time, memory and
depth, so that whatever meets a limit meets it here first, and then goes the cold way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from daytona_validate._core.languages.language import Command, Language
from daytona_validate._models import Limits, SandboxSpec, Snippet, Stage
from daytona_validate._toolchains.warm.messages import Answer

AGE_S = 3600.0
"""Seconds after which a tool ends, whatever it did."""
LEAST_COMPILE_S = 10.0
"""A caller who gives a compiler less wants to know if the cold one is as fast."""
_STANDARD = Limits()
_MEASURES = ("memory_mib", "processes", "open_files", "disk_mib")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a snippet's jail is given when its compile step, or a part of it, is done."""

    files: Mapping[str, bytes]
    """Path from the root to content."""
    command: tuple[str, ...] = ()
    """What is left of the compile step; empty: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Kind of warm tools: how one is started and asked, and how long one is kept."""

    argv: tuple[str, ...]
    limits: Limits
    reserved_mib: int
    pays_after: int
    """Snippets after which a start has paid for itself: so many go the cold way before it."""
    most_requests: int
    most_mib: int
    """A tool that says that it uses more is replaced; its jail lets it have `limits.memory_mib`."""
    answer_s: float
    """Seconds for one answer; then the tool is killed."""
    wait_s: float
    """Seconds to wait for a tool that others use; what the cold tool costs is a good bound."""
    request: Callable[[Mapping[str, bytes], Limits], bytes | None]
    """From a work folder's files to a request; None: they are for the cold tool."""
    made: Callable[[Answer, Limits], Made | None]
    """From a clean answer to what the jail gets; None: it is no answer to build upon."""
    entry_file: str
    proofs: tuple[tuple[str, bool], ...]
    """Programs that a new tool must judge so, in this order."""

    def proof_messages(self) -> Iterator[tuple[bytes, bool]]:
        """Yield each request that proves a new tool, and whether it must be called clean.

        Raises:
            ValueError: One of them is for the cold tool.
        """
        for code, is_right in self.proofs:
            message = self.request({self.entry_file: code.encode()}, _STANDARD)
            if message is None:
                raise ValueError(code)
            yield message, is_right


def can_ask(language: Language, snippet: Snippet, spec: SandboxSpec, until: Stage) -> bool:
    """Return whether a snippet's compile step is the one that warm tools do, under such limits.

    Limits below the standard ones are for the cold tool to meet: it may need more of them. So are
    packages, which may bring types and classes.
    """
    commands = language.commands(snippet, until=until)
    return (
        commands[:-1] == language.steps[:1]
        and commands[-1].stage is Stage.RUN
        and not (spec.is_alone or spec.packages or snippet.earlier)
        and is_roomy(spec.limits)
    )


def is_roomy(limits: Limits) -> bool:
    """Return whether limits are at least the standard ones, as far as compilers may meet them."""
    return limits.compile_timeout_s >= LEAST_COMPILE_S and all(
        getattr(limits, each) >= getattr(_STANDARD, each) for each in _MEASURES
    )


def wants_another(cold: int, *, needed: int, tools: int, most: int) -> bool:
    """Return whether one more tool is to be started.

    Args:
        cold: Snippets that found no tool free since the last start or loss.
        needed: So many of them pay for a start.
        tools: How many there are, or are starting.
        most: How many there may be.
    """
    return tools < most and cold >= needed


def is_worn(kind: Kind, answer: Answer, *, requests: int) -> bool:
    """Return whether a tool is to be replaced after so many requests and this answer."""
    return requests >= kind.most_requests or answer.memory_mib > kind.most_mib


def left_commands(before: Sequence[Command], made: Made) -> tuple[Command, ...]:
    """Return the commands that are left before the program, given those that the cold way has."""
    left = [Command(each.stage, made.command) for each in before[:1] if made.command]
    return (*left, *before[1:])
