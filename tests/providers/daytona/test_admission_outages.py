"""Admission while the service does not work: one finds out, the others wait, then are refused."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from tests.providers.daytona.test_admission import Door, failure

from daytona_validate import Event, EventKind
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._observe.watch import Watch
from daytona_validate._providers.daytona.admission import Ticket
from daytona_validate._providers.daytona.circuit import DEAD, OPEN_AFTER_S, SUSPECT_AFTER
from daytona_validate._providers.daytona.wire.failures import Area, Call, FailureKind
from daytona_validate._providers.daytona.wire.network_failures import network_failure

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("kind", sorted(DEAD))
async def test_a_dead_service_is_tried_by_one_and_then_refused_to_all(kind: FailureKind) -> None:
    door, loop = Door(), asyncio.get_running_loop()
    events: list[Event] = []
    watch = Watch(events.append)
    door.admission.report_to(watch)
    await door.fail(kind, SUSPECT_AFTER)
    waiting = [door.start(door.ticket()) for _ in range(50)]
    began_s = loop.time()
    while not waiting[-1].done():
        tried = len(door.went)
        await asyncio.sleep(0.1)
        if len(door.went) > tried:
            assert len(door.went) == tried + 1
            probe = Ticket(door.went[-1], "snapshot", 0)
            door.admission.failed(_sent(door, probe), failure(kind))
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    refused = [end for end in ends if isinstance(end, SandboxUnavailable)]
    assert 50 - len(refused) <= 8
    assert OPEN_AFTER_S <= loop.time() - began_s < 2 * OPEN_AFTER_S
    assert {str(end) for end in refused} == {
        f"Daytona fails again and again, so only one try at a time is made; it was {kind}"
    }
    assert not any(end.retryable for end in refused)
    door.admission.created(door.ticket())
    watch.close()
    told = [(each.kind, each.is_open) for each in events]
    assert told == [(EventKind.CIRCUIT, True), (EventKind.CIRCUIT, False)]


def _sent(door: Door, like: Ticket) -> Ticket:
    """Return the ticket that is under way as the probe."""
    circuits = door.admission._circuits
    probe = circuits.way._probe or circuits.of("snapshot")._probe
    assert isinstance(probe, Ticket)
    assert probe.name == like.name
    return probe


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - DEAD))
async def test_an_answer_that_makes_sense_is_a_sign_of_life(kind: FailureKind) -> None:
    door, loop = Door(), asyncio.get_running_loop()
    await door.fail(FailureKind.SERVER, SUSPECT_AFTER)
    began_s = loop.time()
    ticket = door.ticket()
    await door.enter(ticket)
    assert loop.time() > began_s
    door.admission.failed(ticket, failure(kind, after_s=1.0))
    await door.fail(FailureKind.SERVER, SUSPECT_AFTER - 1)
    assert door.admission._circuits.of("snapshot").is_closed


async def test_who_is_called_off_as_the_probe_leaves_that_to_the_next() -> None:
    door, loop = Door(), asyncio.get_running_loop()
    await door.fail(FailureKind.SERVER, SUSPECT_AFTER)
    probe = door.ticket()
    await door.enter(probe)
    waiting = door.start(door.ticket())
    await asyncio.sleep(1)
    began_s = loop.time()
    door.admission.given_up(probe)
    await waiting
    assert loop.time() == began_s


async def test_what_is_no_fault_of_the_service_s_holds_nobody_back() -> None:
    door, loop = Door(), asyncio.get_running_loop()
    began_s = loop.time()
    for _ in range(3 * SUSPECT_AFTER):
        ticket = door.ticket()
        await door.enter(ticket)
        shortage = network_failure(Call(Area.API, "POST", "/sandbox"), httpx.PoolTimeout(""))
        door.admission.failed(ticket, shortage)
    assert loop.time() == began_s
