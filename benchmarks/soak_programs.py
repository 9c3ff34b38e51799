"""The programs of a soak, by seed and number, each with the verdicts that are right for it.

They stand in `soak/*.toml`, and every program of `tests/denials/programs` is one of the hostile.
A program has its number in it, so that no result can pass for another's.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from daytona_validate import CodeValidationResult, Fault, Limits, Outcome, Snippet
from daytona_validate._toolchains.warm.tools import KINDS as WARM
from denial_programs import denials

FOLDER = Path(__file__).parent / "soak"
HOSTILE = "hostile"
HOSTILE_EACH = 10
"""One program of so many is hostile."""
SHARES = {"python": 8, "javascript": 3, "typescript": 2, "go": 2, "sql": 2, "java": 1}
"""How many of the others are of each language."""
LIMITS = Limits(timeout_s=20.0, memory_mib=128, processes=48, max_output_bytes=1024 * 1024)
ROOM_MIB = {"javascript": 192, "sql": 192}
"""Memory of those whose runtimes need more."""
DENIED_S = 8.0
"""Time limit of those that wait once they have taken what they may not have."""
ENDED_AT_DAYTONA = frozenset({Outcome.RUNTIME_ERROR, Outcome.TIMEOUT})
"""What the same come to where only the sandbox's own size bounds memory: ended by its kernel, or by
their time limit."""
REFUSED_AT_DAYTONA = frozenset({"signals_to_pid_1.py"})
"""Those that are not even allowed to try there, and fail."""
NUMBER = "@N@"


class Ground(StrEnum):
    """What a sandbox is made of, as far as verdicts depend on it."""

    GROUPS = "groups"
    """Of this machine, with control groups."""
    NO_GROUPS = "no_groups"
    """Of this machine, where memory and processes are only estimated."""
    DAYTONA = "daytona"
    ONE_USER = "daytona_one_user"
    """An emulator's that has one user, who is the supervisor's too: a plain user's without ids."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """A sort of program; texts have `NUMBER` where its number comes."""

    name: str
    language: str
    code: str
    outcomes: Mapping[Ground, frozenset[Outcome]]
    weight: int = 1
    output: str | None = None
    """What it should print; None: it is not compared."""
    tells: str = ""
    """What must stand in what it printed, or in what is said of it."""
    untold: frozenset[Ground] = frozenset()
    """Where that is not asked for."""
    stdin: str = ""
    timeout_s: float | None = None
    disk_mib: int = LIMITS.disk_mib
    processes: int | None = None
    """None: what is usual here for its language."""
    max_output_bytes: int = LIMITS.max_output_bytes


@dataclass(frozen=True, slots=True)
class SoakProgram:
    """A program, and what it must come to."""

    kind: Kind
    number: int
    is_hostile: bool

    @property
    def snippet(self) -> Snippet:
        """It, as it is validated."""
        kind = self.kind
        return Snippet(
            code=self._own(kind.code),
            language=kind.language,
            stdin=self._own(kind.stdin),
            expected_output=None if kind.output is None else self._own(kind.output),
            compare="exact" if kind.output is not None else None,
            limits=_limits(kind),
            snippet_id=str(self.number),
        )

    def mistake(self, result: CodeValidationResult, ground: Ground) -> str | None:
        """Return what is wrong with a result, which is a verdict; None: nothing."""
        wanted = self.kind.outcomes[ground]
        printed = f"{result.output}{result.error}{result.details}"
        if result.snippet_id != str(self.number):
            return f"is {result.snippet_id}'s"
        if result.outcome not in wanted:
            return f"{result.outcome}, not {'/'.join(sorted(wanted))}: {result.details}"
        if result.outcome is Outcome.PASSED:
            is_other = self.kind.output is not None and result.output != self._own(self.kind.output)
            if is_other or result.fault is not Fault.NONE:
                return f"passed with {result.output[:200]!r}, fault {result.fault}"
        elif result.fault is not Fault.SNIPPET and result.outcome is not Outcome.MISSING_DEPENDENCY:
            return f"{result.outcome} with the fault {result.fault}"
        if self._own(self.kind.tells) not in printed and ground not in self.kind.untold:
            return f"does not tell {self._own(self.kind.tells)!r}: {printed[:300]!r}"
        return None

    def _own(self, text: str) -> str:
        return text.replace(NUMBER, str(self.number))


