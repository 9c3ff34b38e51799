"""The warm tools of a provider, a line of them for each toolchain; what goes the cold way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from daytona_validate._core.languages.language import Language
from daytona_validate._core.source_text import work_files
from daytona_validate._jails.jail import Jail
from daytona_validate._models import SandboxSpec, Snippet, Stage, Step, Usage
from daytona_validate._runtime.clocks import extend_the_clocks
from daytona_validate._runtime.now import now_s
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.warm.java import JAVA_COMPILER
from daytona_validate._toolchains.warm.kind import Kind, Made, can_ask
from daytona_validate._toolchains.warm.line import WarmLine
from daytona_validate._toolchains.warm.messages import MOST_BYTES
from daytona_validate._toolchains.warm.tool import RunJail
from daytona_validate._toolchains.warm.typescript import TYPESCRIPT_COMPILER

KINDS: Mapping[str, Kind] = MappingProxyType(
    {"typescript": TYPESCRIPT_COMPILER, "java": JAVA_COMPILER}
)
"""By the name of the language."""
MOST_TOOLS = 8
"""Of one kind, however many processors there are: each holds up to 384 MiB."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Compile step that a warm tool did, or the main part of it."""

    made: Made
    step: Step
    """What it counts as in the execution; its processor time is not known."""


class WarmTools:
    """Pool of warm tools, of one event loop: the first that uses it. Others go the cold way.

    Args:
        run: Runs a jail.
        most: Tools of one kind.
        kinds: By the name of the language.
    """

    def __init__(self, run: RunJail, *, most: int, kinds: Mapping[str, Kind] = KINDS) -> None:
        self._run = run
        self._most = most
        self._kinds = kinds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lines: dict[tuple[str, str], WarmLine] = {}

    async def compiled(
        self,
        language: Language,
        snippet: Snippet,
        spec: SandboxSpec,
        toolchain: Toolchain,
        *,
        until: Stage = Stage.RUN,
    ) -> Compiled | None:
        """Return what a warm tool made of a snippet, or None if it goes the cold way."""
        kind = self._kinds.get(language.name)
        if kind is None or not can_ask(language, snippet, spec, until):
            return None
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        message = kind.request(work_files(snippet, language), spec.limits)
        if message is None or len(message) > MOST_BYTES or loop is not self._loop:
            return None
        began_s = now_s()
        found = await self._line(kind, language.name, toolchain).ask(message)
        passed_s = now_s() - began_s
        made = kind.made(found, spec.limits) if found is not None and found.is_clean else None
        if made is None:
            extend_the_clocks(passed_s)  # they have to hold what the cold way takes
            return None
        usage = Usage(wall_s=passed_s, is_estimated=True)
        return Compiled(made, Step(stage=Stage.COMPILE, exit_code=0, usage=usage))

    async def aclose(self) -> None:
        """End all tools; safe to call twice.

        Another loop than theirs cannot wait for them: there, whoever runs the jails ends them.
        """
        if asyncio.get_running_loop() is self._loop:
            for each in self._lines.values():
                await each.aclose()

    def _line(self, kind: Kind, name: str, toolchain: Toolchain) -> WarmLine:
        key = (name, toolchain.identity)
        if key not in self._lines:
            jail = Jail(
                argv=kind.argv,
                limits=kind.limits,
                reserved_mib=kind.reserved_mib,
                binds=toolchain.binds,
                links=toolchain.links,
                environment=toolchain.environment,
            )
            self._lines[key] = WarmLine(self._run, kind, jail, most=self._most)
        return self._lines[key]
