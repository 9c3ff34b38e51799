"""A program that others kept from running until its time was up has not been judged."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from daytona_validate._errors import ProgramStarved
from daytona_validate._models import Limit, Stage
from daytona_validate._providers.daytona.envelope.command import TimedCommand

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

TASKSET = shutil.which("taskset")
ON_FIRST_CORE = (TASKSET or "taskset", "-c", str(min(os.sched_getaffinity(0))))
BUSY = "while :; do :; done"
CROWD = 12
pytestmark = [
    pytest.mark.slow,
    pytest.mark.thorough,
    pytest.mark.alone,
    pytest.mark.skipif(TASKSET is None, reason="taskset is not installed"),
]


def on_core(code: str) -> str:
    return f"exec {TASKSET} -c {min(os.sched_getaffinity(0))} sh -c '{code}'"


@pytest.fixture
def crowd() -> Iterator[None]:
    """Others who want the first core, each with a session: some kernels share by sessions."""
    with ExitStack() as ended:
        for _ in range(CROWD):
            other = ended.enter_context(
                subprocess.Popen(["sh", "-c", on_core(BUSY)], start_new_session=True)
            )
            ended.callback(other.kill)
        yield


@pytest.mark.usefixtures("crowd")
def test_who_was_starved_is_not_judged(box: Box) -> None:
    with pytest.raises(
        ProgramStarved, match=r"too busy: .* processor, for [0-9]\.[0-9] s"
    ) as error:
        box.step(on_core(BUSY), timeout_s=0.8)
    assert error.value.retryable


# A program of a set amount of work: so many turns take about the given seconds of a processor.
WORK = "i=0; while [ $i -lt {turns} ]; do i=$((i + 1)); done; echo done"


@pytest.fixture(scope="module")
def turns_a_second() -> float:
    """How often the loop of `WORK` goes round in a second of a processor's time."""
    turns = 200_000
    before = os.times()
    subprocess.run(["sh", "-c", WORK.format(turns=turns)], check=True, capture_output=True)
    after = os.times()
    return turns / (after.children_user + after.children_system - before[2] - before[3])


@pytest.fixture
def neighbour() -> Iterator[int]:
    """The pid of one other that wants the first core: who shares it with them has half of it."""
    with subprocess.Popen(["sh", "-c", on_core(BUSY)], start_new_session=True) as other:
        yield other.pid
        other.kill()


