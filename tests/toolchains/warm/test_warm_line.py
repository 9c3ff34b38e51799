"""The line before warm tools: whatever one does, its request gets a clean answer or none."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from daytona_validate._toolchains.warm.kind import Kind
from daytona_validate._toolchains.warm.line import WarmLine
from daytona_validate._toolchains.warm.messages import Answer, answered, framed
from held_here import descriptors
from scripted_tool import (
    ASKED,
    CLEAN,
    DIES,
    FAULTY,
    JAIL,
    KIND,
    PROOFS,
    SILENCE,
    ScriptedTools,
)
from warm_tools import proven

Script = Iterable[bytes | None]
SAID = answered(CLEAN)


@asynccontextmanager
async def a_line(
    *scripts: Script, kind: Kind = KIND, most: int = 1
) -> AsyncIterator[tuple[WarmLine, ScriptedTools]]:
    tools = ScriptedTools(scripts)
    line = WarmLine(tools.run, kind, JAIL, most=most)
    try:
        yield line, tools
    finally:
        await line.aclose()
        assert tools.started == tools.ended


@asynccontextmanager
async def proven_line(
    *scripts: Script, kind: Kind = KIND, most: int = 1
) -> AsyncIterator[tuple[WarmLine, ScriptedTools]]:
    async with a_line(*scripts, kind=kind, most=most) as (line, tools):
        for _ in range(kind.pays_after):
            assert await line.ask(ASKED) is None
        await proven(line)
        yield line, tools


async def test_so_many_go_cold_and_then_a_tool_that_is_proven_answers() -> None:
    async with a_line([*PROOFS, SAID, answered(FAULTY)]) as (line, tools):
        assert await line.ask(ASKED) is None
        assert not line._tasks
        assert (await line.ask(ASKED), tools.started) == (None, 0)
        await proven(line)
        assert tools.started == 1
        assert await line.ask(ASKED) == CLEAN
        assert await line.ask(ASKED) == FAULTY
        proofs = [message for message, _ in KIND.proof_messages()]
        assert tools.asked == [*proofs, ASKED, ASKED]
        assert line.said == {True: 1, False: 1}


async def asked_of(line: WarmLine, tools: ScriptedTools) -> asyncio.Task[Answer | None]:
    """Return the task of a request that its tool has received, and will answer when it may."""
    asking = asyncio.create_task(line.ask(ASKED))
    while len(tools.asked) < 3:
        await asyncio.sleep(0)
    return asking


@pytest.mark.parametrize(
    "proofs",
    [(SAID, SAID), (answered(FAULTY), answered(FAULTY)), (SAID, DIES), (DIES,), (framed(b"?"),)],
    ids=["all is right", "all is wrong", "dies", "dies at once", "no answer"],
)
async def test_a_tool_that_cannot_tell_right_from_wrong_answers_nobody(proofs: Script) -> None:
    async with proven_line([*proofs, SAID, SAID]) as (line, tools):
        assert await line.ask(ASKED) is None
        assert tools.asked[2:] == []


@pytest.mark.parametrize(
    "said",
    [
        DIES,
        SILENCE,
        SAID[:-1],
        SAID + b"x",
        SAID + SAID,
        framed(b""),
        framed(SAID[4:] + b"\0"),
        framed(b"\0\0\0\2" + SAID[8:]),
        b"\xff\xff\xff\xff",
        b"Exception in thread main\n",
    ],
)
async def test_an_odd_answer_is_none_and_ends_the_tool(said: bytes | None) -> None:
    brief = replace(KIND, answer_s=0.05) if said in (SILENCE, SAID[:-1]) else KIND
    async with proven_line([*PROOFS, said, SAID], kind=brief) as (line, tools):
        (tool,) = line._tools
        assert await line.ask(ASKED) is None
        await asyncio.wait([tool.life])
        assert (tools.ended, line._tools) == (1, set())
        assert await line.ask(ASKED) is None


async def test_what_a_tool_says_unasked_is_never_the_answer_to_the_next() -> None:
    """It was the answer to nobody, or comes too late: the request has to be another tool's."""
    async with proven_line([*PROOFS, answered(FAULTY) + SAID, SAID]) as (line, tools):
        assert await line.ask(ASKED) is None
        assert await line.ask(ASKED) is None
        assert len(tools.asked) == 3


async def test_a_tool_that_ended_while_nobody_asked_is_not_asked() -> None:
    async with proven_line([*PROOFS, SAID]) as (line, tools):
        (tool,) = line._tools
        tool.end()
        await asyncio.wait([tool.life])
        assert await line.ask(ASKED) is None
        assert len(tools.asked) == 2


