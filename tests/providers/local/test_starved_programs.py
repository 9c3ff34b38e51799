"""A time limit is time in which a program could run, and no program can stop its clock."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._errors import ProgramStarved
from daytona_validate._models import Fault, Limit, Limits, Outcome, SandboxSpec, Snippet, Step
from daytona_validate._pipeline import Pipeline, PipelineSettings
from daytona_validate._providers.local.jails.cgroups import Cgroups
from daytona_validate._providers.local.jails.jail import Jail
from daytona_validate._providers.local.jails.machine_slots import MachineSlots
from daytona_validate._providers.local.jails.runner import JailRunner
from daytona_validate._providers.local.jails.starvation import (
    Meanwhile,
    Ruling,
    ruling,
    waited_s,
    whole_by_numbers,
    whole_in_group,
)
from daytona_validate._providers.local.packages.packages import PreparedPackages
from daytona_validate._providers.local.provider import LocalSandbox
from daytona_validate._providers.local.toolchains.record import Toolchain
from daytona_validate._runtime.limiter import Slots

LIMIT_S = 10.0


def seen(
    ran_s: float,
    delayed_s: float,
    *,
    passed_s: float = LIMIT_S,
    others_ran_s: float = 100.0,
    is_whole: bool = True,
    is_humble: bool = False,
) -> Meanwhile:
    return Meanwhile(
        passed_s=passed_s,
        ran_s=ran_s,
        delayed_s=delayed_s,
        others_ran_s=others_ran_s,
        processors=2,
        is_whole=is_whole,
        is_humble=is_humble,
    )


@pytest.mark.parametrize(
    ("meanwhile", "expected"),
    [
        pytest.param(seen(10.0, 0.0), 0.0, id="it ran all the time"),
        pytest.param(seen(0.0, 0.0), 0.0, id="it slept"),
        pytest.param(seen(5.0, 5.0), 5.0, id="it had half of a processor"),
        pytest.param(seen(0.1, 1.0), 1.0, id="it slept, and waited now and then"),
        pytest.param(seen(20.0, 0.0), 0.0, id="two threads ran on two processors"),
        pytest.param(seen(20.0, 150.0), 0.0, id="its own threads wait for each other"),
        pytest.param(seen(10.0, 70.0), 5.0, id="many threads had one processor of two"),
        pytest.param(seen(10.0, 10.0), 5.0, id="two threads had half of two processors"),
        pytest.param(seen(5.0, 5.0, others_ran_s=1.0), 1.0, id="others ran for less than that"),
        pytest.param(seen(10.0, 150.0, others_ran_s=0.0), 0.0, id="it sits on one processor alone"),
        pytest.param(seen(0.0, 9.0, others_ran_s=math.inf), 9.0, id="what others ran is unknown"),
        pytest.param(seen(25.0, 1.0), 0.0, id="more was counted than can be"),
    ],
)
def test_only_waiting_for_others_counts(meanwhile: Meanwhile, expected: float) -> None:
    assert waited_s(meanwhile) == pytest.approx(expected)


MET = Ruling(0.0)
PERHAPS = Ruling(0.0, is_judged=False)


@pytest.mark.parametrize(
    ("meanwhile", "beside_others", "alone"),
    [
        pytest.param(seen(10.0, 0.0), MET, MET, id="it could run"),
        pytest.param(
            seen(5.0, 5.0),
            Ruling(5.0, more_s=5.0, is_judged=False),
            Ruling(5.0, more_s=5.0, is_judged=False),
            id="what it waited is added",
        ),
        pytest.param(
            seen(10.0, 5.0, passed_s=15.0), Ruling(5.0), Ruling(5.0), id="it has had that too"
        ),
        pytest.param(
            seen(3.0, 35.0, passed_s=38.0),
            Ruling(35.0, more_s=2.0, is_judged=False),
            Ruling(35.0, more_s=2.0, is_judged=False),
            id="never more than four times the limit",
        ),
        pytest.param(
            seen(3.0, 37.0, passed_s=40.0),
            Ruling(37.0, is_judged=False),
            Ruling(37.0, is_judged=False),
            id="four times the limit is no verdict",
        ),
        pytest.param(
            seen(9.92, 0.08), Ruling(0.08), Ruling(0.08), id="a trifle is not worth a look"
        ),
        pytest.param(seen(5.0, 5.0, is_humble=True), PERHAPS, MET, id="it was nice"),
        pytest.param(seen(10.0, 0.1, is_humble=True), MET, MET, id="it was nice and could run"),
        pytest.param(seen(2.0, 0.0, is_whole=False), PERHAPS, MET, id="nobody knows"),
        pytest.param(
            seen(2.0, 0.0, is_whole=False, others_ran_s=0.3), MET, MET, id="nobody else ran"
        ),
        pytest.param(
            seen(2.0, 8.0, is_whole=False, others_ran_s=math.inf),
            PERHAPS,
            MET,
            id="nothing is known",
        ),
    ],
)
def test_what_becomes_of_a_command_whose_time_seems_to_be_up(
    meanwhile: Meanwhile, beside_others: Ruling, alone: Ruling
) -> None:
    def plain(found: Ruling) -> tuple[object, ...]:
        return pytest.approx(found.waited_s), pytest.approx(found.more_s), found.is_judged

    first = ruling(meanwhile, limit_s=LIMIT_S, is_last=False)
    last = ruling(meanwhile, limit_s=LIMIT_S, is_last=True)
    assert (first.waited_s, first.more_s, first.is_judged) == plain(beside_others)
    assert (last.waited_s, last.more_s, last.is_judged) == plain(alone)


@pytest.mark.parametrize(
    ("group_ran_s", "tasks_ran_s", "expected"),
    [
        (10.0, 10.0, True),
        (10.0, 9.1, True),
        (10.0, 8.9, False),
        (0.04, 0.0, True),
        (0.1, 0.0, False),
    ],
)
def test_tasks_that_have_ended_are_missed_where_they_ran_much(
    group_ran_s: float, tasks_ran_s: float, *, expected: bool
) -> None:
    assert whole_in_group(group_ran_s=group_ran_s, tasks_ran_s=tasks_ran_s) is expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [((3,), True), ((3, 5, 4), True), ((3, 5), False), ((3, 900), False), ((), False)],
)
def test_a_gap_in_the_numbers_is_a_task_that_has_ended(
    numbers: tuple[int, ...], *, expected: bool
) -> None:
    assert whole_by_numbers(numbers) is expected


@pytest.fixture
def busy_core() -> Iterator[int]:
    """One processor on which five others run, each in a session: Linux may share it among those."""
    core = min(os.sched_getaffinity(0))
    burn = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    with ExitStack() as stack:
        for _ in range(5):
            argv = [sys.executable, "-I", "-S", "-c", burn]
            burner = stack.enter_context(subprocess.Popen(argv, start_new_session=True))
            stack.callback(burner.send_signal, signal.SIGKILL)
        yield core


def on(core: int, code: str) -> str:
    return f"import os, time\nos.sched_setaffinity(0, {{{core}}})\n{code}"


NEEDS_A_THIRD = "while time.process_time() < 0.3: pass\nprint('done')"
"""Of a second, and so some two seconds of wall time beside five others; its limit is 0.9."""

Run = Callable[..., Awaitable[Step]]


@pytest.fixture
def runs(jail_runner: JailRunner, python_toolchain: Toolchain) -> dict[str, Run]:
    """What runs Python code: with what this machine offers, and where no group can be made."""
    bare = JailRunner(jail_runner._machine, Cgroups(()))
    return {"counted": _runs(jail_runner, python_toolchain), "bare": _runs(bare, python_toolchain)}


def _runs(runner: JailRunner, toolchain: Toolchain) -> Run:
    async def run(code: str, *, timeout_s: float, **how: Any) -> Step:
        jail = Jail(
            argv=("python3", "-s", "main.py"),
            limits=Limits(),
            binds=toolchain.binds,
            links=toolchain.links,
            environment=toolchain.environment,
            files={"main.py": code.encode()},
        )
        return (await runner.run_all(jail, timeout_s=timeout_s, **how))[-1]

    return run


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("how", ["counted", "bare"])
@pytest.mark.parametrize("is_last", [False, True], ids=["beside others", "alone"])
async def test_a_healthy_program_is_not_called_slow(
    runs: dict[str, Run], busy_core: int, how: str, *, is_last: bool
) -> None:
    step = await runs[how](on(busy_core, NEEDS_A_THIRD), timeout_s=0.9, is_last=is_last)
    assert (step.stdout, step.limit) == (b"done\n", None)
    assert step.usage.wall_s > 0.9
    assert step.usage.waited_s is not None
    assert 0.3 < step.usage.waited_s < step.usage.wall_s


@pytest.mark.jail
@pytest.mark.slow
async def test_at_four_times_its_limit_a_starved_program_is_ended_and_not_judged(
    runs: dict[str, Run], busy_core: int
) -> None:
    with pytest.raises(ProgramStarved, match="machine was too busy") as caught:
        await runs["counted"](on(busy_core, "while True: pass"), timeout_s=0.5)
    assert caught.value.retryable


@pytest.mark.jail
@pytest.mark.slow
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


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("how", ["counted", "bare"])
@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_program_stops_its_clock_when_it_is_alone(
    runs: dict[str, Run], patiently: Any, how: str, attack: str
) -> None:
    """Beside others it may gain one run alone, where nothing is sure; there it is a time-out.

    It is tried again, as what else this machine does may starve it in truth.
    """
    run = runs[how]
    step = await patiently(lambda: run(ATTACKS[attack], timeout_s=0.7, is_last=True))
    assert step.limit is Limit.TIMEOUT


@pytest.mark.jail
@pytest.mark.slow
async def test_where_children_are_not_counted_nothing_is_sure_beside_others(
    runs: dict[str, Run], busy_core: int
) -> None:
    with pytest.raises(ProgramStarved):
        await runs["bare"](
            on(busy_core, ATTACKS["uncounted children"]), timeout_s=0.7, is_last=False
        )


@pytest.mark.jail
@pytest.mark.slow
async def test_many_at_once_on_one_core_all_pass(runs: dict[str, Run]) -> None:
    core = min(os.sched_getaffinity(0))
    code = on(core, "while time.process_time() < 0.2: pass\nprint('done')")
    steps = await asyncio.gather(*(runs["counted"](code, timeout_s=0.8) for _ in range(8)))
    assert [(each.stdout, each.limit) for each in steps] == [(b"done\n", None)] * 8


class Jails:
    """A provider over one runner and the machine's slots."""

    name = "local"

    def __init__(self, runner: JailRunner, python: Toolchain, slots: MachineSlots) -> None:
        self._here = (python, PreparedPackages(), runner, slots)

    async def prepare(self, spec: SandboxSpec) -> None:
        """Nothing is left to prepare."""

    @asynccontextmanager
    async def open(self, spec: SandboxSpec) -> AsyncIterator[LocalSandbox]:
        yield LocalSandbox("here", LANGUAGES["python"], spec, *self._here)

    async def aclose(self) -> None:
        """The runner is all tests'."""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("groups", ["counted", "bare"])
async def test_an_attack_gains_one_run_alone_and_is_then_a_timeout(
    jail_runner: JailRunner, python_toolchain: Toolchain, groups: str
) -> None:
    runner = JailRunner(jail_runner._machine, Cgroups(())) if groups == "bare" else jail_runner
    slots = await asyncio.to_thread(MachineSlots, runner.cache, 2)
    pipeline = Pipeline(
        Jails(runner, python_toolchain, slots),
        Slots(4),
        PipelineSettings(limits=Limits(timeout_s=0.7), sleep=asyncio.sleep, dice=lambda: 0.0),
    )
    attack = Snippet(code=ATTACKS["behind uncounted children"], language="python")
    attacked, healthy = await asyncio.gather(
        pipeline.validate(attack), pipeline.validate(Snippet(code=HEALTHY, language="python"))
    )
    assert (attacked.outcome, attacked.fault) == (Outcome.TIMEOUT, Fault.SNIPPET)
    assert attacked.attempts <= 2
    assert (healthy.outcome, healthy.output) == (Outcome.PASSED, "done\n")
