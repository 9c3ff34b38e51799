"""CPU time of this host's processors and processes; reads `/proc`, and decides nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

_STAT = Path("/proc/stat")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_IDLE = (3, 4)  # idle, and waiting for a disk
_COUNTED = 8  # behind it stand guests, which are counted among the users


def busy_s(stat: Path = _STAT) -> Mapping[int, float]:
    """Return for how long each processor has worked since the host's start; empty: unknown.

    What a hypervisor took from them counts: it is as little ours as what other processes ran.
    """
    with suppress(OSError, ValueError):
        return dict(_busy(stat))
    return {}


def _busy(stat: Path) -> Iterator[tuple[int, float]]:
    for line in stat.read_text().splitlines():
        name, *figures = line.split()
        number = name.removeprefix("cpu")
        if number != name and number.isdecimal():
            ticks = list(map(int, figures[:_COUNTED]))
            yield int(number), (sum(ticks) - sum(ticks[each] for each in _IDLE)) / _TICKS_PER_S


def processes_ran_s(but: Collection[int] = ()) -> Mapping[tuple[str, str], float]:
    """Return what each process has run by itself, by pid and start; 3 ms for two hundred.

    Args:
        but: Pids that are left out.
    """
    found: dict[tuple[str, str], float] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) not in but:
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                found[folder.name, fields[19]] = (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
    return found


def ran_meanwhile_s(
    before: Mapping[tuple[str, str], float], after: Mapping[tuple[str, str], float]
) -> float:
    """Return what those ran together that were there before and are there still."""
    return sum(after[each] - ran_s for each, ran_s in before.items() if each in after)