def programs(
    seed: int,
    count: int,
    *,
    languages: Sequence[str] = tuple(SHARES),
    has_all_kinds: bool = False,
) -> Iterator[SoakProgram]:
    """Return so many programs: always the same of a seed, and numbers that no other seed has.

    Their files are read at once, and not in the event loop that takes the programs one by one.

    Args:
        seed: Any number.
        count: How many.
        languages: Of the programs.
        has_all_kinds: Whether one of each kind comes first, and these are more.
    """
    first = 1_000_000 * (seed % 1000 + 1)
    kinds = {name: _kinds(name) for name in languages}
    hostile = [each for each in _hostile() if each.language in languages]
    chosen = _chosen(random.Random(seed), kinds, hostile, first, count)
    if not has_all_kinds:
        return chosen
    one_of_each = (*dict.fromkeys(chain.from_iterable(kinds.values())), *hostile)
    warm_up = (
        SoakProgram(kind, first + count + at, kind in hostile)
        for at, kind in enumerate(one_of_each)
    )
    return chain(warm_up, chosen)


def _chosen(
    chance: random.Random,
    kinds: Mapping[str, Sequence[Kind]],
    hostile_kinds: Sequence[Kind],
    first: int,
    count: int,
) -> Iterator[SoakProgram]:
    decks = {name: _dealt(deck, chance) for name, deck in kinds.items()}
    hostile = _dealt(hostile_kinds, chance)
    turns = _dealt([name for name in kinds for _ in range(SHARES[name])], chance)
    for at in range(count):
        is_hostile = at % HOSTILE_EACH == HOSTILE_EACH - 1
        kind = next(hostile) if is_hostile else next(decks[next(turns)])
        yield SoakProgram(kind, first + at, is_hostile)


def _dealt(deck: Sequence[Any], chance: random.Random) -> Iterator[Any]:
    """Yield all of a deck in a chance order, then in another one, without end."""
    while True:
        yield from chance.sample(deck, len(deck))


@cache
def _kinds(language: str) -> list[Kind]:
    return [each for each in _read(language) for _ in range(each.weight)]


@cache
def _hostile() -> list[Kind]:
    return [*_read(HOSTILE), *_denied()]


def _read(name: str) -> Iterator[Kind]:
    for title, fields in tomllib.loads((FOLDER / f"{name}.toml").read_text()).items():
        usual = fields.pop("outcome", ["passed"])
        outcomes = {
            Ground.GROUPS: _outcomes(usual),
            Ground.NO_GROUPS: _outcomes(fields.pop("without_groups", usual)),
            Ground.DAYTONA: _outcomes(at_daytona := fields.pop("at_daytona", usual)),
            Ground.ONE_USER: _outcomes(fields.pop("under_one_user", at_daytona)),
        }
        language = fields.pop("language", "python" if name == HOSTILE else name)
        yield Kind(name=f"{name}: {title}", language=language, outcomes=outcomes, **fields)


def _denied() -> Iterator[Kind]:
    """Yield the programs that try what a jail must refuse."""
    for each in denials(None):
        wanted = _outcomes(each.ends or ["passed"])
        one_user = at_daytona = wanted | ENDED_AT_DAYTONA if each.ends else wanted
        if each.file.name in REFUSED_AT_DAYTONA:
            at_daytona = frozenset({Outcome.RUNTIME_ERROR})
        yield Kind(
            name=f"denials: {each.file.name}",
            language=each.language,
            code=each.code.decode(),
            outcomes={
                **dict.fromkeys(Ground, wanted),
                Ground.DAYTONA: at_daytona,
                Ground.ONE_USER: one_user,
            },
            tells=each.answer,
            untold=frozenset({Ground.DAYTONA, Ground.ONE_USER}),
            timeout_s=DENIED_S,
            processes=Limits().processes,
            max_output_bytes=Limits().max_output_bytes,
        )


def _outcomes(names: Sequence[str] | frozenset[str]) -> frozenset[Outcome]:
    return frozenset(map(Outcome, names))


def _limits(kind: Kind) -> Limits:
    """Return a kind's limits; below the standard ones, no compiler that keeps running is asked."""
    usual, standard = LIMITS, Limits()
    if kind.language in WARM:
        usual = replace(LIMITS, memory_mib=standard.memory_mib, processes=standard.processes)
    return replace(
        usual,
        memory_mib=ROOM_MIB.get(kind.language, usual.memory_mib),
        timeout_s=kind.timeout_s or usual.timeout_s,
        disk_mib=kind.disk_mib,
        processes=kind.processes or usual.processes,
        max_output_bytes=kind.max_output_bytes,
    )
