"""From a run's description to the one shell script that the whole run is.

The script is made for a shell that is fed by a pipe, as Daytona's daemon does it: it stands in one
group, so that it is read whole before anything starts, and what it starts cannot eat it. It runs
the same under bash, dash, zsh, mksh and busybox.

What is to run stands in one here-document, in letters that no shell touches, and is read by the
supervisor (`supervisor.pl`). In another stands what starts that: the supervisor itself, or some
lines that find the snapshot's own.

Each use of a sandbox has one run. Whoever sends the script again, as proxies do with requests whose
answer they lost, gets the first one's answer.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from daytona_validate._core.limits import MIB, WALL_FACTOR, page_bytes_of
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.envelope.command import (
    IN_SNAPSHOTS,
    SPARE_S,
    SandboxPaths,
    TimedCommand,
    seconds_for,
)
from daytona_validate._providers.daytona.envelope.reuse import MOST_USES
from daytona_validate._providers.daytona.envelope.supervisor import (
    CARRIED,
    CARRIED_FURTHER,
    starter,
)

PAGE_BYTES = 4096
LINE_BYTES = 3072
"""Of content that stand in one line: the supervisor shall not hold a file in memory, as a program
begins with the memory of what starts it."""
END = "_"
"""Ends a here-document; no line of base64 and none of ours is like it."""
_WORD = re.compile(r"[!-~]*")
_NONCE = re.compile(r"[0-9A-Za-z]{16,}")
_NONCE_PLACE = "\0"
"""Stands for the nonce in what is kept for many runs; no text of a script has it."""

# `emulate`: zsh is what the daemon takes first, and it splits no words. LC_ALL: perl complains of
# locales that an image does not have. 3<&3: mksh keeps to itself what `exec` opened.
_HEAD = """\
{{ [ -z "${{ZSH_VERSION-}}" ] || emulate sh
LC_ALL=C; was=$PATH; PATH={programs}; export LC_ALL PATH was
unset PERL5OPT PERL5LIB PERL5DB PERLIO PERL_UNICODE
command -v perl >/dev/null || {{ echo "{nonce} unready perl"; exit 0; }}
"""
_TAIL = """\
exit 0
}
"""


def run_script(
    commands: Sequence[TimedCommand],
    *,
    files: Mapping[str, bytes],
    stdin: bytes,
    environment: Mapping[str, str],
    limits: Limits,
    reserved_mib: int,
    nonce: str,
    keeps_network: bool = False,
    carries_supervisor: bool = False,
    use: int = 1,
    places: SandboxPaths = IN_SNAPSHOTS,
) -> str:
    """Return the script; see `read_answer` for what it prints.

    Args:
        commands: Run one after the other, each only if the one before it ended well; the last gets
            stdin.
        files: Path in the work folder to content, the entry file among them.
        stdin: Of the last command; empty is /dev/null.
        environment: Added to HOME, PATH, LANG and what the snapshot says.
        limits: What each command may use.
        reserved_mib: What a runtime may reserve beyond its memory; see `Language.reserved_mib`.
        nonce: At least 16 letters and digits that nobody can guess and that were never used.
        keeps_network: Whether the program shall have the sandbox's network, and no other.
        carries_supervisor: Whether it brings the supervisor, for snapshots that do not have it.
        use: Which use of the sandbox this is, from 1 to `MOST_USES`; each once, and only after the
            one before has said that it may be used again.
        places: Where things stand in the sandbox.

    Raises:
        ValueError: The nonce is not of that kind, there is no command, or there is no such use.
    """
    if not commands or not _NONCE.fullmatch(nonce):
        raise ValueError("A run has at least one command and a nonce of 16 letters and digits.")
    if not 1 <= use <= MOST_USES:
        raise ValueError(f"A sandbox is used 1 to {MOST_USES} times, and this is use {use}.")
    carried = CARRIED if use == 1 else CARRIED_FURTHER
    before_inputs = _before_inputs(
        places,
        _numbers(limits, reserved_mib),
        patience_s=seconds_for(commands) - SPARE_S // 2,
        keeps_network=keeps_network,
        use=use,
        environment=tuple(environment.items()),
    )
    return "".join(
        (
            before_inputs.replace(_NONCE_PLACE, nonce),
            *_inputs(commands, files, stdin, disk_bytes=limits.disk_mib * MIB),
            f"end\n{END}\nexec perl 3<&3 <<'{END}'\n",
            carried if carries_supervisor else _starter(places.ours).replace(_NONCE_PLACE, nonce),
            f"{END}\n",
            _TAIL,
        )
    )


@lru_cache(maxsize=64)
def _before_inputs(
    places: SandboxPaths,
    numbers: str,
    *,
    patience_s: int,
    keeps_network: bool,
    use: int,
    environment: tuple[tuple[str, str], ...],
) -> str:
    """Return what many runs have in common, with `_NONCE_PLACE` where their nonces differ."""
    return "".join(
        (
            _HEAD.format(nonce=_NONCE_PLACE, programs=shlex.quote(places.programs)),
            f"exec 3<<'{END}'\nnonce {_NONCE_PLACE}\n",
            _paths(places),
            numbers,
            f"number patience {patience_s}\n",
            f"number keeps_network {keeps_network:d}\n",
            *([f"number use {use}\n"] if use > 1 else []),
            *(f"env {_token(f'{name}={value}')}\n" for name, value in environment),
            "inputs\n",
        )
    )


@lru_cache(maxsize=4)
def _starter(folder: str) -> str:
    return starter(folder, nonce=_NONCE_PLACE)


def _paths(places: SandboxPaths) -> str:
    names = (name for name in SandboxPaths.__slots__ if name != "programs")
    paths = {name: getattr(places, name) for name in names}
    return "".join(f"path {name} {_token(path)}\n" for name, path in paths.items())


@lru_cache(maxsize=64)
def _numbers(limits: Limits, reserved_mib: int) -> str:
    numbers = {
        "kept": limits.kept_output_bytes,
        "output": limits.max_output_bytes,
        "disk": limits.disk_mib * MIB,
        "processes": limits.processes,
        "files": limits.open_files,
        "standstill": WALL_FACTOR,
        "memory": (limits.memory_mib + reserved_mib) * MIB,
    }
    return "".join(f"number {name} {number}\n" for name, number in numbers.items())


def _inputs(
    commands: Sequence[TimedCommand], files: Mapping[str, bytes], stdin: bytes, *, disk_bytes: int
) -> Iterator[str]:
    """Yield lines of a word and its values; see `_token` for texts."""
    if page_bytes_of(files.values(), page_bytes=PAGE_BYTES) > disk_bytes:
        yield from ("oversized\n", _command(commands[-1]))
        return
    yield from ("stdin\n", *_content(stdin))
    for path, content in files.items():
        yield from (f"file {_token(path)}\n", *_content(content))
    yield from (_command(command) for command in commands)


def _command(command: TimedCommand) -> str:
    timeout_ms = max(1, math.ceil(command.timeout_s * 1000))
    argv = " ".join(_token(each) for each in command.argv)
    return f"command {command.stage.value} {timeout_ms} {argv}\n"


def _token(text: str) -> str:
    """Return a text as one word, for the sign before it an empty one too: as it is, or base64."""
    if _WORD.fullmatch(text):
        return f"={text}"
    return ":" + base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _content(content: bytes) -> Iterator[str]:
    for start in range(0, len(content), LINE_BYTES):
        yield binascii.b2a_base64(content[start : start + LINE_BYTES]).decode("ascii")
    yield ".\n"
