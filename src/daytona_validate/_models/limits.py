"""Resource limits of a snippet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Resource limits of one snippet. Each holds for the snippet's whole process tree."""

    timeout_s: float = 30.0
    """Seconds for the program alone in which it could run, and at most 4 x as many of wall time."""
    compile_timeout_s: float = 30.0
    """The same for each step before it, such as a compiler or a server's start."""
    memory_mib: int = 512
    """Memory in MiB, the files in the work folder included where the host can count them."""
    processes: int = 256
    """Processes and threads alive at one time: 100 threads are usual in lessons, and runtimes have
    some of their own (on 2 cores Java 14, Node 7, Go 5, a PostgreSQL 8; more on more)."""
    open_files: int = 256
    """Open descriptors in one process."""
    disk_mib: int = 64
    """Size of the work folder in MiB."""
    kept_output_bytes: int = 256 * 1024
    """Bytes kept of each stream, half from its head, half from its tail. Any `expected_output`
    raises less to twice its own size and 64 KiB, but not above 16 MiB or `max_output_bytes`."""
    max_output_bytes: int = 16 * 1024 * 1024
    """Bytes over both streams after which the program is ended."""