def ran_s(pid: int | None) -> float:
    """Seconds for which a process of one thread ran; None: nobody."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 if pid else 0.0


def idle_s() -> float:
    """Seconds for which the first core had nothing to do."""
    lines = Path("/proc/stat").read_text().splitlines()
    fields = next(each for each in lines if each.startswith(f"cpu{ON_FIRST_CORE[-1]} ")).split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def unless_others_run(*, but: int | None = None) -> Iterator[None]:
    """Skip where a run was starved, or judged otherwise, and others did use a tenth of the core.

    Args:
        but: The pid of a neighbour, who may.
    """
    idle_before_s, began_s, used, neighbour_s = idle_s(), time.monotonic(), os.times(), ran_s(but)
    try:
        yield
    except (ProgramStarved, AssertionError):
        passed_s, now = time.monotonic() - began_s, os.times()
        own_s = now.children_user + now.children_system - used.children_user - used.children_system
        known_s = idle_s() - idle_before_s + own_s + ran_s(but) - neighbour_s
        if passed_s - known_s > 0.1 * passed_s:
            pytest.skip("others used the processor meanwhile")
        raise


def test_a_limit_stands_still_while_others_hold_the_processor(
    box: Box, turns_a_second: float, neighbour: int
) -> None:
    """What takes six tenths of its limit alone takes more than it beside a neighbour."""
    code = on_core(WORK.format(turns=int(0.6 * turns_a_second)))
    with unless_others_run(but=neighbour):
        step = box.step(code, timeout_s=1)
        assert (step.limit, step.exit_code, step.stdout) == (None, 0, b"done\n")
        assert step.usage.waited_s is not None


def test_what_has_no_end_is_judged_beside_a_neighbour_too(box: Box, neighbour: int) -> None:
    with unless_others_run(but=neighbour):
        step = box.step(on_core(BUSY), timeout_s=0.5)
        assert step.limit is Limit.TIMEOUT
        assert step.usage.cpu_s is not None
        assert step.usage.cpu_s > 0.3
        assert step.usage.waited_s is not None


FAKES = {
    "who lowers its own priority": f"({BUSY}) & ({BUSY}) & exec nice -n 19 sh -c '{BUSY}'",
    "who waits for its own": f"for each in 1 2 3 4 5; do ({BUSY}) & done; {BUSY}",
}
UNCOUNTED = (
    'exec perl -e \'$SIG{CHLD} = "IGNORE"; '
    "while (1) { unless (fork) { my $end = time + 1; 1 while time < $end; exit } "
    "my $next = time + 1; 1 while time < $next }'"
)


@pytest.mark.parametrize("code", FAKES.values(), ids=FAKES)
def test_who_makes_itself_wait_is_judged(box: Box, code: str) -> None:
    """Bound to one core, so that whatever it starts is in its way."""
    with unless_others_run():
        (step,) = box.run(TimedCommand(Stage.RUN, (*ON_FIRST_CORE, "sh", "-c", code), 1.0)).steps
    assert step.limit is Limit.TIMEOUT


def test_who_leaves_its_children_uncounted_is_judged(box: Box) -> None:
    """Nobody can tell these from others, so that this needs a quiet core."""
    (step,) = box.run(TimedCommand(Stage.RUN, (*ON_FIRST_CORE, "sh", "-c", UNCOUNTED), 1.0)).steps
    assert step.limit is Limit.TIMEOUT


BURST = """
for (1 .. 150) { unless (fork) { my $turns = 0; $turns++ while $turns < 180_000; exit } }
select undef, undef, undef, 30;
"""
SHORT = "while :; do env true; done"


def test_a_burst_of_children_buys_no_time_to_sleep(box: Box, neighbour: int) -> None:
    """What many wait at once, each behind the other, is not waited by the program all the time."""
    with unless_others_run(but=neighbour):
        (step,) = box.run(TimedCommand(Stage.RUN, (*ON_FIRST_CORE, "perl", "-e", BURST), 1.5)).steps
        assert step.limit is Limit.TIMEOUT
        assert step.usage.wall_s < 3.5


@pytest.mark.usefixtures("neighbour")
def test_whose_short_commands_may_have_waited_is_not_judged(box: Box) -> None:
    """They are gone before anybody can see how long they waited."""
    with pytest.raises(ProgramStarved):
        box.step(on_core(SHORT), timeout_s=1)


def test_whose_short_commands_had_the_processor_to_themselves_is_judged(box: Box) -> None:
    with unless_others_run():
        step = box.step(on_core(SHORT), timeout_s=1)
    assert step.limit is Limit.TIMEOUT


@pytest.mark.usefixtures("crowd")
def test_who_slept_is_judged_however_busy_the_machine_is(box: Box) -> None:
    step = box.step(on_core("exec sleep 50"), timeout_s=0.5)
    assert step.limit is Limit.TIMEOUT


def test_who_crowds_itself_out_is_judged(box: Box) -> None:
    many = f"for each in 1 2 3 4 5 6 7 8; do ({BUSY}) & done; wait"
    with unless_others_run():
        step = box.step(on_core(many), timeout_s=1)
    assert step.limit is Limit.TIMEOUT


@pytest.mark.usefixtures("crowd")
def test_who_asks_again_is_told_the_same(box: Box) -> None:
    script = box.script(box.command(on_core(BUSY), timeout_s=0.5))
    assert box.send(script) == box.send(script)
