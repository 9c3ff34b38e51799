"""Programs that fill shared memory and give up all pages of it that anybody could see."""

from __future__ import annotations

import functools
import mmap
from pathlib import Path

_END = """
print("ready", flush=True)
signal.pause()
"""
GIVEN_UP = {
    "given up by madvise": """
import mmap, signal
memory = mmap.mmap(-1, {mib} << 20)
for at in range(0, len(memory), 1 << 20):
    memory[at : at + (1 << 20)] = bytes(1 << 20)
    memory.madvise(mmap.MADV_DONTNEED)
"""
    + _END,
    "unmapped but for one page": """
import ctypes, mmap, signal
libc = ctypes.CDLL(None)
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
memory = mmap.mmap(-1, {mib} << 20)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
for at in range(mmap.PAGESIZE, len(memory), 1 << 20):
    size = min(1 << 20, len(memory) - at)
    memory[at : at + size] = bytes(size)
    libc.munmap(address + at, size)
"""
    + _END,
    "a closed file without a name, of which one page is mapped": """
import ctypes, mmap, os, signal
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
for _ in range(0, {mib}, 32):
    file = os.memfd_create("memory")
    for _ in range(32):
        os.write(file, bytes(1 << 20))
    assert libc.mmap(None, mmap.PAGESIZE, mmap.PROT_READ, mmap.MAP_SHARED, file, 0)
    os.close(file)
"""
    + _END,
}
"""By how; each has a field `mib`, keeps as much, and prints a line once it does."""


@functools.cache
def can_look_at_mappings() -> bool:
    """Whether this process may look at what is behind a mapping, as root of the host may."""
    with mmap.mmap(-1, mmap.PAGESIZE):
        lines = Path("/proc/self/maps").read_text().splitlines()
        (addresses, *_), *_ = (line.split() for line in lines if "/dev/zero" in line)
        try:
            Path(f"/proc/self/map_files/{addresses}").stat()
        except PermissionError:
            return False
    return True
