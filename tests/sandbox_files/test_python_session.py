"""The program that runs Python after earlier codes, by itself and without a sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daytona_validate._models import MissingKind, Outcome

from .python_session import run

_CHILD = "import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait()"
_THREAD = "import threading\nthreading.Thread(target=threading.Event().wait).start()"
_DATA = "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\n"
_REOPENED = "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer)"

FOUND = {
    "name": (("x = 1",), "print(x)", "1\n"),
    "what_a_failed_code_made": (("x = 1\n1/0", "print(x"), "print(x)", "1\n"),
    "nothing_of_its_output": (("print(1)", "import os; os.system('echo 2')"), "print(3)", "3\n"),
    "import_of_a_file": (
        ("open('own.py', 'w').write('y = 2')", "import own"),
        "print(own.y)",
        "2\n",
    ),
    "after_exits": (("import sys; sys.exit(1)", "raise KeyboardInterrupt"), "print(1)", "1\n"),
    "after_closed_streams": (("import sys; sys.stdout.close()",), "print(1)", "1\n"),
    "after_other_streams": (("import io, sys; sys.stdout = io.StringIO()",), "print(1)", "1\n"),
    "after_streams_taken_apart": ((_REOPENED, "sys.stdout.detach()"), "print(1)", "1\n"),
    "after_closed_descriptors": (("import os; os.close(1); os.close(2)",), "print(1)", "1\n"),
    "its_own_folder": (
        ("import os; home = os.getcwd(); os.chdir('/')",),
        "print(home == os.getcwd())",
        "True\n",
    ),
    "no_timer": (("import signal; signal.setitimer(signal.ITIMER_REAL, 9)",),
                 "print(signal.getitimer(signal.ITIMER_REAL)[0])", "0.0\n"),
    "no_hook": (("import sys; sys.excepthook = sys.displayhook = None",),
                "print(sys.excepthook is sys.__excepthook__)", "True\n"),
    "no_call_at_the_exit": (
        ("import atexit\natexit.register(print, 'exit')", "from atexit import register"),
        "print(atexit.register is register, atexit.register.__module__)\nregister(print, 'own')",
        "False atexit\nown\n",
    ),
    "a_call_at_the_exit_of_a_library": (
        ("import tempfile, os\nfolder = tempfile.TemporaryDirectory()",),
        "print(os.path.isdir(folder.name))",
        "True\n",
    ),
    "a_handler_of_a_signal": (
        ("import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('handled'))",),
        "signal.raise_signal(signal.SIGUSR1)",
        "handled\n",
    ),
    "no_other_builtins": (
        ("import builtins\nbuiltins.print = builtins.__import__ = None\nbuiltins.added = 1",),
        "import json\nprint(added)",
        "1\n",
    ),
    "no_hook_of_threads": (
        ("import threading\nthreading.excepthook = None\nthreading.setprofile(print)",),
        "print(threading.excepthook is threading.__excepthook__, threading.getprofile())",
        "True None\n",
    ),
    "no_thread_to_wait_for": ((_THREAD,), "print(1)", "1\n"),
    "only_the_parent_goes_on": ((_CHILD,), "print(1)", "1\n"),
    "await": (
        ("import asyncio\nx = 1\nawait asyncio.sleep(0)", "async def f():\n    return x"),
        "print(await f())",
        "1\n",
    ),
    "own_loop": (("import asyncio",), "asyncio.run(asyncio.sleep(0))\nprint(1)", "1\n"),
    "future": (
        ("from __future__ import annotations",),
        "def f(x: y): pass\nprint(f.__annotations__)",
        "{'x': 'y'}\n",
    ),
    "main_module": ((_DATA,), "import pickle\nprint(pickle.loads(pickle.dumps(A(1))))", "A(x=1)\n"),
    "source": (
        ("def f():\n    return 1\n",),
        "import inspect\nprint(inspect.getsource(f))",
        "def f():\n    return 1\n\n",
    ),
    "main": (("if __name__ == '__main__':\n    x = 1",), "print(x, __name__)", "1 __main__\n"),
    "many": (("x = 1", *["x += 1"] * 250), "print(x)", "251\n"),
}  # fmt: skip

QUICK_FOUND = {
    *("name", "what_a_failed_code_made", "import_of_a_file", "after_exits", "its_own_folder"),
    *("after_closed_descriptors", "no_call_at_the_exit", "no_other_builtins", "await"),
    *("only_the_parent_goes_on", "main_module"),
}
"""The others are left to the thorough tests."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("earlier", "code", "output"),
    [
        pytest.param(*case, id=name, marks=[] if name in QUICK_FOUND else [pytest.mark.thorough])
        for name, case in FOUND.items()
    ],
)
def test_program_finds(tmp_path: Path, earlier: tuple[str, ...], code: str, output: str) -> None:
    verdict, _ = run(tmp_path, earlier, code)
    assert (verdict.outcome, verdict.output, verdict.error) == (Outcome.PASSED, output, None)
    assert len(verdict.earlier) == len(earlier)


