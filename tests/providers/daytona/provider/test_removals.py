"""A removal goes on by itself until the sandbox is gone, or all was tried."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate._providers.daytona import removals as module
from daytona_validate._providers.daytona.removal_steps import (
    DOUBT_DELAYS_S,
    NONSENSE_DELAYS_S,
    RETRY_DELAYS_S,
)
from daytona_validate._providers.daytona.removals import LAST_LOOK_S, Removals
from daytona_validate._providers.daytona.sandboxes import CLOSE_S
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._session import CLOSE_GRACE_S

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime


def said(status: int, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message}, headers=headers)


BUSY = said(409, "Sandbox state change in progress")


@pytest.fixture
def named(cloud: Cloud) -> str:
    """A sandbox that is there."""
    cloud.alive["one"] = {"id": "id-one", "name": "one"}
    cloud.created = 1
    return "one"


PASSING: dict[str, list[Any]] = {
    "at once": [],
    "busy": [BUSY] * 6,
    "not in a valid state": [said(500, "Sandbox is not in a valid state to be destroyed")] * 3,
    "the same as 400": [said(400, "Sandbox is not in a valid state to be destroyed")],
    "failing": [said(500), httpx.Response(502), said(503), httpx.Response(504)],
    "cut off": [httpx.ReadError("reset"), httpx.RemoteProtocolError("closed")],
    "unreachable": [httpx.ConnectError("refused")] * 7,
    "a web page": [httpx.Response(200, html="<html>")],
}


@pytest.mark.parametrize("replies", PASSING.values(), ids=PASSING)
async def test_what_passes_is_tried_again_until_it_works(
    cloud: Cloud, removals: Removals, named: str, time: FakeTime, replies: list[Any]
) -> None:
    cloud.answers("DELETE /sandbox", *replies)
    removals.remove_soon(named)
    await removals.aclose(10)
    assert (cloud.deleted, removals.removed, removals.left) == (1, 1, 0)
    assert time.slept_s == pytest.approx(RETRY_DELAYS_S[: len(replies)])


async def test_a_removal_whose_answer_was_lost_is_found_to_have_worked(
    cloud: Cloud, removals: Removals, named: str
) -> None:
    cloud.answers_after("DELETE /sandbox", httpx.ReadError("reset"))
    removals.remove_soon(named)
    await removals.aclose(10)
    assert (cloud.deleted, removals.removed, removals.left) == (1, 1, 0)
    assert cloud.count("DELETE /sandbox") == 2


@pytest.mark.parametrize("seen", [{"desiredState": "destroyed"}, {"state": "destroyed"}, None])
async def test_one_that_is_busy_being_destroyed_is_left_to_it(
    cloud: Cloud, removals: Removals, named: str, seen: dict[str, str] | None
) -> None:
    cloud.answers("DELETE /sandbox", BUSY)
    going = said(404) if seen is None else httpx.Response(200, json={"id": "id-one", **seen})
    cloud.answers("GET /sandbox", going)
    removals.remove_soon(named)
    await removals.aclose(10)
    assert cloud.asked == ["DELETE /sandbox", "GET /sandbox"]
    assert (removals.removed, removals.left) == (1, 0)


HOPELESS = {"busy": BUSY, "failing": said(500), "unreachable": httpx.ConnectError("refused")}


@pytest.mark.parametrize("reply", HOPELESS.values(), ids=HOPELESS)
async def test_what_cannot_be_removed_is_counted_and_named(
    cloud: Cloud, removals: Removals, named: str, caplog: Any, reply: Any
) -> None:
    cloud.answers("DELETE /sandbox", *[reply] * 99)
    removals.remove_soon(named)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await removals.aclose(10)
    assert (removals.removed, removals.left) == (0, 1)
    assert cloud.count("DELETE /sandbox") == 1 + len(RETRY_DELAYS_S)
    why, which = [record.getMessage() for record in caplog.records]
    assert "could not be removed" in why
    assert "one" in which
    assert "`daytona-validate sweep`" in which


async def test_a_key_that_may_not_delete_is_not_tried_again(
    cloud: Cloud, removals: Removals, named: str
) -> None:
    cloud.answers("DELETE /sandbox", said(403, "Forbidden"))
    removals.remove_soon(named)
    await removals.aclose(10)
    assert (cloud.count("DELETE /sandbox"), removals.left) == (1, 1)


async def test_reasons_are_logged_once_and_names_are_not_without_end(
    cloud: Cloud, removals: Removals, caplog: Any
) -> None:
    cloud.answers("DELETE /sandbox", *[said(403, "Forbidden")] * 50)
    for number in range(50):
        removals.remove_soon(f"n{number}")
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await removals.aclose(10)
        await removals.aclose(10)
    assert removals.left == 50
    _, which = [record.getMessage() for record in caplog.records]
    assert which.count("n") < 50
    assert "in all 50" in which


async def test_a_doubtful_one_is_looked_for_for_a_while(
    cloud: Cloud, removals: Removals, time: FakeTime
) -> None:
    removals.remove_soon("never", is_doubtful=True)
    await removals.aclose(10)
    assert time.slept_s == pytest.approx(DOUBT_DELAYS_S)
    assert (removals.removed, removals.left) == (0, 0)


@pytest.mark.parametrize("reply", [said(500), httpx.ConnectError("refused")], ids=repr)
async def test_a_doubtful_one_of_a_service_that_is_down_is_not_tried_for_long(
    cloud: Cloud, removals: Removals, time: FakeTime, caplog: Any, reply: Any
) -> None:
    cloud.answers("DELETE /sandbox", *[reply] * 99)
    cloud.answers("GET /sandbox", *[reply] * 99)
    removals.remove_soon("perhaps", is_doubtful=True)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await removals.aclose(10)
    assert time.slept_s == pytest.approx((*DOUBT_DELAYS_S, LAST_LOOK_S))
    assert (removals.left, removals.doubtful) == (1, 1)
    (record,) = caplog.records
    assert record.getMessage().startswith("Not known to be gone, in all 1, if they ever were")
    assert "perhaps" in record.getMessage()


async def test_a_doubtful_one_that_is_not_there_alarms_nobody_though_the_last_answer_was_lost(
    cloud: Cloud, removals: Removals, caplog: Any
) -> None:
    cloud.answers("DELETE /sandbox", *[said(404)] * 5, said(500))
    removals.remove_soon("never", is_doubtful=True)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await removals.aclose(10)
    assert (removals.removed, removals.left, caplog.records) == (0, 0, [])


async def test_a_doubtful_one_that_is_there_when_it_is_looked_for_last_is_removed(
    cloud: Cloud, removals: Removals
) -> None:
    cloud.answers("DELETE /sandbox", *[said(500)] * 6)
    cloud.answers("GET /sandbox", httpx.Response(200, json={"id": "1", "state": "started"}))
    removals.remove_soon("late", is_doubtful=True)
    await removals.aclose(10)
    assert (removals.removed, removals.left) == (1, 0)


async def test_a_doubtful_one_that_is_busy_is_there(cloud: Cloud, removals: Removals) -> None:
    cloud.answers("DELETE /sandbox", BUSY)
    cloud.answers("GET /sandbox", httpx.Response(200, json={"id": "1", "state": "creating"}))
    removals.remove_soon("one", is_doubtful=True)
    await removals.aclose(10)
    assert cloud.count("DELETE /sandbox") == 2, "gone at the second"
    assert removals.removed == 1


async def test_who_answers_with_web_pages_only_has_no_sandbox_of_ours(
    cloud: Cloud, removals: Removals, time: FakeTime
) -> None:
    cloud.answers("DELETE /sandbox", *[httpx.Response(200, html="<html>")] * 99)
    removals.remove_soon("one", is_doubtful=True)
    await removals.aclose(10)
    assert time.slept_s == pytest.approx(NONSENSE_DELAYS_S)
    assert (removals.removed, removals.left) == (0, 0)


async def test_asked_for_while_it_is_at_work_it_is_gone_through_once_more(
    cloud: Cloud, removals: Removals, time: FakeTime
) -> None:
    """The one at work may have found nothing because there was nothing yet."""
    time.hold()
    removals.remove_soon("one", is_doubtful=True)
    await time.until_asleep(1)
    removals.remove_soon("one")
    removals.remove_soon("one")
    assert removals.pending == 1
    cloud.answers("DELETE /sandbox", *[said(404)] * len(DOUBT_DELAYS_S))
    cloud.alive["one"] = {"id": "id-one", "name": "one"}
    time.release()
    await removals.aclose(10)
    assert cloud.deleted == 1


async def test_they_are_bounded_in_number(cloud: Cloud, removals: Removals) -> None:
    count = 2 * module.AT_ONCE
    gates = [cloud.holds("DELETE /sandbox") for _ in range(count)]
    for number in range(count):
        removals.remove_soon(f"n{number}")
    await cloud.until(lambda c: c.count("DELETE /sandbox") == module.AT_ONCE)
    for _ in range(20):
        await asyncio.sleep(0)
    assert cloud.count("DELETE /sandbox") == module.AT_ONCE
    for gate in gates:
        gate.set()
    await removals.aclose(10)
    assert cloud.count("DELETE /sandbox") == count


async def test_each_that_is_gone_is_told_and_that_each_has_ended(
    cloud: Cloud, service: Service, time: FakeTime
) -> None:
    told: list[str] = []
    ended: list[str] = []
    removals = Removals(
        service, on_removed=told.append, on_end=ended.append, clock=time, sleep=time.sleep
    )
    cloud.alive["one"] = {"id": "id-one", "name": "one"}
    removals.remove_soon("one")
    removals.remove_soon("never", is_doubtful=True)
    await removals.aclose(10)
    assert told == ["one"]
    assert ended == ["one", "never"]


async def test_closing_has_a_deadline_and_names_what_was_given_up(
    cloud: Cloud, removals: Removals, named: str, caplog: Any
) -> None:
    cloud.holds("DELETE /sandbox")
    removals.remove_soon(named)
    await cloud.until(lambda c: c.count("DELETE /sandbox") == 1)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await removals.aclose(0.01)
    assert (removals.pending, removals.left) == (0, 1)
    (record,) = caplog.records
    assert "one" in record.getMessage()


def test_the_deadline_of_closing_is_within_the_validators_own() -> None:
    assert CLOSE_S + module.UNWIND_S < CLOSE_GRACE_S


async def test_a_bug_of_ours_is_logged_and_counted(
    cloud: Cloud, removals: Removals, named: str, caplog: Any
) -> None:
    class Broken:
        async def delete(self, name: str) -> None:
            raise KeyError(name)

    removals._service = Broken()  # type: ignore[assignment]
    removals.remove_soon(named)
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await removals.aclose(10)
    assert removals.left == 1
    assert any(record.exc_info for record in caplog.records)


async def test_what_the_end_of_a_loop_cut_short_is_made_up_for_when_closing(
    cloud: Cloud, removals: Removals, named: str
) -> None:
    """A second Ctrl-C cancels all tasks, and the closing that holds on comes after it."""
    cloud.holds("DELETE /sandbox")
    removals.remove_soon(named)
    await cloud.until(lambda c: c.count("DELETE /sandbox") == 1)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await removals.aclose(10)
    assert (cloud.deleted, removals.removed, removals.left) == (1, 1, 0)


async def test_once_waited_for_only_the_deadline_ends_them(
    cloud: Cloud, removals: Removals, named: str
) -> None:
    gate = cloud.holds("DELETE /sandbox")
    removals.remove_soon(named)
    closing = asyncio.create_task(removals.aclose(10))
    await cloud.until(lambda c: c.count("DELETE /sandbox") == 1)
    assert asyncio.all_tasks() == {closing, asyncio.current_task()}
    gate.set()
    await closing
    assert removals.removed == 1
