"""However a program ends, its client closes by itself: nothing hangs, is left, or is said."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow

PRELUDE = """
import asyncio, atexit, os, signal, sys, threading
from daytona_validate import DaytonaClient, Snippet, ValidatorClosed, get_daytona_client
from daytona_validate._runtime import background_loop
from daytona_validate.testing import FakeProvider, ran

is_running = threading.Event()

class Fake(FakeProvider):
    async def aclose(self):
        await super().aclose()
        print("closed with", self.alive, "alive of", self.opened, flush=True)

async def until_interpreter_ends(snippet):
    is_running.set()
    while not background_loop._at_exit.is_ending:
        await asyncio.sleep(0.001)
    return ran(snippet.code)

async def for_ever(snippet):
    is_running.set()
    await asyncio.Event().wait()

async def interrupt(snippet):
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()

def snippets(count):
    return (Snippet(code=str(n), language="python") for n in range(count))
"""
# A fork of a process with threads is deprecated, and none of ours.
FORK = ("-W", "ignore:This process:DeprecationWarning")


@pytest.mark.parametrize(
    ("last_words", "code", "stderr"),
    [
        ("pass", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("raise KeyError('mine')", 1, "KeyError: 'mine'"),
        ("client.close()", 0, ""),
        ("atexit.register(client.close)", 0, ""),
        ("del client", 0, ""),
    ],
)
def test_the_client_closes_once_however_the_program_ends(
    program: Run, last_words: str, code: int, stderr: str
) -> None:
    done = program(
        PRELUDE + f"client = DaytonaClient(provider=Fake())\n"
        f"print(client.validate('1', 'python').status)\n{last_words}"
    )
    assert (done.stdout, done.returncode) == ("Success\nclosed with 0 alive of 1\n", code)
    assert done.stderr.rpartition("\n  File")[2].endswith(stderr + "\n" if stderr else "")
    assert bool(done.stderr) == bool(stderr)


@pytest.mark.parametrize("call", ["validate('1', 'python')", "validate_many(snippets(1))"])
def test_ctrl_c_ends_a_validation_and_removes_its_sandbox(program: Run, call: str) -> None:
    done = program(PRELUDE + f"DaytonaClient(provider=Fake(interrupt)).{call}")
    assert done.stdout == "closed with 0 alive of 1\n"
    assert done.returncode in (-signal.SIGINT, 128 + signal.SIGINT)
    assert done.stderr.endswith("KeyboardInterrupt\n")
    assert done.stderr.count("Traceback") == 1


def test_after_a_caught_ctrl_c_the_client_works_on(program: Run) -> None:
    done = program(
        PRELUDE + "fake = Fake()\n"
        "async def script(snippet):\n"
        "    return await interrupt(snippet) if snippet.code == '0' else ran(snippet.code)\n"
        "client = DaytonaClient(provider=Fake(script), concurrency=1)\n"
        "try: client.validate_many(snippets(1000))\n"
        "except KeyboardInterrupt: print('caught')\n"
        "print(client.validate('7', 'python').output)\n"
    )
    assert (done.stdout, done.stderr) == ("caught\n7\nclosed with 0 alive of 2\n", "")


def test_ctrl_c_while_a_source_is_read(program: Run) -> None:
    done = program(
        PRELUDE + "client = DaytonaClient(provider=Fake())\n"
        "def source():\n"
        "    try:\n"
        "        yield Snippet(code='1', language='python')\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        threading.Event().wait()\n"
        "    finally: print('source closed')\n"
        "try: client.validate_many(source())\n"
        "except KeyboardInterrupt: print('caught')\n"
    )
    assert done.stdout == "source closed\ncaught\nclosed with 0 alive of 1\n"
    assert done.stderr == ""


def test_an_impatient_person_is_obeyed_while_the_client_closes(program: Run) -> None:
    done = program(
        PRELUDE + "class Slow(FakeProvider):\n"
        "    async def aclose(self):\n"
        "        for _ in range(2):\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "            while signal.SIGINT in signal.sigpending(): pass\n"
        "            await asyncio.sleep(0.3)\n"
        "        await asyncio.Event().wait()\n"
        "client = DaytonaClient(provider=Slow())\n"
        "print(client.validate('1', 'python').status)\n"
    )
    assert (done.stdout, done.stderr, done.returncode) == ("Success\n", "", 0)


def test_threads_that_nobody_waits_for_get_their_results(program: Run) -> None:
    """Python waits for them at its end, and so does the client."""
    done = program(
        PRELUDE + "client = DaytonaClient(provider=Fake(until_interpreter_ends))\n"
        "def work():\n"
        "    print(client.validate('1', 'python').status)\n"
        "    try: client.validate('1', 'python')\n"
        "    except ValidatorClosed as error: print(error)\n"
        "threading.Thread(target=work).start()\n"
        "is_running.wait()\n"
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "Success"
    assert "closed with 0 alive of 1" in lines[1:]
    assert [line for line in lines if line.startswith("The interpreter is ending")]
    assert done.stderr == ""


@pytest.mark.parametrize("call", ["validate('1', 'python')", "validate_many(source())"])
def test_daemon_threads_are_called_off_without_a_word(program: Run, call: str) -> None:
    done = program(
        PRELUDE + "client = DaytonaClient(provider=Fake(for_ever))\n"
        "def source():\n"
        "    yield Snippet(code='1', language='python')\n"
        "    threading.Event().wait()\n"
        f"threading.Thread(target=lambda: client.{call}, daemon=True).start()\n"
        "is_running.wait()\n"
    )
    assert (done.stdout, done.stderr) == ("closed with 0 alive of 1\n", "")


def test_a_pool_of_threads_is_waited_for(program: Run) -> None:
    done = program(
        PRELUDE + "from concurrent.futures import ThreadPoolExecutor\n"
        "client = DaytonaClient(provider=Fake(until_interpreter_ends), concurrency=4)\n"
        "def work(): print(client.validate('1', 'python').status)\n"
        "pool = ThreadPoolExecutor(4)\n"
        "for _ in range(4): pool.submit(work)\n"
        "is_running.wait()\n"
    )
    lines = done.stdout.splitlines()
    assert lines.count("Success") >= 1  # the others may have come too late to begin
    assert lines[-1].startswith("closed with 0 alive")
    assert done.stderr == ""


def test_no_client_opens_when_the_interpreter_ends(program: Run) -> None:
    done = program(
        PRELUDE + "@atexit.register\n"
        "def late():\n"
        "    try: get_daytona_client()\n"
        "    except ValidatorClosed as error: print(error)\n"
    )
    assert done.stdout.startswith("The interpreter is ending")
    assert done.stderr == ""


@pytest.mark.parametrize("in_child", ["sys.exit(0)", "os._exit(0)"])
def test_a_forked_child_has_a_client_of_its_own(program: Run, in_child: str) -> None:
    done = program(
        PRELUDE + "client = get_daytona_client()\n"
        "def ask(who):\n"
        "    same = get_daytona_client() is client\n"
        "    answer = client.validate_code_with_daytona('1', 'python', who)\n"
        "    print(who, same, answer['details'][:27], flush=True)\n"
        "ask('parent')\n"
        "if os.fork() == 0:\n"
        f"    ask('child'); {in_child}\n"
        "print(os.wait()[1])\n"
        "ask('parent')\n",
        options=FORK,
    )
    said = "True Code validation unavailable"
    assert done.stdout == f"parent {said}\nchild {said}\n0\nparent {said}\n"
    assert done.stderr.count("Code validation unavailable") == len(done.stderr.splitlines())


def test_a_fork_in_the_middle_of_a_validation_disturbs_neither_side(program: Run) -> None:
    done = program(
        PRELUDE + "go = threading.Event()\n"
        "async def script(snippet):\n"
        "    is_running.set()\n"
        "    while not go.is_set(): await asyncio.sleep(0.001)\n"
        "    return ran(snippet.code)\n"
        "client = DaytonaClient(provider=Fake(script))\n"
        "thread = threading.Thread(target=lambda: print(client.validate('1', 'python').status))\n"
        "thread.start(); is_running.wait()\n"
        "if os.fork() == 0:\n"
        "    try: client.validate('2', 'python')\n"
        "    except ValidatorClosed as error: print(error, flush=True)\n"
        "    with DaytonaClient(provider=Fake()) as other: other.validate('3', 'python')\n"
        "    sys.exit(0)\n"
        "print(os.wait()[1], flush=True)\n"
        "go.set(); thread.join()\n",
        options=FORK,
    )
    assert done.stdout.splitlines() == [
        "This client's provider belongs to the process that was forked; make a new client here.",
        "closed with 0 alive of 1",
        "0",
        "Success",
        "closed with 0 alive of 1",
    ]
    assert done.stderr == ""


def test_workers_of_multiprocessing_close_theirs(program: Run) -> None:
    done = program(
        PRELUDE + "import multiprocessing\n"
        "def work():\n"
        "    print(DaytonaClient(provider=Fake()).validate('1', 'python').status, flush=True)\n"
        "worker = multiprocessing.get_context('fork').Process(target=work)\n"
        "worker.start(); worker.join(); print(worker.exitcode)\n",
        options=FORK,
    )
    assert done.stdout == "Success\nclosed with 0 alive of 1\n0\n"
    assert done.stderr == ""


def test_inside_a_running_loop_and_its_threads(program: Run) -> None:
    """As in a notebook: the call comes from a coroutine, and blocks it."""
    done = program(
        PRELUDE + "client = DaytonaClient(provider=Fake())\n"
        "async def main():\n"
        "    first = client.validate('1', 'python')\n"
        "    many = client.validate_many(snippets(3))\n"
        "    three = [asyncio.to_thread(client.validate, '1', 'python') for _ in range(3)]\n"
        "    print(*(each.status for each in (first, *many, *await asyncio.gather(*three))))\n"
        "asyncio.run(main())\n"
    )
    assert done.stdout == " ".join(["Success"] * 7) + "\nclosed with 0 alive of 7\n"
    assert done.stderr == ""


@pytest.mark.jail
def test_real_sandboxes_are_gone_after_ctrl_c(program: Run) -> None:
    done = program(
        PRELUDE + "from pathlib import Path\n"
        "client = DaytonaClient(provider='local', concurrency=4)\n"
        "print(client.validate('print(1)', 'python').output, end='')\n"
        "def jails():\n"
        "    tasks = Path('/proc/self/task').iterdir()\n"
        "    return sum(len((task / 'children').read_text().split()) for task in tasks)\n"
        "def source():\n"
        "    for _ in range(3):\n"
        "        yield Snippet(code='import time; time.sleep(60)', language='python')\n"
        "    while jails() < 3: pass\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    threading.Event().wait()\n"
        "try: client.validate_many(source())\n"
        "except KeyboardInterrupt: print('caught')\n"
        "client.close()\n"
        "print('left', jails())\n"
    )
    assert (done.stdout, done.stderr) == ("1\ncaught\nleft 0\n", "")
