"""The record of verdicts that were found in several ways: what was wrong, or not as at first."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.mixed_programs import (
    KINDS,
    LIMIT_S,
    ROUND,
    KnownProgram,
    mixed_programs,
)
from daytona_validate._bench.record import Record
from daytona_validate._bench.same_verdicts import Round, one_round
from daytona_validate._client import Validator

AT_A_TIME = (1, 4, 16, 64)
COLUMNS = (
    *("way", "seconds", "right", "wrong", "unavailable"),
    *("not as at first", "run twice", "seconds that clocks stood still"),
)
NOTES = (
    (
        "Counts are those of all repetitions together. A verdict is outcome, fault, exit code and, "
        "where the program ended by itself, what it printed; it is compared with the first round "
        "of the first way."
    ),
    (
        f"Every {ROUND} programs have each kind by its weight. What works hard needs "
        f"{0.6 * LIMIT_S:g} s of CPU time under a limit of {LIMIT_S:g} s."
    ),
)


@dataclass(slots=True)
class Way:
    """What came of one way, over all repetitions."""

    rounds: list[Round] = field(default_factory=list[Round])

    def row(self, name: str, programs: Sequence[KnownProgram], first: Round) -> tuple[Cell, ...]:
        """Return the row of the table."""
        wrong = sum(len(each.wrong(programs)) for each in self.rounds)
        unjudged = sum(len(each.unjudged(programs)) for each in self.rounds)
        found = [each for one in self.rounds for each in one.found]
        return (
            name,
            Figure.of([each.seconds for each in self.rounds]),
            len(found) - wrong - unjudged,
            wrong,
            unjudged,
            sum(len(each.different(first)) for each in self.rounds),
            sum(each.attempts > 1 for each in found),
            Figure.of([sum(each.waited_s for each in one.found) for one in self.rounds]),
        )


class Agreement:
    """Verdicts of the same programs, found in several ways; the first is what others are held to.

    Args:
        count: Of the programs.
        say: Told of each round, and of each program that was not judged rightly.
    """

    def __init__(self, count: int, *, say: Callable[[str], None]) -> None:
        self._programs = mixed_programs(count)
        self._say = say
        self._ways: dict[str, Way] = {}
        self._load_before = os.getloadavg()[0]

    def add(self, name: str, found: Round) -> None:
        """Add a round of a way.

        Args:
            name: The way's.
            found: What came of it.
        """
        self._ways.setdefault(name, Way()).rounds.append(found)
        self._say(f"{found.way}: {found.seconds:.0f} s, {dict(found.outcomes())}")
        for program, each in (*found.wrong(self._programs), *found.unjudged(self._programs)):
            self._say(f"  {program.kind}: {each}")

    def record(self, *, repetitions: int) -> Record:
        """Return the record of what was added.

        Args:
            repetitions: Rounds of each way.
        """
        first = next(iter(self._ways.values())).rounds[0]
        count = len(self._programs)
        return Record(
            name="verdicts",
            question=f"Are the verdicts of {count} snippets the same, however they are validated?",
            compared_with="the outcome that is right for each, and each way with the first",
            inputs={f"{each.name} ({each.weight} of {ROUND})": each.code(1) for each in KINDS},
            repetitions=repetitions,
            columns=COLUMNS,
            rows=tuple(way.row(name, self._programs, first) for name, way in self._ways.items()),
            load_before=self._load_before,
            notes=NOTES,
        )


async def verdict_agreement(
    validator: Validator,
    *,
    count: int,
    repetitions: int,
    at_a_time: Sequence[int] = AT_A_TIME,
    say: Callable[[str], None],
) -> Record:
    """Validate the same programs again and again, and compare what is found.

    Args:
        validator: Open; it must be made for as many at a time as the most of `at_a_time`.
        count: Of the programs.
        repetitions: Of each way.
        at_a_time: The ways: how many are validated at a time.
        say: See `Agreement`.
    """
    agreement = Agreement(count, say=say)
    for _ in range(repetitions):
        for concurrency in at_a_time:
            found = await one_round(validator, count, concurrency)
            agreement.add(f"{concurrency} at a time", found)
    return agreement.record(repetitions=repetitions)
