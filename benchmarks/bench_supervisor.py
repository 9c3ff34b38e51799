"""What does a snippet at Daytona save by the supervisor in its snapshot?

The request of the smallest program in Python, with the supervisor as a file of the snapshot and
carried by the run. Of each its size, and processor times, as others may be at work here: of making
and encoding it, and of the whole run of a program that does nothing, from the start of a shell to
its end, as Daytona's daemon starts it. The sides take turns. It is root's, in throwaway folders:
the file must be root's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from daytona_validate import Limits, Stage
from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._providers.daytona.envelope.command import (
    IN_SNAPSHOTS,
    SandboxPaths,
    TimedCommand,
)
from daytona_validate._providers.daytona.envelope.run_script import run_script
from record import write
from sandbox_folders import sandbox_folders

PROGRAM = "print(1)\n"
SIDES = {"in the snapshot": False, "carried by the run": True}
SHELLS = ("bash", "dash")
MADE_AT_ONCE = 100
"""Requests that one measurement makes, as a single one is too short for the clock."""
COLUMNS = (
    "the supervisor is",
    "request bytes",
    "made and encoded, CPU ms",
    *(f"whole run by {shell}, CPU ms" for shell in SHELLS),
)
NOTES = (
    "The whole run: a program that does nothing, from the start of the shell to its end.",
    "Before the supervisor was a file, a request of the same program had 34,522 bytes.",
)


def script(argv: tuple[str, ...], places: SandboxPaths, *, is_carried: bool) -> str:
    """Return the script of a run."""
    python = LANGUAGES["python"]
    return run_script(
        [TimedCommand(Stage.RUN, argv, 30)],
        files={python.entry_file: PROGRAM.encode()},
        stdin=b"",
        environment=python.environment,
        limits=Limits(),
        reserved_mib=python.reserved_mib,
        nonce=secrets.token_hex(16),
        carries_supervisor=is_carried,
        places=places,
    )


def request(*, is_carried: bool) -> bytes:
    """Return the body of the request."""
    argv = LANGUAGES["python"].steps[-1].argv
    command = script(argv, IN_SNAPSHOTS, is_carried=is_carried)
    return json.dumps({"command": command, "timeout": 130}).encode()


def made_ms(*, is_carried: bool) -> float:
    """Return the processor time of making a request."""
    begun = time.process_time()
    for _ in range(MADE_AT_ONCE):
        request(is_carried=is_carried)
    return 1000 * (time.process_time() - begun) / MADE_AT_ONCE


def children_s() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_ms(shell: str, *, is_carried: bool) -> float:
    """Return the processor time of a whole run: shell, supervisor and program."""
    with sandbox_folders() as places:
        sent = script(("true",), places, is_carried=is_carried).encode()
        before_s = children_s()
        ran = subprocess.run([shell], input=sent, capture_output=True, check=True)
        run_s = children_s() - before_s
    assert b" end 1 reuse=" in ran.stdout, ran.stdout
    return 1000 * run_s


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=100)
    repetitions = parser.parse_args().repetitions
    if os.geteuid() != 0 or not all(map(shutil.which, SHELLS)):
        sys.exit(f"This is root's, with {' and '.join(SHELLS)}: the supervisor's file is root's.")
    load_before = os.getloadavg()[0]
    measures: tuple[Callable[..., float], ...] = (
        made_ms,
        *(partial(run_ms, shell) for shell in SHELLS),
    )
    figures: dict[str, list[list[float]]] = {name: [[] for _ in measures] for name in SIDES}
    for _ in range(repetitions):
        for name, is_carried in SIDES.items():
            for values, measure in zip(figures[name], measures, strict=True):
                values.append(measure(is_carried=is_carried))
    rows: list[tuple[Cell, ...]] = [
        (name, len(request(is_carried=is_carried)), *map(Figure.of, figures[name]))
        for name, is_carried in SIDES.items()
    ]
    perl = subprocess.run(["perl", "-e", "print $^V"], capture_output=True, check=True)
    record = Record(
        name="supervisor",
        question="What does a snippet at Daytona save by the supervisor in its snapshot?",
        compared_with="the same run that carries the supervisor",
        inputs={"python": PROGRAM},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(rows),
        load_before=load_before,
        notes=NOTES,
        versions={"perl": perl.stdout.decode()},
    )
    write(record)


if __name__ == "__main__":
    main()
