"""Are verdicts the same, however many snippets are validated at a time, and in two processes?

`python -m daytona_validate._bench.same_verdicts 500 16` validates the first 500 of
`mixed_programs`, 16 at a time, and prints a JSON array with one verdict each.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from daytona_validate._bench.mixed_programs import KnownProgram, mixed_programs
from daytona_validate._client import Validator
from daytona_validate._models import CodeValidationResult, Outcome


@dataclass(frozen=True, slots=True)
class ProgramVerdict:
    """What was found of one program, as far as it has to be the same each time."""

    outcome: str
    fault: str
    exit_code: int | None
    output: str
    attempts: int
    """Runs that it took: not compared."""
    waited_s: float
    """Not compared either."""
    details: str

    @property
    def is_verdict(self) -> bool:
        """Whether it was judged: on a host that others fill, some may not be."""
        return self.outcome != Outcome.UNAVAILABLE

    def differs_from(self, other: ProgramVerdict) -> bool:
        """Return whether both were judged, and not in the same way."""
        return self.is_verdict and other.is_verdict and self._verdict() != other._verdict()

    def _verdict(self) -> tuple[object, ...]:
        return self.outcome, self.fault, self.exit_code, self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One way to validate them all, and what came of it."""

    way: str
    seconds: float
    found: tuple[ProgramVerdict, ...]

    def wrong(
        self, programs: Sequence[KnownProgram]
    ) -> tuple[tuple[KnownProgram, ProgramVerdict], ...]:
        """Return those that were judged, and whose outcome is not the right one."""
        pairs = zip(programs, self.found, strict=True)
        return tuple((p, f) for p, f in pairs if f.is_verdict and f.outcome != p.outcome)

    def unjudged(
        self, programs: Sequence[KnownProgram]
    ) -> tuple[tuple[KnownProgram, ProgramVerdict], ...]:
        """Return those that were not judged."""
        pairs = zip(programs, self.found, strict=True)
        return tuple((p, f) for p, f in pairs if not f.is_verdict)

    def different(self, other: Round) -> tuple[int, ...]:
        """Return the numbers of those whose verdict is another one than elsewhere."""
        pairs = zip(self.found, other.found, strict=True)
        return tuple(n for n, (one, two) in enumerate(pairs) if one.differs_from(two))

    def outcomes(self) -> Mapping[str, int]:
        """Return how many have each outcome."""
        return Counter(each.outcome for each in self.found)


async def at_a_time(count: int, concurrency: int) -> Round:
    """Validate so many programs on this host, so many at a time."""
    async with Validator(provider="local", concurrency=concurrency) as validator:
        return await one_round(validator, count, concurrency)


async def one_round(validator: Validator, count: int, concurrency: int) -> Round:
    """Validate so many programs with a validator, so many at a time."""
    began_s = time.perf_counter()
    snippets = [each.snippet for each in mixed_programs(count)]
    results = await validator.validate_many(snippets, concurrency=concurrency)
    return Round(
        way=f"{concurrency} at a time",
        seconds=time.perf_counter() - began_s,
        found=tuple(map(_found, results)),
    )


def in_processes(count: int, concurrency: int, *, processes: int = 2) -> tuple[Round, ...]:
    """Validate them in each of some processes at the same time.

    Raises:
        subprocess.CalledProcessError: One of them failed.
    """
    began_s = time.perf_counter()
    argv = [sys.executable, "-m", __name__, str(count), str(concurrency)]
    with ExitStack() as stack:
        running = [
            stack.enter_context(subprocess.Popen(argv, stdout=subprocess.PIPE, text=True))
            for _ in range(processes)
        ]
        printed = [each.communicate()[0] for each in running]
    for each in running:
        if each.returncode:
            raise subprocess.CalledProcessError(each.returncode, argv)
    seconds = time.perf_counter() - began_s
    return tuple(
        Round(
            way=f"{concurrency} at a time, process {number} of {processes}",
            seconds=seconds,
            found=tuple(ProgramVerdict(**fields) for fields in json.loads(text)),
        )
        for number, text in enumerate(printed, start=1)
    )


def _found(result: CodeValidationResult) -> ProgramVerdict:
    return ProgramVerdict(
        outcome=str(result.outcome),
        fault=str(result.fault),
        exit_code=result.exit_code,
        # How much of a flood, or before a time limit, is read is no part of the verdict.
        output=result.output if result.exit_code is not None else "",
        attempts=result.attempts,
        waited_s=result.usage.waited_s or 0.0,
        details=result.details,
    )


if __name__ == "__main__":
    found = asyncio.run(at_a_time(int(sys.argv[1]), int(sys.argv[2]))).found
    json.dump([asdict(each) for each in found], sys.stdout)
