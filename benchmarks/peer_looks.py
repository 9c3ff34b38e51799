"""Which programs of `tests/denials` may be run without a sandbox of ours, and what they then saw.

Only those that look at something, or open a socket, and change nothing. Pure.
"""

from __future__ import annotations

import ast

LOOKS: dict[str, tuple[object, ...]] = {
    "environment": (),
    "host_files": (),
    "host_folders_in_proc": (),
    "host_in_proc": (),
    "kinds_of_sockets": (),
    "names_of_groups": (),
    "netlink_protocols": (0,),
    "whose_machine": (),
}
"""Programs that print what they saw or opened, and what of it is let through by design."""
NOT_RUN: dict[str, tuple[str, ...]] = {
    "takes what it can get": (
        *("files_without_names", "full_disk", "hidden_memory", "locked_memory", "many_files"),
        *("many_processes", "many_threads", "memory_of_a_chain", "memory_of_a_family"),
        *("message_queues", "queued_signals", "shared_memory"),
    ),
    "writes, mounts or sends signals, to others as well": (
        *("core_dump", "keys", "last_to_go", "machine_itself", "memory_of_others", "mounts"),
        *("namespaces", "real_time_priority", "signals_to_pid_1", "terminal_input", "toolchain"),
    ),
    "makes calls of the kernel of which only the error tells": (
        *("calls_of_others", "list_of_mounts", "numa_policy", "programs_in_the_kernel"),
        *("security_modules", "unknown_calls"),
    ),
    "asks for addresses of others; in its place stands a server on loopback": ("network",),
}
"""Programs that are not run bare, by reason."""
PROBES = {
    "Reach a server of this machine's on loopback": """
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
    print(["the server"])
except OSError:
    print([])
""",
    "Reach a socket of the host that has a name and no file (an abstract one)": """
import socket
try:
    socket.socket(socket.AF_UNIX).connect({name!r})
    print(["the socket"])
except OSError:
    print([])
""",
    "List the processes of the host": """
from pathlib import Path
seen = [each for each in Path("/proc").glob("[0-9]*/cmdline") if {own!r} in each.read_bytes()]
print([each.parent.name for each in seen])
""",
    "See the host's network interfaces": """
import socket
print([name for _, name in socket.if_nameindex() if name != "lo"])
""",
}
"""The same as tests beside the programs try, each for all sides."""


def seen(printed: str, allowed: tuple[object, ...] = ()) -> list[object] | None:
    """Return what a program saw or opened; None: what it printed tells nothing.

    Args:
        printed: A list, or a dict of what was tried and how it ended, in which `done` is open.
        allowed: What of a list is let through by design.
    """
    try:
        told = ast.literal_eval(printed.strip().replace("PosixPath(", "("))
    except (SyntaxError, ValueError):
        return None
    if isinstance(told, dict):
        return [name for name, how in told.items() if how == "done"]
    return [each for each in told if each not in allowed] if isinstance(told, list) else None


def verdict(printed: str, allowed: tuple[object, ...] = ()) -> str:
    """Return the cell of a table: no name of a file of this machine."""
    found = seen(printed, allowed)
    if found is None:
        return "failed"
    return f"let through: {len(found)}" if found else "refused"
