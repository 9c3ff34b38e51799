"""Real programs beside others: none is called slow, and none can stop its clock."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from busy_processors import five_others_on
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._errors import ProgramStarved
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.host_slots import HostSlots
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Fault, Limit, Outcome, SandboxSpec, Snippet, Step
from daytona_validate._pipeline import Pipeline
from daytona_validate._providers.local import LocalSandbox
from daytona_validate._runtime.limiter import Slots
from daytona_validate._toolchains.packages.packages import PreparedPackages
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with
from plain_settings import plain_settings

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough, pytest.mark.alone]


@pytest.fixture
def busy_core() -> Iterator[int]:
    """One processor on which five others run: who stays there of his own will is not alone."""
    core = min(os.sched_getaffinity(0))
    with five_others_on([core]):
        yield core


@pytest.fixture
def busy_host() -> Iterator[None]:
    """Five others on each processor: whoever waits there waits for nothing of his own doing."""
    with five_others_on(os.sched_getaffinity(0)):
        yield


def on(core: int, code: str) -> str:
    return f"import os, time\nos.sched_setaffinity(0, {{{core}}})\n{code}"


NEEDS_A_THIRD = "import time\nwhile time.process_time() < 0.3: pass\nprint('done')"
"""Of a second, and so some two seconds of wall time beside five others; its limit is 0.9."""

Run = Callable[..., Awaitable[Step]]


@pytest.fixture
def runs(jail_runner: JailRunner, python_toolchain: Toolchain) -> dict[str, Run]:
    """What runs Python code: with what this machine offers, and where no group can be made."""
    bare = JailRunner(jail_runner._host, Cgroups(()))
    return {"counted": _runs(jail_runner, python_toolchain), "bare": _runs(bare, python_toolchain)}


def _runs(runner: JailRunner, toolchain: Toolchain) -> Run:
    async def run(code: str, *, timeout_s: float, **how: Any) -> Step:
        jail = jail_with(toolchain, ("python3", "-s", "main.py"), files={"main.py": code.encode()})
        return (await runner.run_all(jail, timeout_s=timeout_s, **how))[-1]

    return run


@pytest.mark.parametrize("how", ["counted", "bare"])
@pytest.mark.parametrize("is_last", [False, True], ids=["beside others", "alone"])
@pytest.mark.usefixtures("busy_host")
async def test_a_healthy_program_is_not_called_slow(
    runs: dict[str, Run], patiently: Any, how: str, *, is_last: bool
) -> None:
    """Run again, as the pipeline does, where more others than these starve it in truth."""
    step = await patiently(lambda: runs[how](NEEDS_A_THIRD, timeout_s=0.9, is_last=is_last))
    assert (step.stdout, step.limit) == (b"done\n", None)
    assert step.usage.wall_s > 0.9
    assert step.usage.waited_s is not None
    assert 0.3 < step.usage.waited_s < step.usage.wall_s


SHORT_CHILDREN = """
import resource, subprocess
def ran_s():
    used = map(resource.getrusage, (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    return sum(each.ru_utime + each.ru_stime for each in used)
while ran_s() < 0.2:
    subprocess.run(["/bin/true"])
print("done")
"""
"""Nearly all that it runs is run by tasks that are gone before anybody looks.

A fifth of a second is more than one of wall time beside others; its limit is 0.6, at most 2.4."""


@pytest.mark.parametrize("how", ["counted", "bare"])
@pytest.mark.usefixtures("busy_host")
async def test_a_healthy_program_of_many_short_children_is_not_called_slow(
    runs: dict[str, Run], patiently: Any, how: str
) -> None:
    """Alone, where it is judged, beside what runs there that has no slot of ours."""
    step = await patiently(lambda: runs[how](SHORT_CHILDREN, timeout_s=0.6, is_last=True))
    assert (step.stdout, step.limit) == (b"done\n", None)


BURST_THEN_SLEEP = """
for _ in range(40):
    if os.fork() == 0:
        end = time.process_time() + 0.004
        while time.process_time() < end: pass
        os._exit(0)
time.sleep(60)
"""
"""Their delays, added up, are more than all the time that it sleeps."""


@pytest.mark.parametrize("how", ["counted", "bare"])
async def test_a_short_burst_does_not_stop_the_clock_of_who_then_sleeps(
    runs: dict[str, Run], busy_core: int, patiently: Any, how: str
) -> None:
    code = on(busy_core, BURST_THEN_SLEEP)
    with pytest.raises(ProgramStarved):
        await runs[how](code, timeout_s=1.2, is_last=False)
    step = await patiently(lambda: runs[how](code, timeout_s=1.2, is_last=True))
    assert step.limit is Limit.TIMEOUT


@pytest.mark.usefixtures("busy_host")
async def test_at_four_times_its_limit_a_starved_program_is_ended_and_not_judged(
    runs: dict[str, Run],
) -> None:
    with pytest.raises(ProgramStarved, match="host was too busy") as caught:
        await runs["counted"]("while True: pass", timeout_s=0.5)
    assert caught.value.retryable


async def test_who_sleeps_beside_others_is_judged_at_its_limit(
    runs: dict[str, Run], busy_core: int
) -> None:
    step = await runs["counted"](on(busy_core, "time.sleep(60)"), timeout_s=1.0)
    assert step.limit is Limit.TIMEOUT
    assert step.usage.wall_s < 2.0


HEALTHY = "import time\nwhile time.process_time() < 0.4: pass\nprint('done')"

BURNERS = """
import os, signal, time
if os.fork() == 0:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        for _ in range(6):
            if os.fork() == 0:
                end = time.monotonic() + 0.2
                while time.monotonic() < end: pass
                os._exit(0)
        time.sleep(0.15)
"""
"""A family whose dead the kernel buries, so that nobody counts what they ran."""

ATTACKS = {
    "behind uncounted children": BURNERS + "os.setpriority(0, 0, 19)\nwhile True: pass\n",
    "uncounted children": BURNERS + "while True: pass\n",
    "behind its own": "import os\nos.fork()\nos.fork()\nos.fork()\nos.nice(19)\nwhile True: pass\n",
    "on one processor": (
        "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "for _ in range(4): os.fork()\nwhile True: pass\n"
    ),
}


ON_ALL = """
import os
for _ in os.sched_getaffinity(0):
    if os.fork() == 0:
        while True: pass
os.wait()
"""
"""An honest program that computes on all processors, and so is alone only where nothing else is."""


async def skip_if_busy(run: Run) -> None:
    """Skip the test if an honest program has to wait here, too: for half of its time limit."""
    for _ in range(3):
        try:
            waited_s = (await run(ON_ALL, timeout_s=0.7, is_last=True)).usage.waited_s
        except ProgramStarved:
            waited_s = None
        if waited_s is None or waited_s > 0.35:
            pytest.skip("this machine does too much else for a program to be alone")


@pytest.mark.parametrize("how", ["counted", "bare"])
@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_program_stops_its_clock_when_it_is_alone(
    runs: dict[str, Run], patiently: Any, how: str, attack: str
) -> None:
    """Beside others it may gain one run alone, where nothing is sure; there it is a time-out.

    It is tried again, as what else this machine does may starve it in truth.
    """
    run = runs[how]
    try:
        step = await patiently(lambda: run(ATTACKS[attack], timeout_s=0.7, is_last=True))
    except ProgramStarved:
        await skip_if_busy(run)
        raise
    assert step.limit is Limit.TIMEOUT


@pytest.mark.parametrize("how", ["counted", "bare"])
async def test_who_puts_himself_behind_others_has_met_his_limit(
    runs: dict[str, Run], busy_core: int, how: str
) -> None:
    """Beside others that keep the processor busy he gets hardly any of it, and wanted it so."""
    code = on(busy_core, "os.nice(19)\nwhile True: pass")
    with pytest.raises(ProgramStarved):
        await runs[how](code, timeout_s=0.7, is_last=False)
    step = await runs[how](code, timeout_s=0.7, is_last=True)
    assert step.limit is Limit.TIMEOUT


async def test_where_children_are_not_counted_nothing_is_sure_beside_others(
    runs: dict[str, Run], busy_core: int
) -> None:
    with pytest.raises(ProgramStarved):
        await runs["bare"](
            on(busy_core, ATTACKS["uncounted children"]), timeout_s=0.7, is_last=False
        )


async def test_none_of_many_at_once_on_one_core_is_called_slow(runs: dict[str, Run]) -> None:
    """Without a control group it may not be sure, and is then run again, alone."""
    core = min(os.sched_getaffinity(0))
    code = on(core, "while time.process_time() < 0.2: pass\nprint('done')")
    many = (runs["counted"](code, timeout_s=0.8, is_last=False) for _ in range(8))
    ends = await asyncio.gather(*many, return_exceptions=True)
    steps = [each for each in ends if isinstance(each, Step)]
    assert len(steps) + sum(isinstance(each, ProgramStarved) for each in ends) == len(ends)
    assert {(each.stdout, each.limit) for each in steps} == {(b"done\n", None)}


class Jails:
    """A provider over one runner and the machine's slots."""

    name = "local"

    def __init__(self, runner: JailRunner, python: Toolchain, slots: HostSlots) -> None:
        self._here = (python, PreparedPackages(), runner, slots)

    async def prepare(self, spec: SandboxSpec) -> None:
        """Nothing is left to prepare."""

    @asynccontextmanager
    async def open(self, spec: SandboxSpec) -> AsyncIterator[LocalSandbox]:
        yield LocalSandbox("here", LANGUAGES["python"], spec, *self._here)

    async def aclose(self) -> None:
        """The runner is all tests'."""


@pytest.mark.parametrize("groups", ["counted", "bare"])
async def test_an_attack_gains_one_run_alone_and_is_then_a_timeout(
    jail_runner: JailRunner, python_toolchain: Toolchain, groups: str
) -> None:
    runner = JailRunner(jail_runner._host, Cgroups(())) if groups == "bare" else jail_runner
    slots = await asyncio.to_thread(HostSlots, runner.cache, 2)
    pipeline = Pipeline(
        Jails(runner, python_toolchain, slots),
        Slots(4),
        plain_settings(timeout_s=0.7),
        random=lambda: 0.0,
    )
    attack = Snippet(code=ATTACKS["behind uncounted children"], language="python")
    attacked, healthy = await asyncio.gather(
        pipeline.validate(attack), pipeline.validate(Snippet(code=HEALTHY, language="python"))
    )
    assert attacked.attempts <= 2
    assert (healthy.outcome, healthy.output) == (Outcome.PASSED, "done\n")
    if attacked.outcome is Outcome.UNAVAILABLE:
        assert "host was too busy" in attacked.details
        await skip_if_busy(_runs(runner, python_toolchain))
    assert (attacked.outcome, attacked.fault) == (Outcome.TIMEOUT, Fault.SNIPPET)
