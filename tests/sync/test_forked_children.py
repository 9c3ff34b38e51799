"""A forked child has a client of its own, and leaves its parent's alone."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Says = Callable[..., str]

pytestmark = pytest.mark.slow

# A fork of a process with threads is deprecated, and none of ours.
FORK = ("-W", "ignore:This process:DeprecationWarning")


@pytest.mark.parametrize(
    "in_child", ["sys.exit(0)", pytest.param("os._exit(0)", marks=pytest.mark.thorough)]
)
def test_a_forked_child_has_a_client_of_its_own(script: Run, in_child: str) -> None:
    done = script(
        "client = get_daytona_client()\n"
        "def ask(who):\n"
        "    same = get_daytona_client() is client\n"
        "    answer = client.validate_code_with_daytona('1', 'python', who)\n"
        "    say(' '.join((who, str(same), answer['details'][:27])))\n"
        "ask('parent')\n"
        "if os.fork() == 0:\n"
        f"    ask('child'); {in_child}\n"
        "say(os.wait()[1])\n"
        "ask('parent')\n",
        options=FORK,
    )
    said = "True Code validation unavailable"
    assert done.stdout == f"parent {said}\nchild {said}\n0\nparent {said}\n"
    assert done.stderr.count("Code validation unavailable") == len(done.stderr.splitlines())


@pytest.mark.thorough
def test_a_fork_in_the_middle_of_a_validation_disturbs_neither_side(says: Says) -> None:
    said = says(
        "go = threading.Event()\n"
        "async def script(snippet):\n"
        "    is_running.set()\n"
        "    while not go.is_set(): await asyncio.sleep(0.001)\n"
        "    return ran(snippet.code)\n"
        "client = DaytonaClient(provider=Fake(script))\n"
        "thread = threading.Thread(target=lambda: say(client.validate('1', 'python').status))\n"
        "thread.start(); is_running.wait()\n"
        "if os.fork() == 0:\n"
        "    try: client.validate('2', 'python')\n"
        "    except ValidatorClosed as error: say(error)\n"
        "    with DaytonaClient(provider=Fake()) as other: other.validate('3', 'python')\n"
        "    sys.exit(0)\n"
        "say(os.wait()[1])\n"
        "go.set(); thread.join()\n",
        options=FORK,
    )
    assert said.splitlines() == [
        "This client's provider belongs to the parent process; make a new client in this one.",
        "closed with 0 alive of 1",
        "0",
        "Success",
        "closed with 0 alive of 1",
    ]


def test_locks_that_are_held_while_a_process_forks_do_not_stop_its_child(script: Run) -> None:
    done = script(
        "from daytona_validate import _sync\n"
        "client = get_daytona_client()\n"
        "with _sync._shared.lock, client._lock, background_loop._at_exit.lock:\n"
        "    if os.fork() == 0:\n"
        "        say(get_daytona_client().validate('1', 'python').status); os._exit(0)\n"
        "say(os.wait()[1])\n",
        options=FORK,
    )
    assert done.stdout == "Failure\n0\n"


@pytest.mark.thorough
def test_workers_of_multiprocessing_close_theirs(says: Says) -> None:
    said = says(
        "import multiprocessing\n"
        "def work():\n"
        "    say(DaytonaClient(provider=Fake()).validate('1', 'python').status)\n"
        "worker = multiprocessing.get_context('fork').Process(target=work)\n"
        "worker.start(); worker.join(); say(worker.exitcode)\n",
        options=FORK,
    )
    assert said == "Success\nclosed with 0 alive of 1\n0\n"
