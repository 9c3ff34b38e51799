"""The circuit: a service that does not work is found out about by one request at a time."""

from __future__ import annotations

import math

import pytest

from daytona_validate._providers.daytona.circuit import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_OPEN_S,
    OPEN_AFTER_S,
    SENT_IN_VAIN,
    SILENT_S,
    SUSPECT_AFTER,
    Circuit,
    Circuits,
)
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure


def suspect(now_s: float = 100.0) -> Circuit:
    circuit = Circuit()
    for _ in range(SUSPECT_AFTER):
        request = object()
        circuit.sent(request, now_s)
        circuit.failed(request, now_s)
    return circuit


def probed(circuit: Circuit, now_s: float) -> float:
    """Send the next probe as early as can be and let it fail; return when it did."""
    now_s += circuit.wait_s(object(), now_s)
    probe = object()
    circuit.sent(probe, now_s)
    circuit.failed(probe, now_s)
    return now_s


def opened() -> tuple[Circuit, float]:
    circuit, now_s = suspect(), 100.0
    while not circuit.is_open:
        now_s = probed(circuit, now_s)
    return circuit, now_s


def test_some_failures_in_a_row_change_nothing() -> None:
    circuit = Circuit()
    for _ in range(SUSPECT_AFTER - 1):
        circuit.failed(object(), 100.0)
    assert (circuit.is_closed, circuit.wait_s(object(), 100.0)) == (True, 0.0)
    circuit.answered()
    circuit.failed(object(), 100.0)
    assert circuit.is_closed


def test_more_in_a_row_let_one_through_at_a_time() -> None:
    circuit = suspect()
    assert circuit.wait_s(object(), 100.0) == FIRST_PAUSE_S
    assert not circuit.is_open
    assert circuit.wait_s(object(), 100.0 + FIRST_PAUSE_S) == 0
    circuit.sent(object(), 101.0)
    assert circuit.wait_s(object(), 1e9) == math.inf


def test_those_under_way_before_are_no_probes() -> None:
    """A thousand may fail at once: that is one piece of news."""
    circuit = suspect()
    for _ in range(1000):
        circuit.failed(object(), 100.0 + OPEN_AFTER_S + 1)
    assert circuit.wait_s(object(), 100.0) == FIRST_PAUSE_S
    assert not circuit.is_open


def test_a_restart_of_the_service_does_not_open_it() -> None:
    circuit, now_s = suspect(), 100.0
    while (now_s := probed(circuit, now_s)) < 100.0 + OPEN_AFTER_S:
        assert not circuit.is_open
    assert circuit.is_open


def test_it_opens_after_few_probes_with_growing_pauses() -> None:
    circuit, now_s, probes = suspect(), 100.0, 0
    while not circuit.is_open:
        now_s, probes = probed(circuit, now_s), probes + 1
    assert probes <= 8
    assert now_s < 100.0 + 2 * OPEN_AFTER_S


def test_an_open_one_is_probed_ever_less_often_and_for_ever() -> None:
    circuit, now_s = opened()
    waits = []
    for _ in range(20):
        waits.append(circuit.wait_s(object(), now_s))
        now_s = probed(circuit, now_s)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE_OPEN_S


@pytest.mark.parametrize("is_open", [False, True])
def test_one_answer_closes_it_whoever_got_it(is_open: bool) -> None:
    circuit = opened()[0] if is_open else suspect()
    circuit.answered()
    assert (circuit.is_closed, circuit.is_open, circuit.wait_s(object(), 0.0)) == (True, False, 0.0)
    for _ in range(SUSPECT_AFTER - 1):
        circuit.failed(object(), 500.0)
    assert circuit.is_closed


def test_a_probe_that_is_given_up_makes_room_for_the_next() -> None:
    circuit = suspect()
    probe = object()
    circuit.sent(probe, 200.0)
    circuit.given_up(object(), 201.0)
    assert circuit.wait_s(object(), 201.0) == math.inf
    circuit.given_up(probe, 201.0)
    assert circuit.wait_s(object(), 201.0) == 0


def test_a_probe_that_is_given_up_after_a_long_silence_has_failed() -> None:
    circuit = suspect()
    probe = object()
    circuit.sent(probe, 200.0)
    circuit.given_up(probe, 200.0 + SILENT_S)
    assert circuit.is_open
    assert circuit.wait_s(object(), 200.0 + SILENT_S) > FIRST_PAUSE_S


def test_a_probe_of_an_earlier_trouble_is_none_of_the_next() -> None:
    circuit = suspect()
    late = object()
    circuit.sent(late, 101.0)
    circuit.answered()
    for _ in range(SUSPECT_AFTER):
        circuit.failed(object(), 300.0)
    probe = object()
    circuit.sent(probe, 301.0)
    circuit.failed(late, 300.0 + OPEN_AFTER_S)
    assert (circuit.is_open, circuit.wait_s(object(), 1e9)) == (False, math.inf)


def failed(circuits: Circuits, snapshot: str, kind: FailureKind, times: int = 1) -> None:
    for _ in range(times):
        circuits.failed(object(), snapshot, ServiceFailure("", kind=kind), 100.0)


@pytest.mark.parametrize("kind", sorted(SENT_IN_VAIN))
def test_what_fails_after_it_was_sent_counts_for_its_snapshot_alone(kind: FailureKind) -> None:
    circuits = Circuits()
    failed(circuits, "go", kind, SUSPECT_AFTER)
    assert not circuits.of("go").is_closed
    assert circuits.of("python").is_closed
    assert circuits.way.is_closed


def test_a_service_that_is_not_reached_is_so_for_all() -> None:
    circuits = Circuits()
    failed(circuits, "go", FailureKind.UNREACHABLE, SUSPECT_AFTER)
    assert not circuits.way.is_closed
    assert circuits.of("go").is_closed


def test_where_all_fail_those_are_suspect_whose_last_request_failed() -> None:
    circuits = Circuits()
    for snapshot in ("go", "java") * (SUSPECT_AFTER // 2):
        assert circuits.of("go").is_closed
        failed(circuits, snapshot, FailureKind.SERVER)
    assert not circuits.of("go").is_closed
    assert not circuits.of("java").is_closed
    assert circuits.of("python").is_closed


def test_an_old_request_that_is_cut_off_does_not_make_the_way_free() -> None:
    circuits = Circuits()
    failed(circuits, "go", FailureKind.UNREACHABLE, SUSPECT_AFTER)
    failed(circuits, "go", FailureKind.CUT_OFF)
    assert not circuits.way.is_closed
    failed(circuits, "go", FailureKind.SERVER)
    assert circuits.way.is_closed


def test_a_probe_that_told_nothing_makes_room_for_the_next() -> None:
    circuits = Circuits()
    failed(circuits, "go", FailureKind.SERVER, SUSPECT_AFTER)
    probe = object()
    circuits.sent(probe, "go", 200.0)
    assert circuits.of("go").wait_s(object(), 1e9) == math.inf
    circuits.not_sent(probe, "go")
    assert circuits.of("go").wait_s(object(), 200.0) == 0
