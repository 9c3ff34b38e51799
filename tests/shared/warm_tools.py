"""A warm tool that is there already, for tests: started, proven, and asked like any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.warm.kind import Kind, Made
from daytona_validate._toolchains.warm.line import WarmLine
from daytona_validate._toolchains.warm.messages import Answer
from daytona_validate._toolchains.warm.tools import KINDS

LIMITS = Limits()
SMALL = b"never asked"


class ReadyLine:
    """Line of warm tools of a language, with one that is proven."""

    def __init__(self, kind: Kind, line: WarmLine) -> None:
        self.kind, self.line = kind, line

    async def made(self, files: dict[str, bytes]) -> Made | None:
        """Return what is made of a work folder, or None if it goes the cold way."""
        message = self.kind.request(files, LIMITS)
        found: Answer | None = None if message is None else await self.line.ask(message)
        return self.kind.made(found, LIMITS) if found is not None and found.is_clean else None


@asynccontextmanager
async def ready_line(
    language: str, toolchain: Toolchain, runner: JailRunner, **changes: object
) -> AsyncIterator[ReadyLine]:
    """Hold such a line; its wait is long, as a test has no other work to do meanwhile."""
    kind = replace(KINDS[language], pays_after=0, wait_s=60.0, answer_s=60.0)
    kind = replace(kind, **changes)  # type: ignore[arg-type]  # the fields of Kind
    jail = Jail(
        argv=kind.argv,
        limits=kind.limits,
        reserved_mib=kind.reserved_mib,
        binds=toolchain.binds,
        links=toolchain.links,
        environment=toolchain.environment,
    )
    line = WarmLine(runner.run, kind, jail, most=1)
    try:
        await proven(line)
        yield ReadyLine(kind, line)
    finally:
        await line.aclose()


async def proven(line: WarmLine) -> None:
    """Have a line start a tool, and wait until that is proven or lost."""
    if not line._tools:
        await line.ask(SMALL)
    lives = {each.life for each in line._tools}
    while waited := [each for each in line._tasks if each not in lives]:
        await asyncio.wait(waited)


def entry_file(language: str) -> str:
    """Return the name of a language's entry file."""
    return LANGUAGES[language].entry_file
