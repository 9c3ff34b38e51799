"""Start-up has a budget, as a ratio to a bare interpreter measured in the same run.

Not collected with the other tests, which are deterministic: `nox -s budget` runs it.
CPU time is compared, not wall time, and the least of many interleaved runs, not their mean:
what other programs do to this machine only ever adds.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

ROUNDS = 20
BARE = (sys.executable, "-c", "pass")


def cpu_s(argv: tuple[str, ...]) -> float:
    """Return the user and system seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(
    ("argv", "budget"),
    [
        ((sys.executable, "-c", "import daytona_validate"), 1.3),
        ((sys.executable, "-m", "daytona_validate", "--help"), 3.0),
    ],
    ids=["import", "help"],
)
def test_start_up_stays_within_its_budget(argv: tuple[str, ...], budget: float) -> None:
    cpu_s(argv)  # writes the bytecode files of a first run
    pairs = [(cpu_s(BARE), cpu_s(argv)) for _ in range(ROUNDS)]
    ratio = min(ours for _, ours in pairs) / min(bare for bare, _ in pairs)
    print(f"{' '.join(argv[1:])}: {ratio:.2f} times a bare interpreter, budget {budget:g}")
    assert ratio <= budget
