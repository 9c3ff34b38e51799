"""The bare side: what somebody would write who does not isolate.

A folder for each program, its processes one after the other by
`asyncio.create_subprocess_exec` with a small environment, output read through pipes.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._bench.counting_programs import Program
from daytona_validate._bench.processes import NotMeasured


@dataclass(frozen=True, slots=True)
class Bare:
    """One way to run programs of a language without isolation."""

    name: str
    entry_file: str
    commands: tuple[tuple[str, ...], ...]
    """`{number}` in them stands for the program's own number."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        """Return its commands as somebody would type them, without this machine's paths."""
        return "; ".join(" ".join(map(_without_path, command)) for command in self.commands)


async def run_bare(bare: Bare, program: Program) -> None:
    """Run one program.

    Raises:
        subprocess.CalledProcessError: One of its commands failed.
        NotMeasured: It did not write what it must.
    """
    written = await written_by(bare, program.code, number=program.number)
    if written != program.output:
        raise NotMeasured(f"{bare.name} wrote {written!r}")


async def written_by(bare: Bare, code: str, *, number: int) -> str:
    """Run a code in a folder of its own, and return what all of its commands wrote.

    Raises:
        subprocess.CalledProcessError: One of its commands failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / bare.entry_file).write_text(code)
        return "".join([await _run(bare, command, number, folder) for command in bare.commands])


async def _run(bare: Bare, command: tuple[str, ...], number: int, folder: str) -> str:
    argv = [word.replace("{number}", str(number)) for word in command]
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", **bare.environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    stdout, stderr = await process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, argv, stdout, stderr)
    return stdout.decode()


def _without_path(word: str) -> str:
    return Path(word).name if word.startswith("/") else f'"{word}"' if " " in word else word
