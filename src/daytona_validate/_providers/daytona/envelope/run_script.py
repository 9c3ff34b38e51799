"""From a run's description to the one shell script that the whole run is.

The script is made for a shell that is fed by a pipe, as Daytona's daemon does it: it stands in one
group, so that it is read whole before anything starts, and what it starts cannot eat it. It runs
the same under bash, dash, zsh, mksh and busybox.

What is to run stands in one here-document, in letters that no shell touches, and is read by
whichever supervisor the image allows: perl's, or the one in plain shell.

A sandbox has one run. Whoever sends the script again, as proxies do with requests whose answer
they lost, finds the guard folder made, and gets the first one's answer.
"""

from __future__ import annotations

import base64
import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from daytona_validate._core.limits import MIB
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.envelope.command import (
    IN_SNAPSHOTS,
    SPARE_S,
    STANDSTILL,
    Places,
    TimedCommand,
    seconds_for,
)
from daytona_validate._providers.daytona.envelope.supervisors import (
    PERL_SUPERVISOR,
    PLAIN_SUPERVISOR,
)

PAGE_BYTES = 4096
LINE_BYTES = 3072
"""Of content that stand in one line: a supervisor shall not hold a file in memory, as a program
begins with the memory of what starts it."""
END = "_"
"""Ends a here-document; no line of base64 and none of ours is like it."""
_NONCE = re.compile(r"[0-9A-Za-z]{16,}")

# `emulate`: zsh is what the daemon takes first, and it splits no words. LC_ALL: perl complains of
# locales that an image does not have. 3<&3: mksh keeps to itself what `exec` opened.
_HEAD = """\
{{ [ -z "${{ZSH_VERSION-}}" ] || emulate sh
LC_ALL=C; export LC_ALL; unset PERL5OPT PERL5LIB PERL5DB PERLIO PERL_UNICODE
nonce={nonce} work={work} temporary={temporary} guard={guard} ours={ours}
say() {{ echo "$nonce $*"; exit 0; }}
{plain}
[ -d "$work" ] && [ -w "$work" ] || say unready work
[ -r "$ours/runtime" ] || say unready runtime
command -v perl >/dev/null || plain_ready 2>/dev/null
umask 077
if ! mkdir "$guard" 2>/dev/null; then
[ -d "$guard" ] || say unready guard
now; end=$((instant + {patience_s} * 100))
while [ ! -f "$guard/answer" ] && [ $instant -lt $end ]; do
sleep 0.05 2>/dev/null || sleep 1; now
done
[ -f "$guard/answer" ] || say lost waiting
cat "$guard/answer"; exit 0
fi
"""
_TAIL = """\
plain_run
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
    places: Places = IN_SNAPSHOTS,
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
        places: Where things stand in the sandbox.

    Raises:
        ValueError: The nonce is not of that kind, or there is no command.
    """
    if not commands or not _NONCE.fullmatch(nonce):
        raise ValueError("A run has at least one command and a nonce of 16 letters and digits.")
    head = _HEAD.format(
        nonce=nonce,
        plain=PLAIN_SUPERVISOR,
        patience_s=seconds_for(commands) - SPARE_S // 2,
        **{name: shlex.quote(path) for name, path in _paths(places).items()},
    )
    data = (
        f"nonce {nonce}\n",
        *(f"path {name} {_token(path)}\n" for name, path in _paths(places).items()),
        *(f"number {name} {n}\n" for name, n in _numbers(limits, reserved_mib).items()),
        f"number keeps_network {keeps_network:d}\n",
        *(f"env {_token(f'{name}={value}')}\n" for name, value in environment.items()),
        *_inputs(commands, files, stdin, disk_bytes=limits.disk_mib * MIB),
        "end\n",
    )
    return "".join(
        (
            head,
            _here_document("exec 3", data),
            "command -v perl >/dev/null && ",
            _here_document("exec perl 3<&3 ", [PERL_SUPERVISOR]),
            _TAIL,
        )
    )


def _here_document(command: str, texts: Sequence[str]) -> str:
    return f"{command}<<'{END}'\n{''.join(texts)}{END}\n"


def _paths(places: Places) -> dict[str, str]:
    return {name: getattr(places, name) for name in Places.__slots__}


def _inputs(
    commands: Sequence[TimedCommand], files: Mapping[str, bytes], stdin: bytes, *, disk_bytes: int
) -> Iterator[str]:
    """Yield lines of a word and its values; texts are base64, each with a colon before it."""
    if _needed_bytes(files) > disk_bytes:
        yield from ("full\n", _command(commands[-1]))
        return
    yield from ("stdin\n", *_content(stdin))
    for path, content in files.items():
        yield from (f"file {_token(path)}\n", *_content(content))
    yield from (_command(command) for command in commands)


def _numbers(limits: Limits, reserved_mib: int) -> dict[str, int]:
    memory_mib = limits.memory_mib + reserved_mib
    return {
        "kept": limits.kept_output_bytes,
        "output": limits.max_output_bytes,
        "disk": limits.disk_mib * MIB,
        "processes": limits.processes,
        "files": limits.open_files,
        "standstill": STANDSTILL,
        "memory": memory_mib * MIB,
        "memory_kib": memory_mib * 1024,
    }


def _command(command: TimedCommand) -> str:
    timeout_ms = max(1, math.ceil(command.timeout_s * 1000))
    argv = " ".join(_token(each) for each in command.argv)
    return f"part {command.stage.value} {timeout_ms} {argv}\n"


def _token(text: str) -> str:
    """Return a text as one word; for the colon, an empty one is a word too."""
    return ":" + base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _content(content: bytes) -> Iterator[str]:
    for start in range(0, len(content), LINE_BYTES):
        yield base64.b64encode(content[start : start + LINE_BYTES]).decode("ascii") + "\n"
    yield ".\n"


def _needed_bytes(files: Mapping[str, bytes]) -> int:
    """Return the whole pages that the files of the work folder take."""
    return sum(-(-len(content) // PAGE_BYTES) * PAGE_BYTES for content in files.values())
