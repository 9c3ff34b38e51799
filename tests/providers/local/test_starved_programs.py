"""A program that others kept from running until its time was up has not been judged."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._errors import SandboxLost
from daytona_validate._models import Limit, Step
from daytona_validate._providers.local.jails.starvation import Thread, Tree, starved_s, tree

ALL_ON_ONE_CORE = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"


def _threads(*ran_and_waited_s: tuple[float, float]) -> tuple[Thread, ...]:
    return tuple(Thread(10.0, ran_s, waited_s) for ran_s, waited_s in ran_and_waited_s)


@pytest.mark.parametrize(
    ("threads", "ran_s", "expected"),
    [
        (_threads((10.0, 0.0)), 10.0, None),
        (_threads((0.01, 0.0)), 0.01, None),
        (_threads((5.0, 5.0)), 5.0, None),
        (_threads((1.0, 9.0)), 1.0, 9.0),
        (_threads((2.5, 7.5)), 2.5, 7.5),
        (_threads((2.6, 7.4)), 2.6, None),
        (_threads(*[(1.25, 8.75)] * 8), 10.0, None),
        (_threads(*[(2.5, 7.5)] * 8), 20.0, None),
        (_threads((0.2, 9.8), (0.2, 9.8)), 0.4, 9.6),
        (_threads((0.5, 9.5), (0.0, 0.0)), 10.0, None),
        (_threads((0.5, 9.5), (0.0, 0.0)), 1.5, 8.5),
        (_threads(*[(0.01, 5.0)] * 50), 0.5, None),
        ((Thread(60.0, 0.1, 50.0), Thread(10.0, 0.1, 0.1)), 0.2, None),
        ((), 0.0, None),
    ],
    ids=[
        "it ran all the time",
        "it slept",
        "it had half of a core",
        "it had a tenth",
        "it had a quarter",
        "it had a little more",
        "its threads share one core among themselves",
        "its threads share two cores",
        "two threads had next to nothing",
        "it waited for its own processes, which have ended",
        "its own processes explain a part only",
        "many threads wait, none of them for long",
        "a server waited before the command started",
        "nothing is known",
    ],
)
def test_only_the_waiting_for_others_counts(
    threads: tuple[Thread, ...], ran_s: float, expected: float | None
) -> None:
    found = starved_s(Tree(threads, 99.0), since_s=10.0, ran_s=ran_s)
    assert found == (None if expected is None else pytest.approx(expected))


def test_where_nobody_counts_what_the_processes_say_is_taken() -> None:
    threads = _threads((0.5, 9.5))
    assert starved_s(Tree(threads, 0.5), since_s=10.0, ran_s=None) == pytest.approx(9.5)
    assert starved_s(Tree(threads, 9.0), since_s=10.0, ran_s=None) is None


def test_all_threads_of_a_tree_are_seen_and_what_has_ended_is_counted() -> None:
    line = "(i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done); sleep 60 & echo $!; wait"
    with subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        began_s = time.monotonic()
        child = int(shell.stdout.readline())
        seen = tree(shell.pid)
        lived_s = time.monotonic() - began_s
        os.kill(child, signal.SIGKILL)
    shells, sleeps = seen.threads
    assert abs(shells.age_s - lived_s) < 1
    assert sleeps.age_s <= shells.age_s
    assert shells.ran_s + sleeps.ran_s < seen.ran_s <= lived_s + 0.1
    assert tree(shell.pid) == Tree((), 0.0)


@pytest.mark.jail
@pytest.mark.slow
async def test_who_was_starved_is_not_judged_and_who_slept_is(
    python: Callable[..., Awaitable[Step]],
) -> None:
    """Ten on one core: a tenth is left for each."""
    busy, asleep = "while True: pass", "import time\ntime.sleep(60)"
    *starved, slept = await asyncio.gather(
        *(python(ALL_ON_ONE_CORE + code, timeout_s=1.0) for code in (*[busy] * 10, asleep)),
        return_exceptions=True,
    )
    assert isinstance(slept, Step)
    assert slept.limit is Limit.TIMEOUT
    for error in starved:
        assert isinstance(error, SandboxLost)
        assert error.retryable
        assert "machine was too busy" in str(error)
