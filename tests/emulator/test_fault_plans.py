"""Which calls meet which fault."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._emulator.faults.fault_kinds import FaultKind
from daytona_validate._emulator.faults.fault_plan import FaultPlan, InjectedFault, faults_from
from daytona_validate._emulator.faults.fault_responses import changed, denial
from daytona_validate._emulator.operations import Operation
from daytona_validate._errors import ConfigurationError
from for_each import for_each


def met(faults: FaultPlan, operation: Operation, calls: int) -> list[bool]:
    return [bool(faults.meeting(operation)) for _ in range(calls)]


def test_the_second_and_third_call_meet_it() -> None:
    faults = FaultPlan()
    faults.set(InjectedFault(operation="create", kind="quota", first=2, last=3))
    assert met(faults, Operation.GET, 3) == [False] * 3
    assert met(faults, Operation.CREATE, 5) == [False, True, True, False, False]
    assert faults.met == {"quota": 2}


def test_every_operation_is_met_by_a_star() -> None:
    faults = FaultPlan()
    faults.set(InjectedFault(operation="*", kind="server_error"))
    assert all(faults.meeting(each) for each in Operation)


def test_chance_is_repeatable() -> None:
    def run(seed: int) -> list[bool]:
        faults = FaultPlan()
        faults.set(InjectedFault(operation="execute", kind="html", probability=0.5, seed=seed))
        return met(faults, Operation.EXECUTE, 200)

    assert run(1) == run(1) != run(2)
    assert 60 < sum(run(1)) < 140


def test_a_delay_goes_with_one_other_fault() -> None:
    faults = FaultPlan()
    faults.set(
        InjectedFault(operation="get", kind="html"),
        InjectedFault(operation="get", kind="latency", delay_s=0.1),
        InjectedFault(operation="get", kind="stale"),
    )
    assert [each.kind for each in faults.meeting(Operation.GET)] == ["latency", "html"]
    faults.clear()
    assert faults.meeting(Operation.GET) == []


@for_each(
    "body",
    [
        "create",
        {"operation": "create"},
        {"operation": "creates", "kind": "html"},
        {"operation": "create", "kind": "hmtl"},
        {"operation": "create", "kind": "html", "often": 3},
        {"operation": "create", "kind": "html", "first": 0},
        {"operation": "create", "kind": "html", "first": 3, "last": 2},
        {"operation": "create", "kind": "html", "probability": 2},
        {"operation": "create", "kind": "html", "first": "x"},
        {"operation": "create", "kind": "status", "status": 99},
        {"operation": "create", "kind": "latency", "delay_s": -1},
        {"operation": "create", "kind": "latency", "delay_s": float("inf")},
        {"operation": "create", "kind": "latency", "delay_s": float("nan")},
        {"operation": ["create"], "kind": "html"},
        {"operation": "create", "kind": "html", "seed": [1]},
        {"operation": "create", "kind": "html", "first": True},
        {"operation": "create", "kind": "html", "is_after": 1},
        {"operation": "create", "kind": "throttled", "retry_after_s": "1\r\nX: y"},
    ],
    ids=str,
)
def test_a_fault_that_could_never_happen_is_refused(body: Any) -> None:
    with pytest.raises(ConfigurationError, match="fault"):
        faults_from(body)


def test_a_list_of_faults_is_read() -> None:
    found = faults_from(
        [{"operation": "create", "kind": "html"}, {"operation": "*", "kind": "junk"}]
    )
    assert [each.kind for each in found] == ["html", "junk"]


SELF_MADE = {FaultKind.LATENCY, FaultKind.FAILS_TO_START, FaultKind.DUPLICATED, FaultKind.HTML}
DROPPED = {FaultKind.DROPPED_BEFORE, FaultKind.DROPPED_AFTER, FaultKind.DROPPED_DURING}


@for_each("kind", sorted(set(FaultKind) - SELF_MADE - DROPPED))
def test_every_kind_words_an_error_or_changes_an_answer(kind: FaultKind) -> None:
    """None is without effect."""
    fault = InjectedFault(operation="*", kind=kind)
    body = b'{"state": "started", "toolboxProxyUrl": "u", "result": "123"}'
    is_denial = denial(fault, Operation.CREATE) is not None
    assert is_denial is (changed(fault, body) == body)


def test_what_is_no_object_stays_as_it_is() -> None:
    for body in (b"", b"[1]", b"\xff\x00"):
        assert changed(InjectedFault(operation="*", kind="stale"), body) == body
