"""Change a file of the system or of its language's toolchain, which other runs share.

Happens: all of it is read-only; only its own folders can be written to.
Answer: []
"""

import os
from contextlib import suppress
from pathlib import Path

OWN = {Path("/work"), Path("/tmp"), Path("/dev/shm"), Path("/proc")}
writable = []
for name, folders, _ in os.walk("/"):
    folder = Path(name)
    folders[:] = [each for each in folders if folder / each not in OWN]
    with suppress(OSError):
        (folder / "made").mkdir()
        writable.append(name)
print(writable)
