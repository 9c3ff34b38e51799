"""Warm tools belong to one event loop, and take requests of a size; all else goes the cold way."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Limits, SandboxSpec, Snippet
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.warm.messages import MOST_BYTES, answered
from daytona_validate._toolchains.warm.tools import Compiled, WarmTools
from scripted_tool import FAULTY, KIND, PROOFS, ScriptedTools
from warm_tools import proven

SAID = PROOFS[0]
SNIPPET = Snippet(code="export {};", language="typescript")
SPEC = SandboxSpec(language="typescript", limits=Limits())
TOOLCHAIN = Toolchain("typescript", "7", binds=(), links=())


def warm_tools(scripted: ScriptedTools) -> WarmTools:
    return WarmTools(scripted.run, most=1, kinds={"typescript": KIND})


async def compiled(tools: WarmTools, snippet: Snippet = SNIPPET) -> Compiled | None:
    return await tools.compiled(LANGUAGES["typescript"], snippet, SPEC, TOOLCHAIN)


async def with_one_proven(tools: WarmTools) -> None:
    for _ in range(KIND.pays_after):
        assert await compiled(tools) is None
    (line,) = tools._lines.values()
    await proven(line)


def test_another_loop_is_not_served_and_can_close() -> None:
    scripted = ScriptedTools([[*PROOFS, SAID, SAID]])
    tools = warm_tools(scripted)
    with asyncio.Runner() as first:
        first.run(with_one_proven(tools))
        assert first.run(compiled(tools)) is not None
        with asyncio.Runner() as other:
            assert other.run(compiled(tools)) is None
            other.run(asyncio.wait_for(tools.aclose(), 10))
        assert first.run(compiled(tools)) is not None
        first.run(tools.aclose())
    assert (scripted.started, scripted.ended) == (1, 1)


async def test_what_a_tool_finds_wrong_is_left_to_the_cold_way() -> None:
    scripted = ScriptedTools([[*PROOFS, answered(FAULTY), SAID]])
    tools = warm_tools(scripted)
    await with_one_proven(tools)
    assert await compiled(tools) is None
    assert await compiled(tools) is not None
    await tools.aclose()
    assert scripted.started == 1


async def test_what_is_longer_than_a_message_is_not_asked() -> None:
    """A tool that was sent it would take it for an attack, and end."""
    scripted = ScriptedTools([[*PROOFS, SAID, SAID]])
    tools = warm_tools(scripted)
    await with_one_proven(tools)
    assert await compiled(tools, replace(SNIPPET, code="/" * MOST_BYTES)) is None
    assert await compiled(tools) is not None
    await tools.aclose()
    assert scripted.started == 1
