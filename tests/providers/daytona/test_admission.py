"""Admission of creations: who waits, for how long, in which order, and who is told what."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from itertools import count

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.admission import (
    CAPACITY_PATIENCE_S,
    Admission,
    Ticket,
)
from daytona_validate._providers.daytona.wire.failures import (
    FailureKind,
    ServiceFailure,
)
from daytona_validate._providers.daytona.wire.retry_after import CreationsLeft

pytestmark = pytest.mark.virtual_time


def failure(
    kind: FailureKind, *, may_have_worked: bool = False, after_s: float | None = None
) -> ServiceFailure:
    return ServiceFailure(
        f"it was {kind}", kind=kind, may_have_worked=may_have_worked, retry_after_s=after_s
    )


class Door:
    """An admission, and who went in."""

    def __init__(self) -> None:
        self.refusal: ServiceFailure | None = None
        self.admission = Admission(
            lambda: self.refusal,
            clock=asyncio.get_running_loop().time,
            sleep=asyncio.sleep,
            random=lambda: 0.0,
        )
        self.went: list[str] = []
        self._names: Iterator[int] = count()

    def ticket(self, name: str = "") -> Ticket:
        return self.admission.ticket(name or f"n{next(self._names)}", "snapshot")

    async def enter(self, ticket: Ticket) -> None:
        await self.admission.enter(ticket)
        self.went.append(ticket.name)

    def start(self, ticket: Ticket) -> asyncio.Task[None]:
        return asyncio.create_task(self.enter(ticket))

    async def fill(self, room: int) -> list[Ticket]:
        """Let a pool turn out to have so much room; return who holds it."""
        held = [self.ticket() for _ in range(room)]
        for each in held:
            await self.enter(each)
        one_more = self.ticket()
        await self.enter(one_more)
        self.admission.failed(one_more, failure(FailureKind.FULL))
        for each in held:
            self.admission.created(each)
        self.went.clear()
        return held

    async def fail(self, kind: FailureKind, times: int) -> None:
        for _ in range(times):
            ticket = self.ticket()
            await self.enter(ticket)
            self.admission.failed(ticket, failure(kind))

    async def ask_in_vain(self, ticket: Ticket) -> None:
        while True:
            await self.enter(ticket)
            self.admission.failed(ticket, failure(FailureKind.FULL))


async def some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_who_comes_as_a_place_is_freed_goes_behind_those_who_wait() -> None:
    door = Door()
    held = await door.fill(2)
    waiting = door.start(door.ticket("waited"))
    await some_turns()
    door.admission.gone(held[0].name)
    newcomer = door.start(door.ticket("new"))  # before the other one has woken
    await some_turns()
    assert door.went == ["waited"]
    door.admission.gone(held[1].name)
    await asyncio.gather(waiting, newcomer)
    assert door.went == ["waited", "new"]


async def test_a_refused_key_is_told_to_all_who_wait_and_to_all_who_come() -> None:
    door = Door()
    (held,) = await door.fill(1)
    waiting = [door.start(door.ticket()) for _ in range(50)]
    await some_turns()
    door.refusal = failure(FailureKind.REFUSED)
    door.admission.gone(held.name)
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert {str(end) for end in ends} == {"it was refused"}
    assert len({id(end) for end in ends}) == 50, "each has an exception of its own"
    with pytest.raises(ServiceFailure, match="it was refused"):
        await door.enter(door.ticket())
    assert door.went == []


@pytest.mark.parametrize("kind", [FailureKind.UNREACHABLE, FailureKind.REJECTED])
async def test_a_failure_that_made_nothing_holds_no_room(kind: FailureKind) -> None:
    door, loop = Door(), asyncio.get_running_loop()
    (held,) = await door.fill(1)
    door.admission.gone(held.name)
    began_s = loop.time()
    await door.fail(kind, 5)
    assert (len(door.went), loop.time()) == (5, began_s)


async def test_one_that_may_have_worked_holds_its_room_until_its_removal_has_ended() -> None:
    door = Door()
    (held,) = await door.fill(1)
    door.admission.gone(held.name)
    lost = door.ticket()
    await door.enter(lost)
    probes = [door.start(door.ticket()) for _ in range(2)]
    door.admission.failed(lost, failure(FailureKind.CUT_OFF, may_have_worked=True))
    await some_turns()
    assert door.went == [lost.name]
    door.admission.gone(lost.name)
    await some_turns()
    assert len(door.went) == 2
    for each in probes:
        each.cancel()
    await asyncio.wait(probes)


async def test_a_sandbox_that_got_another_name_holds_its_room_under_that() -> None:
    door = Door()
    (held,) = await door.fill(1)
    door.admission.renamed(held.name, "its id")
    waiting = door.start(door.ticket())
    await some_turns()
    door.admission.gone("its id")
    await some_turns()
    assert waiting.done()


@pytest.mark.parametrize("ends", ["failed", "given_up"])
async def test_a_try_for_more_that_told_nothing_is_followed_by_the_next(ends: str) -> None:
    door, loop = Door(), asyncio.get_running_loop()
    await door.fill(1)
    probe, following = door.ticket("probe"), door.ticket("next")
    await door.enter(probe)
    waiting = door.start(following)
    await asyncio.sleep(100)
    assert door.went == ["probe"]
    began_s = loop.time()
    if ends == "failed":
        door.admission.failed(probe, failure(FailureKind.REJECTED))
    else:
        door.admission.given_up(probe)
        door.admission.gone(probe.name)
    await waiting
    assert loop.time() == began_s


async def test_without_room_patience_ends_with_the_service_s_own_words() -> None:
    door, loop = Door(), asyncio.get_running_loop()
    await door.fill(1)
    began_s, ticket = loop.time(), door.ticket()
    with pytest.raises(SandboxUnavailable, match=r"it was full \(waited 600 s\)"):
        await door.ask_in_vain(ticket)
    assert loop.time() - began_s == pytest.approx(CAPACITY_PATIENCE_S)
    assert len(door.went) < 100


async def test_who_never_has_its_turn_is_told_what_to_lower() -> None:
    door = Door()
    first = door.ticket()
    await door.enter(first)
    door.admission.failed(first, failure(FailureKind.THROTTLED, after_s=1.0))
    under_way = [door.ticket() for _ in range(30)]
    for each in under_way:
        await door.enter(each)
    late = door.start(door.ticket())
    await asyncio.sleep(CAPACITY_PATIENCE_S + 1)
    door.admission.gone("somebody's")  # so that it looks
    with pytest.raises(SandboxUnavailable, match=r"fewer sandboxes .* lower DAYTONA_CONCURRENCY"):
        await late


async def test_what_an_answer_says_is_left_is_all_that_is_asked_for() -> None:
    door, loop = Door(), asyncio.get_running_loop()
    ticket = door.ticket()
    await door.enter(ticket)
    door.admission.created(ticket, CreationsLeft(1, 20.0))
    began_s = loop.time()
    last = door.ticket()
    await door.enter(last)
    door.admission.created(last, CreationsLeft(0, 20.0))
    assert loop.time() == began_s
    await door.enter(door.ticket())
    assert loop.time() == began_s + 20


async def test_how_long_rates_hold_back_everybody() -> None:
    full, door = Door(), Door()
    await full.fill(1)
    assert full.admission.held_back_s() == -math.inf, "a full pool is no rate"
    ticket = door.ticket()
    await door.enter(ticket)
    door.admission.created(ticket, CreationsLeft(0, 20.0))
    assert door.admission.held_back_s() == 20
    door.admission.throttled(failure(FailureKind.THROTTLED, after_s=30.0))
    assert door.admission.held_back_s() == 30
    await asyncio.sleep(50)
    assert door.admission.held_back_s() == -20


async def test_closing_refuses_all_who_wait_and_all_who_come() -> None:
    door = Door()
    await door.fill(1)
    waiting = [door.start(door.ticket()) for _ in range(5)]
    await some_turns()
    door.admission.close()
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert {str(end) for end in ends} == {"The Daytona provider is closed."}
    with pytest.raises(SandboxUnavailable, match="is closed"):
        await door.enter(door.ticket())
