"""However many run at a time, and in however many processes: each program has its one verdict."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from daytona_validate import Outcome
from daytona_validate._bench.mixed_programs import KINDS, ROUND, mixed_programs
from daytona_validate._bench.same_verdicts import ProgramVerdict, Round, at_a_time, in_processes
from daytona_validate._toolchains.record import Toolchain

NO_VERDICT = {Outcome.SKIPPED, Outcome.CANCELLED, Outcome.UNAVAILABLE}


def test_a_round_has_each_kind_by_its_weight_and_no_two_programs_are_equal() -> None:
    programs = mixed_programs(2 * ROUND)
    names = [each.kind for each in programs]
    assert {kind.name: 2 * kind.weight for kind in KINDS} == {n: names.count(n) for n in names}
    assert not {kind.outcome for kind in KINDS} & NO_VERDICT
    assert programs[:ROUND] == mixed_programs(ROUND)
    assert len({each.snippet.code for each in programs}) > ROUND


def _found(outcome: Outcome, output: str = "") -> ProgramVerdict:
    return ProgramVerdict(
        outcome=str(outcome),
        fault="",
        exit_code=0,
        output=output,
        attempts=1,
        waited_s=0.0,
        details="",
    )


def test_what_was_not_judged_is_neither_wrong_nor_different() -> None:
    programs = mixed_programs(3)
    right = [_found(each.outcome, "a") for each in programs]
    one = Round(way="one", seconds=1.0, found=tuple(right))
    found = (right[0], _found(Outcome.UNAVAILABLE), _found(Outcome.SKIPPED))
    other = Round(way="other", seconds=1.0, found=found)
    assert other.wrong(programs) == ((programs[2], found[2]),)
    assert other.unjudged(programs) == ((programs[1], found[1]),)
    assert other.different(one) == (2,)
    assert one.wrong(programs) == one.unjudged(programs) == ()
    assert one.different(one) == ()
    assert replace(one, found=(_found(programs[0].outcome, "b"), *right[1:])).different(one) == (0,)
    assert other.outcomes() == {right[0].outcome: 1, "unavailable": 1, "skipped": 1}


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
async def test_at_many_at_a_time_verdicts_are_those_of_one_at_a_time(
    shared_cache: None, python_toolchain: Toolchain
) -> None:
    programs = mixed_programs(ROUND // 2)
    one = await at_a_time(len(programs), 1)
    assert one.wrong(programs) == ()
    many = await at_a_time(len(programs), 32)
    assert many.wrong(programs) == ()
    assert many.different(one) == ()


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
def test_in_two_processes_verdicts_are_those_of_one(
    shared_cache: None, python_toolchain: Toolchain
) -> None:
    programs = mixed_programs(ROUND // 2)
    here, there = in_processes(len(programs), 2 * len(os.sched_getaffinity(0)))
    assert here.wrong(programs) == there.wrong(programs) == ()
    assert here.different(there) == ()
