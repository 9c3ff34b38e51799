"""What does it cost a snippet at Daytona that its program cannot reach the daemon?

A run of the smallest program, as the daemon is sent it: the whole script, under root, by the
supervisor of perl. The sides take turns. What the step itself takes is told by the supervisor's own
clock; the whole run is beside it, without the step and with it. It is root's, in throwaway folders,
and in a control group of its own where the filter needs one.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from daytona_validate import Limits, Stage
from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate._providers.daytona.envelope.command import TimedCommand
from daytona_validate._providers.daytona.envelope.run_script import run_script
from record import write
from sandbox_folders import sandbox_folders

STEP = "my $daemon = shut_daemon_off() ? 'shut' : 'open';"
WITHOUT = "my $daemon = 'shut';"
TIMED = (
    "my $step = now(); my $daemon = shut_daemon_off() ? 'shut' : 'open'; "
    'syswrite STDOUT, sprintf "step %.3f\\n", 1000 * (now() - $step);'
)
HIERARCHIES = tuple(map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")))
JOIN = 'echo $$ >"$0/cgroup.procs" && exec sh'
NOTES = (
    "The whole run: from the start of the shell to its end, for a program that does nothing.",
    "The step: what the supervisor does so that the program cannot reach the daemon, by its clock.",
    "Blocked runs have a network of their own; those of DAYTONA_NETWORK=organization the filter.",
)
COLUMNS = ("the program has", "whole run ms", "whole run without the step ms", "step ms")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    whole_ms: float
    step_ms: float
    """0: there was none."""


@contextmanager
def control_group() -> Iterator[Path]:
    """Hold a group of the kind at which connections are filtered."""
    root = next(each for each in HIERARCHIES if (each / "cgroup.procs").exists())
    made = root / f"daytona-validate-{secrets.token_hex(8)}"
    made.mkdir()
    try:
        yield made
    finally:
        made.rmdir()


def measured(group: Path, *, keeps_network: bool, step: str) -> Measured:
    """Run once, and see that the program was kept off."""
    nonce = secrets.token_hex(16)
    with sandbox_folders() as places:
        script = run_script(
            [TimedCommand(Stage.RUN, ("true",), 10)],
            files={},
            stdin=b"",
            environment={},
            limits=Limits(),
            reserved_mib=0,
            nonce=nonce,
            keeps_network=keeps_network,
            carries_supervisor=True,
            places=places,
        )
        timed = script.replace(STEP, step)
        assert timed != script
        begun = time.perf_counter()
        ran = subprocess.run(
            ["sh", "-c", JOIN, str(group)], input=timed.encode(), capture_output=True, check=True
        )
        whole_ms = 1000 * (time.perf_counter() - begun)
    said = ran.stdout.decode()
    assert f"{nonce} begin" in said, said
    assert " shut\n" in said, said
    found = re.search(r"^step ([\d.]+)$", said, re.MULTILINE)
    return Measured(whole_ms, float(found[1]) if found else 0.0)


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=200)
    repetitions = parser.parse_args().repetitions
    if os.geteuid() != 0:
        sys.exit("This is root's: in Daytona's sandboxes the supervisor is.")
    load_before = os.getloadavg()[0]
    sides = {"a network of its own": False, "a filter": True}
    with_step: dict[str, list[Measured]] = {name: [] for name in sides}
    without: dict[str, list[Measured]] = {name: [] for name in sides}
    with control_group() as group:
        for _ in range(repetitions):
            for name, keeps in sides.items():
                with_step[name].append(measured(group, keeps_network=keeps, step=TIMED))
                without[name].append(measured(group, keeps_network=keeps, step=WITHOUT))
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            Figure.of([each.whole_ms for each in with_step[name]]),
            Figure.of([each.whole_ms for each in without[name]]),
            Figure.of([each.step_ms for each in with_step[name]]),
        )
        for name in sides
    ]
    perl = subprocess.run(["perl", "-e", "print $^V"], capture_output=True, check=True)
    record = Record(
        name="daemon-shut",
        question="What does it cost a snippet at Daytona that it cannot reach the daemon?",
        compared_with="the same run without that step",
        inputs={"program": "true"},
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