ENDS = {
    "error": "def f():\n    1/0\n\nf()\n",
    "error_with_a_cause": "try:\n    1/0\nexcept ArithmeticError as e:\n    raise KeyError from e",
    "syntax": "def (:\n",
    "indent": "  x = 1\n",
    "encoding": "# coding: latin-1\nprint('\xe9')",
    "exit_code": "import sys\nsys.exit(3)",
    "exit_message": "import sys\nsys.exit('bye')",
    "hard_exit": "import os\nos._exit(4)",
    "signal": "import os\nos.kill(os.getpid(), 15)",
    "interrupt": "raise KeyboardInterrupt",
    "hook": "import sys\nsys.excepthook = lambda *_: print('mine')\n1/0",
    "group": "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
    "warning": "import warnings\nwarnings.warn('w')\nimport imp_that_is_not",
    "at_exit": "import atexit\natexit.register(print, 'last')\nprint('first')\n1/0",
    # From Python 3.12 on a fork beside the earlier code's thread is warned of.
    "child_that_fails": "import os, warnings\nwarnings.simplefilter('ignore')\n"
    "if os.fork() == 0:\n    1/0\nos.wait()",
    "name": "x = nosuch",
    "tests": "def test_a(): pass\n",
}

QUICK_ENDS = {"error", "syntax", "exit_code", "hard_exit", "signal", "at_exit", "tests"}
"""The others are left to the thorough tests."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        pytest.param(case, id=name, marks=[] if name in QUICK_ENDS else [pytest.mark.thorough])
        for name, case in ENDS.items()
    ],
)
def test_program_ends_as_it_would_alone(tmp_path: Path, code: str) -> None:
    """Also where earlier code made warnings errors, hooks and threads."""
    earlier = ("import warnings, sys\nwarnings.simplefilter('error')\nsys.settrace(print)", _THREAD)
    after, step = run(tmp_path, earlier, code)
    alone, alone_step = run(tmp_path, (), code)
    assert (step.stdout, step.stderr, step.exit_code, step.signal) == (
        alone_step.stdout,
        alone_step.stderr,
        alone_step.exit_code,
        alone_step.signal,
    )
    assert (after.outcome, after.details, after.error_line) == (
        alone.outcome,
        alone.details,
        alone.error_line,
    )


_FACTS = """
import json, os, sys, threading, warnings
names = ("stdin", "stdout", "stderr")
print(json.dumps([
    sys.argv, __name__, __file__, dir(), list(globals()), str(__spec__), sys.path, os.getcwd(),
    sorted(set(os.listdir("/proc/self/fd")) - {"64"}), threading.active_count(), sys.stdin.read(),
    [[getattr(sys, n).encoding, getattr(sys, n).errors, getattr(sys, n).name] for n in names],
    sorted(os.listdir()), str(__builtins__), len(warnings.filters), sys.getrecursionlimit(),
]))
"""


@pytest.mark.slow
def test_program_sees_what_it_would_alone(tmp_path: Path) -> None:
    alone, _ = run(tmp_path, (), _FACTS, "a", "b", stdin="in")
    after, _ = run(tmp_path, ("",), _FACTS, "a", "b", stdin="in")
    assert json.loads(after.output) == json.loads(alone.output)


@pytest.mark.slow
def test_each_code_is_told(tmp_path: Path) -> None:
    earlier = (
        "print('x' * 10_000_000)\nimport sys\nprint('no', file=sys.stderr)",
        "def f():\n    return nosuch\n\nf()",
        "import os\nos.system('echo out; echo err >&2')",
        "import sys\nsys.exit('done')",
        "x = (",
        "input()",
        "import nosuch_module",
    )
    verdict, _ = run(tmp_path, earlier, "print(1)", stdin="unread")
    flood, error, child, left, unparsed, unread, module = verdict.earlier
    assert flood.has_passed
    assert (set(flood.output), len(flood.output), flood.error) == ({"x"}, 8192, "no\n")
    assert (error.details, error.line) == ("NameError: name 'nosuch' is not defined (line 2)", 2)
    assert error.missing is not None
    assert (error.missing.kind, error.missing.name) == (MissingKind.NAME, "nosuch")
    assert (error.error or "").startswith("Traceback (most recent call last):\n  File ")
    assert (child.has_passed, child.output, child.error) == (True, "out\n", "err\n")
    assert (left.has_passed, left.details) == (False, "SystemExit: done")
    assert unparsed.details == "SyntaxError: '(' was never closed (line 1)"
    assert unread.details == "EOFError: EOF when reading a line (line 1)"
    assert module.missing is not None
    assert module.missing.kind is MissingKind.MODULE


CALLED_AT_THE_EXIT = """\
import atexit
atexit.register(print, "last")
@atexit.register
def fails():
    1/0
