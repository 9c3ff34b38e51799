"""How often a local provider starts what makes its jails."""

from __future__ import annotations

from pathlib import Path

from daytona_validate._jails.runner import JailRunner


class CountedStarts:
    """What starts a runner, and keeps the cache folder of each."""

    def __init__(self) -> None:
        self.of: list[Path | None] = []

    async def __call__(self, cache_dir: Path | None) -> JailRunner:
        self.of.append(cache_dir)
        return await JailRunner.start(cache_dir)
