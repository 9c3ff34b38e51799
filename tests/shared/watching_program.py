"""A program that watches every folder it can see, and what it notices of the host meanwhile."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace
from pathlib import Path

from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner

SIGN = "/opt/sign"
"""A folder of the host's own: what happens in it is noticed, and ends the program."""

WATCHING = r"""
import ctypes, os, struct

ALL = 0x20 | 0x2 | 0x1 | 0x100 | 0x80  # opened, written, read, made, moved here
libc = ctypes.CDLL(None, use_errno=True)
descriptor = libc.inotify_init1(0)
paths = []
for parent, within, _ in os.walk("/"):
    if parent == "/":
        within[:] = [each for each in within if each not in ("proc", "dev", "sys", "work", "tmp")]
    paths.append(parent)
folders = {libc.inotify_add_watch(descriptor, os.fsencode(each), ALL): each for each in paths}
assert min(folders) > 0
print("watching", len(folders), flush=True)
seen, is_over = set(), False
while not is_over:
    events = os.read(descriptor, 1 << 16)
    while events:
        number, _, _, length = struct.unpack_from("iIII", events)
        path = f"{folders[number]}/{events[16 : 16 + length].rstrip(bytes(1)).decode()}"
        is_over = is_over or path.startswith("/opt/sign/")
        seen.add(path)
        events = events[16 + length :]
print("\n".join(sorted(seen)))
"""

_HOST_PROGRAM = """
for each in /usr/lib/*/lib*.so.* /usr/lib64/*.so.* /usr/share/zoneinfo/*/*; do
  if [ -f "$each" ] && [ -r "$each" ]; then : <"$each"; fi
done
TZ=Antarctica/Troll date && sort --version && grep --version
"""
"""Opens files in folders of the host, and starts programs that do: of the host's own, as Python may
be the very copy that jails have."""


async def noticed(runner: JailRunner, jail: Jail, folder: Path) -> list[str]:
    """Return the paths that a program in a jail, run as `main.py`, saw being used by the host.

    Args:
        runner: Starts the jail.
        jail: Has Python; its argv runs `main.py`.
        folder: An empty one of the host's, which jails can enter.
    """
    begun = asyncio.Event()

    def listen(chunk: bytes) -> None:
        printed.extend(chunk)
        if b"watching" in chunk:
            begun.set()

    printed = bytearray()
    watching = replace(
        jail,
        files={"main.py": WATCHING.encode()},
        binds=(*jail.binds, Bind(str(folder), SIGN)),
    )
    running = asyncio.ensure_future(runner.run(watching, timeout_s=60, on_stdout=listen))
    waiting = asyncio.ensure_future(begun.wait())
    await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
    if begun.is_set():
        await asyncio.to_thread(_use_the_host)
        await asyncio.to_thread((folder / "over").touch)
    step = await running
    waiting.cancel()
    assert step.exit_code == 0, step
    lines = printed.decode().splitlines()[1:]
    assert f"{SIGN}/over" in lines  # so it does notice
    return [each for each in lines if not each.startswith(SIGN)]


def _use_the_host() -> None:
    environment = {"PATH": "/usr/bin:/bin"}
    argv = ["/bin/sh", "-c", _HOST_PROGRAM]
    subprocess.run(argv, env=environment, stdout=subprocess.DEVNULL, check=True)
