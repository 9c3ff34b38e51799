"""What a program can reach of its sandbox: never the daemon, where anything can be done about it.

The daemon listens without a key and runs commands as its own user, beside the supervisor: whoever
reaches it forges results, as is done here.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._models import Execution, Stage

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.getuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv", "perl"))),
        reason="only root, with unshare, setpriv and perl, makes a sandbox with a daemon in it",
    ),
]

HERE = Path(__file__).parent / "daemon"
FILES = {path.name: path.read_bytes() for path in HERE.glob("*.pl")}
SPACES = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
DAEMON = (sys.executable, str(HERE / "sandbox.py"))
ROOTS = (*SPACES, *DAEMON, "0")
PLAIN_ID = 64_200
PORTS = ("2280", "22220", "22222", "33333")
HIERARCHIES = tuple(map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")))
JOIN = 'echo $$ >"$0/cgroup.procs" && exec "$@"'


def refusing(*capabilities: str) -> tuple[str, ...]:
    """Return what takes capabilities from a container's root."""
    return ("setpriv", "--bounding-set", ",".join(f"-{each}" for each in capabilities))


def ran(box: Box, program: str, **how: Any) -> Execution:
    """Run one of the programs beside this file."""
    execution: Execution = box.run(box.command(f"exec perl {program}"), files=FILES, **how)
    return execution


def said(execution: Execution) -> dict[str, str]:
    """Return what `reach.pl` found."""
    lines = execution.steps[-1].stdout.decode().splitlines()
    return dict(line.split(" ", 1) for line in lines)


@pytest.fixture
def sandbox(make_box: Callable[..., Any]) -> Any:
    """A sandbox with a daemon, all of it root's."""
    return make_box(shell=ROOTS)


@pytest.fixture
def sandbox_of_one_user(make_box: Callable[..., Any]) -> Any:
    """A sandbox where the daemon, the supervisor and the program run under one id."""
    box = make_box(shell=(*SPACES, *DAEMON, str(PLAIN_ID)))
    for folder in (box.work, box.root / "tmp"):
        os.chown(folder, PLAIN_ID, PLAIN_ID)
    return box


@contextmanager
def control_group() -> Iterator[Path]:
    """Have a control group of the kind at which connections can be filtered."""
    root = next((each for each in HIERARCHIES if (each / "cgroup.procs").exists()), None)
    if root is None or not os.access(root, os.W_OK):
        pytest.skip("no control group of the second version can be made here")
    made = root / f"daytona-validate-{secrets.token_hex(8)}"
    made.mkdir()
    yield made
    made.rmdir()


@pytest.fixture
def group() -> Iterator[Path]:
    with control_group() as made:
        yield made


@pytest.fixture
def other_group() -> Iterator[Path]:
    with control_group() as made:
        yield made


def test_a_program_that_has_the_daemon_forge_its_result_is_not_heard(sandbox: Any) -> None:
    execution = ran(sandbox, "ask.pl")
    (step,) = execution.steps
    assert (step.exit_code, step.stdout) == (1, b"Connection refused\n")
    assert execution.network == "blocked"


def test_under_one_user_a_result_can_be_forged(sandbox_of_one_user: Any) -> None:
    (step,) = ran(sandbox_of_one_user, "ask.pl").steps
    assert (step.exit_code, step.stdout) == (0, b"forged")


def test_under_one_user_the_result_says_that_it_could_be_forged(sandbox_of_one_user: Any) -> None:
    execution = ran(sandbox_of_one_user, "reach.pl")
    assert said(execution)["2280"] == "reached"
    assert execution.network == "blocked, daemon open"


def test_of_the_network_there_is_only_a_loopback_and_that_works(sandbox: Any) -> None:
    commands = [
        sandbox.command("sed -n 's/:.*//p' /proc/net/dev"),
        sandbox.command("exec perl reach.pl"),
    ]
    first, second = sandbox.run(*commands, files=FILES).steps
    assert first.stdout.split() == [b"lo"]
    assert b"own reached\n" in second.stdout


def test_what_a_command_leaves_running_serves_the_next(sandbox: Any) -> None:
    commands = [
        sandbox.command("exec perl listen.pl", stage=Stage.SETUP),
        sandbox.command("exec perl reach.pl 5432"),
    ]
    assert said(sandbox.run(*commands, files=FILES))["5432"] == "reached"


@pytest.mark.parametrize("process", ["1", "$PPID"])
def test_there_is_no_way_back_into_the_daemons_network(sandbox: Any, process: str) -> None:
    step = sandbox.step(f"nsenter --net=/proc/{process}/ns/net true")
    assert step.exit_code == 1
    assert b"Permission denied" in step.stderr or b"not permitted" in step.stderr


def test_the_network_of_the_organization_is_kept_and_the_daemon_is_not_reached(
    make_box: Callable[..., Any], group: Path
) -> None:
    box = make_box(shell=("sh", "-c", JOIN, str(group), *ROOTS))
    execution = ran(box, "reach.pl", keeps_network=True)
    assert {said(execution)[port] for port in PORTS} == {"Operation not permitted"}
    assert said(execution)["own"] == "reached"
    assert execution.network == "blocked"  # as far as the supervisor knows


def test_a_filter_that_keeps_nobody_off_does_not_count(
    make_box: Callable[..., Any], group: Path, other_group: Path
) -> None:
    """Here it is of a control group in which nobody is; the kernel takes it all the same."""
    lay_over = ("sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"')
    inside = (*SPACES, *lay_over, str(other_group), str(group), *DAEMON, "0")
    box = make_box(shell=("sh", "-c", JOIN, str(group), *inside))
    execution = ran(box, "reach.pl", keeps_network=True)
    assert said(execution)["2280"] == "reached"
    assert execution.network == "blocked, daemon open"


@pytest.mark.parametrize("right", ["sys_admin", "net_admin"])
def test_where_no_network_with_a_loopback_can_be_made_connections_are_filtered(
    make_box: Callable[..., Any], group: Path, right: str
) -> None:
    shell = ("sh", "-c", JOIN, str(group), *ROOTS, *refusing(right))
    execution = ran(make_box(shell=shell), "reach.pl")
    assert {said(execution)[port] for port in PORTS} == {"Operation not permitted"}
    assert said(execution)["own"] == "reached"
    assert execution.network == "blocked"


def test_where_nothing_can_be_done_the_result_says_so(make_box: Callable[..., Any]) -> None:
    shell = (*ROOTS, *refusing("sys_admin", "net_admin", "bpf"))
    execution = ran(make_box(shell=shell), "reach.pl")
    assert (said(execution)["2280"], said(execution)["own"]) == ("reached", "reached")
    assert execution.network == "blocked, daemon open"
