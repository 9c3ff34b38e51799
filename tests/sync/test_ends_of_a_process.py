"""However a program ends, its client closes by itself: nothing hangs, is left, or is said."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Says = Callable[..., str]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("last_words", "code", "stderr"),
    [
        ("pass", 0, ""),
        ("raise KeyError('mine')", 1, "KeyError: 'mine'"),
        *(
            pytest.param(each, code, "", marks=pytest.mark.thorough)
            for each, code in {
                "sys.exit(3)": 3,
                "atexit.register(client.close)": 0,
                "client.close()": 0,
                "del client": 0,
            }.items()
        ),
    ],
)
def test_the_client_closes_once_however_the_program_ends(
    script: Run, last_words: str, code: int, stderr: str
) -> None:
    done = script(
        f"client = DaytonaClient(provider=Fake())\n"
        f"say(client.validate('1', 'python').status)\n{last_words}"
    )
    assert (done.stdout, done.returncode) == ("Success\nclosed with 0 alive of 1\n", code)
    assert done.stderr.rpartition("\n  File")[2].endswith(stderr + "\n" if stderr else "")
    assert bool(done.stderr) == bool(stderr)


@pytest.mark.parametrize(
    "call",
    [
        "validate('1', 'python')",
        pytest.param("validate_many(snippets(1))", marks=pytest.mark.thorough),
    ],
)
def test_ctrl_c_ends_a_validation_and_removes_its_sandbox(script: Run, call: str) -> None:
    done = script(f"DaytonaClient(provider=Fake(interrupt)).{call}")
    assert done.stdout == "closed with 0 alive of 1\n"
    assert done.returncode in (-signal.SIGINT, 128 + signal.SIGINT)
    assert done.stderr.endswith("KeyboardInterrupt\n")
    assert done.stderr.count("Traceback") == 1


def test_after_a_caught_ctrl_c_the_client_works_on(says: Says) -> None:
    said = says(
        "fake = Fake()\n"
        "async def script(snippet):\n"
        "    return await interrupt(snippet) if snippet.code == '0' else ran(snippet.code)\n"
        "client = DaytonaClient(provider=Fake(script), concurrency=1)\n"
        "try: client.validate_many(snippets(1000))\n"
        "except KeyboardInterrupt: say('caught')\n"
        "say(client.validate('7', 'python').output)\n"
    )
    assert said == "caught\n7\nclosed with 0 alive of 2\n"


@pytest.mark.thorough
def test_ctrl_c_while_a_source_is_read(says: Says) -> None:
    said = says(
        "client = DaytonaClient(provider=Fake())\n"
        "def source():\n"
        "    try:\n"
        "        yield Snippet(code='1', language='python')\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        threading.Event().wait()\n"
        "    finally: say('source closed')\n"
        "try: client.validate_many(source())\n"
        "except KeyboardInterrupt: say('caught')\n"
    )
    assert said == "source closed\ncaught\nclosed with 0 alive of 1\n"


@pytest.mark.thorough
def test_an_impatient_person_is_obeyed_while_the_client_closes(script: Run) -> None:
    done = script(
        "class Slow(FakeProvider):\n"
        "    async def aclose(self):\n"
        "        for _ in range(2):\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "            while signal.SIGINT in signal.sigpending(): pass\n"
        "            await asyncio.sleep(0.3)\n"
        "        await asyncio.Event().wait()\n"
        "client = DaytonaClient(provider=Slow())\n"
        "say(client.validate('1', 'python').status)\n"
    )
    assert (done.stdout, done.stderr, done.returncode) == ("Success\n", "", 0)


@pytest.mark.thorough
def test_threads_that_nobody_waits_for_get_their_results(says: Says) -> None:
    """Python waits for them at its end, and so does the client."""
    said = says(
        "client = DaytonaClient(provider=Fake(until_interpreter_ends))\n"
        "def work():\n"
        "    say(client.validate('1', 'python').status)\n"
        "    try: client.validate('1', 'python')\n"
        "    except ValidatorClosed as error: say(error)\n"
        "threading.Thread(target=work).start()\n"
        "is_running.wait()\n"
    )
    success, refused, closed = sorted(said.splitlines())
    assert refused.startswith("The interpreter is ending")
    assert (success, closed) == ("Success", "closed with 0 alive of 1")


@pytest.mark.thorough
def test_a_call_for_many_is_finished_before_the_interpreter_ends(says: Says) -> None:
    said = says(
        "client = DaytonaClient(provider=Fake(until_interpreter_ends), concurrency=1)\n"
        "def work(): say(len(client.validate_many(snippets(20))))\n"
        "threading.Thread(target=work).start()\n"
        "is_running.wait()\n"
    )
    assert sorted(said.splitlines()) == ["20", "closed with 0 alive of 20"]


@pytest.mark.thorough
def test_a_daemon_thread_is_called_off_without_a_word(says: Says) -> None:
    said = says(
        "class Waiting(Fake):\n"
        "    async def aclose(self):\n"
        "        while thread.is_alive(): await asyncio.sleep(0.001)\n"
        "        await super().aclose()\n"
        "client = DaytonaClient(provider=Waiting(for_ever))\n"
        "thread = threading.Thread(target=client.validate, args=('1', 'python'), daemon=True)\n"
        "thread.start(); is_running.wait()\n"
    )
    assert said == "closed with 0 alive of 1\n"


@pytest.mark.thorough
def test_a_daemon_thread_that_reads_for_ever_is_left_alone(says: Says) -> None:
    said = says(
        "client = DaytonaClient(provider=Fake(for_ever))\n"
        "def source():\n"
        "    yield Snippet(code='1', language='python')\n"
        "    threading.Event().wait()\n"
        "threading.Thread(target=lambda: client.validate_many(source()), daemon=True).start()\n"
        "is_running.wait()\n"
    )
    assert said == "closed with 0 alive of 1\n"


@pytest.mark.thorough
def test_a_pool_of_threads_is_waited_for(says: Says) -> None:
    said = says(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "client = DaytonaClient(provider=Fake(until_interpreter_ends), concurrency=4)\n"
        "def work(): say(client.validate('1', 'python').status)\n"
        "pool = ThreadPoolExecutor(4)\n"
        "for _ in range(4): pool.submit(work)\n"
        "is_running.wait()\n"
    )
    lines = said.splitlines()
    assert lines.count("Success") >= 1  # the others may have come too late to begin
    # A thread that has its result may say so after the client has been closed.
    assert sum(line.startswith("closed with 0 alive") for line in lines) == 1


@pytest.mark.thorough
def test_no_client_opens_when_the_interpreter_ends(says: Says) -> None:
    said = says(
        "@atexit.register\n"
        "def late():\n"
        "    try: get_daytona_client()\n"
        "    except ValidatorClosed as error: say(error)\n"
    )
    assert said.startswith("The interpreter is ending")


def test_inside_a_running_loop_and_its_threads(says: Says) -> None:
    """As in a notebook: the call comes from a coroutine, and blocks it."""
    said = says(
        "client = DaytonaClient(provider=Fake())\n"
        "async def main():\n"
        "    first = client.validate('1', 'python')\n"
        "    many = client.validate_many(snippets(3))\n"
        "    three = [asyncio.to_thread(client.validate, '1', 'python') for _ in range(3)]\n"
        "    say(' '.join(each.status for each in (first, *many, *await asyncio.gather(*three))))\n"
        "asyncio.run(main())\n"
    )
    assert said == " ".join(["Success"] * 7) + "\nclosed with 0 alive of 7\n"


@pytest.mark.thorough
@pytest.mark.jail
def test_real_sandboxes_are_gone_after_ctrl_c(says: Says) -> None:
    said = says(
        "from pathlib import Path\n"
        "client = DaytonaClient(provider='local', concurrency=4)\n"
        "say(client.validate('print(1)', 'python').output.strip())\n"
        "def children(task):\n"
        "    try: return (task / 'children').read_text().split()\n"
        "    except (FileNotFoundError, ProcessLookupError): return []  # a thread that has ended\n"
        "def jails():\n"
        "    return sum(len(children(task)) for task in Path('/proc/self/task').iterdir())\n"
        "def source():\n"
        "    for _ in range(3):\n"
        "        yield Snippet(code='import time; time.sleep(60)', language='python')\n"
        "    while jails() < 3: threading.Event().wait(0.02)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    threading.Event().wait()\n"
        "try: client.validate_many(source())\n"
        "except KeyboardInterrupt: say('caught')\n"
        "client.close()\n"
        "say(f'left {jails()}')\n"
    )
    assert said == "1\ncaught\nleft 0\n"
