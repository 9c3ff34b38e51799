"""Fill the disk: 1 GiB of files in every folder that it may write to.

Happens: there is room for `disk_mib`, and it is ended for its disk or its memory.
Ends: disk_limit memory_limit
"""

from pathlib import Path

PIECE = b"x" * (1 << 20)
for folder in ("/work", "/tmp", "/dev/shm"):
    with Path(folder, "full").open("wb") as full:
        full.writelines(PIECE for _ in range(1024))
