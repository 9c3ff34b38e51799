"""A library is made for all who ask, and nobody's failure or end is another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from daytona_validate._runtime.waits import Waits
from daytona_validate._toolchains.library import Library
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import LibraryRecord
from daytona_validate._toolchains.toolchains import Toolchains

PARTS = "/opt/parts/parts"
"""A file for each; of one of them none can be made."""
MAKE = f"""
case " $* " in *' broken '*) echo nothing makes that >&2; exit 3 ;; esac
echo archive
mkdir -p /tmp/made/parts
cd /tmp/made
for each; do [ -e {PARTS}/$each ] || touch parts/$each; done
tar -cf - parts
"""
RECORD = LibraryRecord(
    title="A library",
    target="/opt/parts",
    argv=("sh", "-c", MAKE, "sh"),
    whole="all",
    least="least",
    known=lambda _: frozenset({"broken", "left", "middle", "right"}),
    made=lambda folder: frozenset(each.name for each in mirrored(folder, PARTS).iterdir()),
    shared=PARTS,
    proof=("sh", "-c", """echo '{"made": "yes"}'"""),
    expected=lambda _version, _parts: {"made": "yes"},
    limits=Limits(timeout_s=60.0),
)


async def _library(cache_dir: Path, runner: JailRunner, notify: Callable[[str], None]) -> Library:
    return Library(
        RECORD,
        await Toolchains(cache_dir, runner).prepare("shell"),
        cache_dir=cache_dir,
        runner=runner,
        notify=notify,
        waits=Waits(),
        failures_last_s=60.0,
    )


@pytest.mark.jail
@pytest.mark.slow
async def test_what_fails_for_one_is_made_for_all_others(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    told: list[str] = []
    library = await _library(empty_cache, jail_runner, told.append)
    with pytest.raises(ToolchainMissing, match="nothing makes that"):
        await library.holding(frozenset({"broken"}))
    await library.holding(frozenset({"left"}))

    # Also for those who ask together with it, while something else is made.
    asked = [library.holding(frozenset({each})) for each in ("middle", "right", "broken")]
    middle, right, broken = await asyncio.gather(*asked, return_exceptions=True)
    assert not isinstance(middle, BaseException)
    assert not isinstance(right, BaseException)
    assert isinstance(broken, ToolchainMissing)
    made = await asyncio.to_thread(RECORD.made, right.folder)
    assert made == {"least", "left", "middle", "right"}

    # It is known from the first time, and nothing is begun.
    told.clear()
    with pytest.raises(ToolchainMissing, match="nothing makes that"):
        await library.holding(frozenset({"broken"}))
    assert told == []


@pytest.mark.jail
@pytest.mark.slow
async def test_who_is_cancelled_ends_nothing_that_others_wait_for(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    begun = asyncio.Event()
    told: list[str] = []
    asking: list[asyncio.Task[object]] = []

    def notify(line: str) -> None:
        told.append(line)
        if not begun.is_set():
            asking.append(asyncio.create_task(library.holding(frozenset({"left"}))))
            begun.set()

    library = await _library(empty_cache, jail_runner, notify)
    first = asyncio.create_task(library.holding(frozenset({"left"})))
    await begun.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await asking[0]
    assert sum(line.startswith("Preparing") for line in told) == 1


@pytest.mark.jail
@pytest.mark.slow
async def test_what_two_processes_ask_for_at_once_is_made_once(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    """Each has a `Library` of its own; the one that comes later grows from the other's."""
    told: list[str] = []
    one, other = [await _library(empty_cache, jail_runner, told.append) for _ in range(2)]
    asked = [one.holding(frozenset({"left"})), other.holding(frozenset({"right"}))]
    made = [
        await asyncio.to_thread(RECORD.made, each.folder) for each in await asyncio.gather(*asked)
    ]
    assert max(made, key=len) == {"least", "left", "right"}
