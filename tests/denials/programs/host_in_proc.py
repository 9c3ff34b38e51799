"""Read of the host in `/proc`: its command line, configuration, disks, interrupts, modules, keys.

Happens: the files are empty, or cannot be read.
Answer: []
"""

from pathlib import Path

FILES = (
    *("cmdline", "config.gz", "partitions", "diskstats", "interrupts"),
    *("modules", "keys", "key-users", "timer_list", "slabinfo", "vmallocinfo", "kcore", "kmsg"),
)


def is_told(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return bool(opened.read(1))
    except OSError:
        return False


print([name for name in FILES if is_told(Path("/proc", name))])
