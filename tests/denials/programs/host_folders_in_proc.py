"""Read in `/proc` what devices, disks, interrupts and kernel symbols the host has.

Happens: the folders and files are empty, or cannot be read.
Answer: []
"""

from pathlib import Path

FOLDERS = ("acpi", "bus", "fs", "irq", "scsi")
FILES = ("kallsyms", "iomem", "ioports", "timer_list", "slabinfo", "vmallocinfo")


def is_told(path: Path) -> bool:
    try:
        return bool([*path.iterdir()] if path.is_dir() else path.read_bytes())
    except OSError:
        return False


print([name for name in (*FOLDERS, *FILES) if is_told(Path("/proc", name))])
