"""The emulator of a soak: serves until it is interrupted, and has all its threads from the start.

The command has as many as were needed at one time, which a round may be the first to need.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from daytona_validate.emulator import emulator
from soak_worker import start_threads


async def main() -> None:
    """Say what a client needs, as the command does, and serve."""
    await start_threads()
    async with emulator(port=0, cache_dir=Path(os.environ["DAYTONA_CACHE_DIR"])) as running:
        key, url = running.api_key, running.base_url
        print(f"export DAYTONA_API_KEY={key} DAYTONA_BASE_URL={url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
