"""The line of those who want a warm tool of one kind: tools are started, proven, asked, replaced.

A tool is never waited for longer than the cold tool would take, and one that fails in any way is
gone before anybody is told: its request goes the cold way, and so do the next ones, more of them
with each loss in a row. So an author who brings tools down costs time, their own most of all.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from daytona_validate._jails.jail import Jail
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended
from daytona_validate._toolchains.warm.kind import Kind, is_worn, wants_another
from daytona_validate._toolchains.warm.messages import Answer
from daytona_validate._toolchains.warm.tool import RunJail, ToolFailed, WarmTool

CLOSING_S = 60.0
START_S = 60.0
"""Seconds for the first answers of a tool, which starts meanwhile."""
_logger = logging.getLogger("daytona_validate")


class WarmLine:
    """Line of those who want a warm tool of one kind.

    Args:
        run: Runs a jail.
        kind: Of the tools.
        jail: Of each of them.
        most: Tools at one time.
    """

    def __init__(self, run: RunJail, kind: Kind, jail: Jail, *, most: int) -> None:
        self._run, self._kind, self._jail, self._most = run, kind, jail, most
        self._idle: asyncio.Queue[WarmTool] = asyncio.Queue()
        self._tools: set[WarmTool] = set()
        """Those that can be asked, and those that are starting."""
        self._tasks: set[asyncio.Task[None]] = set()
        """What has to end before this is closed."""
        self._cold = 0
        self._losses = 0
        """Tools that failed since one answered."""
        self._is_closed = False
        self.said: Counter[bool] = Counter()
        """Answers, by whether they were clean."""

    async def ask(self, message: bytes) -> Answer | None:
        """Return a tool's answer, or None if there is no tool to be had, or it failed."""
        tool = await self._free()
        if tool is None:
            return None
        try:
            found = await tool.ask(message, longest_s=self._kind.answer_s)
        except ToolFailed as error:
            self._lost(tool, error)
            return None
        except BaseException:  # cancelled, which tells nothing of the tool
            self._part_with(tool)
            raise
        self._losses = 0
        self.said[found.is_clean] += 1
        if is_worn(self._kind, found, requests=tool.requests):
            self._part_with(tool)
            self._start()
        else:
            self._idle.put_nowait(tool)
        return found

    async def aclose(self) -> None:
        """End all tools, and wait until they are gone."""
        self._is_closed = True
        for each in tuple(self._tools):
            self._part_with(each)
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await finish(ended(*self._tasks), grace_s=CLOSING_S)

    async def _free(self) -> WarmTool | None:
        """Return a tool that nobody uses, and wait a little where there are some."""
        tool = self._next_idle()
        if tool is not None:
            return tool
        self._cold += 1
        needed = self._kind.pays_after << min(self._losses, 10)
        if wants_another(self._cold, needed=needed, tools=len(self._tools), most=self._most):
            self._start()
        if not any(each.requests for each in self._tools):  # none that is proven
            return None
        try:
            async with asyncio.timeout(self._kind.wait_s):
                while not (tool := await self._idle.get()).is_alive:
                    self._part_with(tool)
        except TimeoutError:
            return None
        return tool

    def _next_idle(self) -> WarmTool | None:
        while not self._idle.empty():
            tool = self._idle.get_nowait()
            if tool.is_alive:
                return tool
            self._lost(tool, ToolFailed("it ended while nobody asked it"))
        return None

    def _start(self) -> None:
        if self._is_closed:
            return
        self._cold = 0
        try:
            tool = WarmTool(self._run, self._jail)
        except OSError as error:  # no descriptors are left
            _logger.info("No warm compiler was started: %s", error)
            return
        self._tools.add(tool)
        self._hold(tool.life)
        self._hold(asyncio.create_task(self._prove(tool)))

    def _hold(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _prove(self, tool: WarmTool) -> None:
        """Let others have a tool, once it has told right programs from wrong ones."""
        try:
            for message, is_right in self._kind.proof_messages():
                found = await tool.ask(message, longest_s=START_S)
                if found.is_clean is not is_right:
                    self._lost(tool, ToolFailed("it does not tell right programs from wrong ones"))
                    return
        except ToolFailed as error:
            self._lost(tool, error)
        except BaseException:
            self._part_with(tool)
            raise
        else:
            self._idle.put_nowait(tool)

    def _lost(self, tool: WarmTool, error: BaseException) -> None:
        if tool in self._tools:
            self._losses += 1
            self._cold = 0
            _logger.info("A warm compiler was given up: %s", error)
        self._part_with(tool)

    def _part_with(self, tool: WarmTool) -> None:
        self._tools.discard(tool)
        tool.end()
