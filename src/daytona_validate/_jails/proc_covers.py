"""What `/proc` tells of the host and no program needs; jails have it empty.

Each cover costs a jail 0.1 ms, so there is none for what is not there, or cannot be read anyway.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_FILES = (
    *("cmdline", "config.gz", "partitions", "diskstats", "interrupts", "modules", "keys"),
    *("key-users", "kallsyms", "iomem", "ioports", "timer_list", "slabinfo", "vmallocinfo"),
)
_FOLDERS = ("acpi", "bus", "fs", "irq", "scsi")


def telling_files(proc: Path) -> Iterator[str]:
    """Yield the paths in a jail of the files that are there and that everybody may read.

    Args:
        proc: The folder in which to look for them.
    """
    for name in _FILES:
        with suppress(OSError):
            mode = (proc / name).stat().st_mode
            if stat.S_ISREG(mode) and mode & stat.S_IROTH:
                yield f"/proc/{name}"


def telling_folders(proc: Path) -> Iterator[str]:
    """Yield the paths in a jail of the folders that are there and not empty.

    Args:
        proc: The folder in which to look for them.
    """
    for name in _FOLDERS:
        with suppress(OSError):
            if any((proc / name).iterdir()):
                yield f"/proc/{name}"