atexit.register(print, "never")
atexit.unregister(print)
atexit.register(print, "first")
"""


@pytest.mark.slow
def test_calls_at_the_exit_are_of_the_code_that_registers_them(tmp_path: Path) -> None:
    verdict, _ = run(tmp_path, (CALLED_AT_THE_EXIT, "print(2)"), "print(3)")
    first, second = verdict.earlier
    assert (first.has_passed, first.output, verdict.output) == (True, "first\n", "3\n")
    assert (first.error or "").endswith("ZeroDivisionError: division by zero\n")
    assert (second.output, second.error) == ("2\n", None)


@pytest.mark.slow
def test_no_earlier_call_at_the_exit_hides_a_failure(tmp_path: Path) -> None:
    ends = "import atexit, os\natexit.register(os._exit, 0)"
    verdict, _ = run(tmp_path, (ends,), "assert 1 == 2")
    assert verdict.outcome is Outcome.NOT_RUNNABLE
    assert verdict.earlier[0].details == "it ended the session (exit code 0)"


@pytest.mark.slow
def test_a_report_stays_bounded(tmp_path: Path) -> None:
    """What does not go into it is left out; whether a code failed never is."""
    loud = "print('\\0' * 9000)\nimport sys\nprint('\\0' * 9000, file=sys.stderr)\n"
    verdict, step = run(tmp_path, [loud, f"{loud}raise ValueError('\\0' * 9000)"] * 60, "print(1)")
    assert step.stdout == b"1\n"
    assert [each.has_passed for each in verdict.earlier] == [True, False] * 60
    assert verdict.earlier[0].output
    assert not verdict.earlier[-2].output


@pytest.mark.parametrize(
    ("code", "words"),
    [("import os\nos._exit(0)", "exit code 0"), ("import os\nos.kill(os.getpid(), 9)", "signal 9")],
)
def test_a_code_that_ends_the_session_is_named(tmp_path: Path, code: str, words: str) -> None:
    verdict, _ = run(tmp_path, ("x = 1", code, "y = 1"), "print(1)")
    assert verdict.outcome is Outcome.NOT_RUNNABLE
    assert verdict.details.endswith(f"the blocks before it ended the session ({words})")
    told = [each.details for each in verdict.earlier]
    assert told == ["", f"it ended the session ({words})", "it was not run"]


@pytest.mark.slow
def test_a_child_of_an_earlier_code_may_go_on_writing(tmp_path: Path) -> None:
    """Nobody reads it any more, and it does not end for that."""
    writes = "import sys\nsys.stdin.read()\nprint('more')\nsys.exit(5)"
    earlier = (
        "import subprocess, sys\np = subprocess.Popen("
        f"[sys.executable, '-S', '-c', {writes!r}], stdin=subprocess.PIPE)"
    )
    verdict, _ = run(tmp_path, (earlier,), "p.stdin.close()\nprint(p.wait())")
    assert (verdict.output, verdict.error) == ("5\n", None)