async def test_after_each_loss_more_go_cold_before_the_next_start() -> None:
    async with a_line([DIES], [DIES], [DIES]) as (line, tools):
        cold_before: list[int] = []
        while tools.started < 3:
            started = tools.started
            for count in range(1, 100):  # noqa: B007 - the last is used
                assert await line.ask(ASKED) is None
                if line._tasks:
                    break
            await proven(line)
            assert tools.started == started + 1
            cold_before.append(count)
        assert cold_before == [2, 4, 8]


async def test_a_good_answer_forgives_losses() -> None:
    async with proven_line([*PROOFS, DIES], [*PROOFS, SAID, DIES], [*PROOFS, SAID]) as (line, _):
        assert await line.ask(ASKED) is None
        for _ in range(4):
            assert await line.ask(ASKED) is None
        await proven(line)
        assert await line.ask(ASKED) == CLEAN
        assert line._losses == 0


@pytest.mark.parametrize(
    "kind", [replace(KIND, most_requests=3), replace(KIND, most_mib=0)], ids=["requests", "memory"]
)
async def test_a_worn_tool_answers_and_is_replaced_at_once(kind: Kind) -> None:
    another = Answer(is_clean=True, memory_mib=1, files={"by": b"another"})
    scripts = ([*PROOFS, SAID, SAID], [*PROOFS, answered(another)])
    async with proven_line(*scripts, kind=kind) as (line, tools):
        assert await line.ask(ASKED) == CLEAN
        await proven(line)
        assert await line.ask(ASKED) == another
        assert tools.started >= 2


async def test_one_request_at_a_time_and_the_others_wait_a_little() -> None:
    async with proven_line([*PROOFS, SAID, SAID], kind=replace(KIND, wait_s=60.0)) as (line, tools):
        tools.gates[3] = asyncio.Event()
        first = await asked_of(line, tools)
        second = asyncio.create_task(line.ask(ASKED))
        await asyncio.sleep(0)
        assert not second.done()
        tools.gates[3].set()
        assert list(await asyncio.gather(first, second)) == [CLEAN, CLEAN]
        assert tools.started == 1


async def test_who_waited_long_enough_goes_cold() -> None:
    async with proven_line([*PROOFS, SAID]) as (line, tools):
        tools.gates[3] = asyncio.Event()
        first = await asked_of(line, tools)
        assert await line.ask(ASKED) is None
        tools.gates[3].set()
        assert await first == CLEAN


async def test_those_who_wait_have_more_tools_started_up_to_the_most() -> None:
    kind = replace(KIND, wait_s=0.01)
    async with proven_line([*PROOFS, SAID], [*PROOFS, SAID], kind=kind, most=2) as (line, tools):
        tools.gates[3] = asyncio.Event()
        first = await asked_of(line, tools)
        for _ in range(20):
            await line.ask(ASKED)
        assert tools.started == 2
        tools.gates[3].set()
        assert await first == CLEAN


async def test_a_cancelled_request_ends_its_tool_and_nobody_gets_its_answer() -> None:
    async with proven_line([*PROOFS, SAID, SAID]) as (
        line,
        tools,
    ):
        tools.gates[3] = asyncio.Event()
        asking = await asked_of(line, tools)
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()
        assert await line.ask(ASKED) is None
        assert (line._tools, line._losses) == (set(), 0)


async def test_a_request_larger_than_a_pipe_gets_there() -> None:
    message = framed(bytes(4 * 1024 * 1024))
    async with proven_line([*PROOFS, SAID]) as (line, tools):
        assert await line.ask(message) == CLEAN
        assert tools.asked[-1] == message


async def test_a_closed_line_starts_nothing_more() -> None:
    async with proven_line([*PROOFS, SAID]) as (line, tools):
        await line.aclose()
        await line.aclose()
        for _ in range(9):
            assert await line.ask(ASKED) is None
        assert (tools.started, tools.ended) == (1, 1)


async def test_a_tool_ended_before_it_began_leaves_no_descriptors() -> None:
    before = descriptors()
    async with a_line(kind=replace(KIND, pays_after=0)) as (line, _):
        assert await line.ask(ASKED) is None
        assert line._tools
        await line.aclose()
        assert descriptors() == before


async def test_who_has_no_descriptors_left_for_a_tool_goes_cold() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with a_line([*PROOFS, SAID], kind=replace(KIND, pays_after=0)) as (line, _):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            assert await line.ask(ASKED) is None
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert not line._tools
        await proven(line)
        assert await line.ask(ASKED) == CLEAN


async def test_a_tool_that_dies_before_it_has_read_all_of_a_request_fails_it() -> None:
    """Nothing but its end is a sign then: the pipe is full, and does not break."""
    async with proven_line([*PROOFS], kind=replace(KIND, answer_s=3600.0)) as (line, _):
        (tool,) = line._tools
        asking = asyncio.create_task(line.ask(framed(bytes(4 * 1024 * 1024))))
        await asyncio.sleep(0)
        tool.end()
        assert await asking is None
