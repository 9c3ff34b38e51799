"""The programs of a soak are the same for a seed, and a result that is not theirs is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daytona_validate import Fault, Outcome, Validator
from daytona_validate._models import CodeValidationResult
from daytona_validate._toolchains.warm.kind import is_roomy
from daytona_validate._toolchains.warm.tools import KINDS
from daytona_validate.testing import FakeProvider, ran
from made_results import made_reported
from soak_programs import SHARES, Ground, SoakProgram, programs
from soak_worker import soaked

COUNT = 3000
NO_VERDICT = {Outcome.UNAVAILABLE, Outcome.CANCELLED, Outcome.SKIPPED, Outcome.NOT_RUNNABLE}


def test_a_seed_has_always_the_same_programs_and_no_number_twice() -> None:
    some = [each.snippet for each in programs(3, 50)]
    assert some == [each.snippet for each in programs(3, 50)]
    others = [each.snippet for each in programs(4, 50)]
    assert not {each.snippet_id for each in some} & {each.snippet_id for each in others}


def test_a_tenth_is_hostile_and_all_kinds_of_all_languages_come() -> None:
    found = list(programs(3, COUNT))
    assert sum(each.is_hostile for each in found) == COUNT / 10
    kinds = {each.kind.name: each.kind for each in found}
    assert {each.language for each in kinds.values()} == SHARES.keys()
    assert len({name for name in kinds if name.startswith("hostile: ")}) > 30
    assert "denials: signals_to_pid_1.py" in kinds
    outcomes = {each for kind in kinds.values() for each in kind.outcomes[Ground.GROUPS]}
    assert outcomes == {
        *(Outcome.PASSED, Outcome.WRONG_OUTPUT, Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR),
        *(Outcome.TIMEOUT, Outcome.MEMORY_LIMIT, Outcome.OUTPUT_LIMIT, Outcome.PROCESS_LIMIT),
        *(Outcome.DISK_LIMIT, Outcome.MISSING_DEPENDENCY),
    }
    assert not NO_VERDICT & outcomes


def test_compilers_that_keep_running_are_asked_about_what_they_can_compile() -> None:
    """They are not where limits are below the standard ones."""
    asked = [each.snippet for each in programs(3, COUNT) if each.kind.language in KINDS]
    assert {each.language for each in asked} == KINDS.keys()
    assert all(each.limits and is_roomy(each.limits) for each in asked)


def test_a_warm_up_has_one_of_each_kind_beside() -> None:
    usual = list(programs(3, 50))
    found = list(programs(3, 50, has_all_kinds=True))
    assert found[-50:] == usual
    kinds = [each.kind.name for each in found[:-50]]
    assert len(kinds) == len(set(kinds))
    assert {each.kind.name for each in programs(3, COUNT)} <= set(kinds)
    assert len({each.number for each in found}) == len(found)


def _first(name: str) -> SoakProgram:
    return next(each for each in programs(3, COUNT) if each.kind.name == name)


def _result(program: SoakProgram, **values: Any) -> CodeValidationResult:
    usual = {"snippet_id": str(program.number), "error": "", "details": ""}
    return made_reported(**usual | values).result


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("python: says", {"outcome": Outcome.PASSED, "output": "another thing\n"}),
        ("python: computes", {"outcome": Outcome.PASSED, "output": "of another number"}),
        ("python: raises", {"outcome": Outcome.PASSED}),
        ("python: raises", {"outcome": Outcome.RUNTIME_ERROR, "output": "of another number"}),
        ("python: never_ends", {"outcome": Outcome.RUNTIME_ERROR}),
        ("hostile: kills_itself", {"outcome": Outcome.MEMORY_LIMIT}),
        ("denials: locked_memory.py", {"outcome": Outcome.PASSED, "output": "locked\n"}),
    ],
)
def test_a_result_that_is_not_right_is_found(name: str, values: dict[str, Any]) -> None:
    program = _first(name)
    assert program.mistake(_result(program, **values), Ground.GROUPS) is not None


@pytest.mark.parametrize(
    "name", ["hostile: kills_its_first_process", "denials: signals_to_pid_1.py"]
)
def test_a_first_process_is_anothers_only_where_there_are_users(name: str) -> None:
    program = next(each for each in programs(3, 0, has_all_kinds=True) if each.kind.name == name)
    printed = program.kind.output or program.kind.tells
    passed = _result(
        program, outcome=Outcome.PASSED, output=printed.replace("@N@", str(program.number))
    )
    assert program.mistake(passed, Ground.ONE_USER) is None
    assert program.mistake(passed, Ground.DAYTONA) is not None


def test_a_right_result_is_none_and_with_anothers_number_or_fault_it_is() -> None:
    program = _first("python: raises")
    right = _result(program, outcome=Outcome.RUNTIME_ERROR, output=f"{program.number}\n")
    assert program.mistake(right, Ground.GROUPS) is None
    assert program.mistake(replace(right, snippet_id="1"), Ground.GROUPS) is not None
    others = replace(right, fault=Fault.INFRASTRUCTURE)
    assert program.mistake(others, Ground.GROUPS) is not None


async def test_each_result_is_counted_once() -> None:
    """What must fail, or prints another thing, is wrong if a provider passes it."""
    async with Validator(provider=FakeProvider(lambda _: ran("anything"))) as validator:
        came = await soaked(
            validator, seed=3, count=100, languages=["python", "sql"], ground=Ground.GROUPS
        )
    assert (came.right + len(came.wrong), came.hostile, came.unavailable) == (100, 10, {})
    assert len(came.wrong) > 60
