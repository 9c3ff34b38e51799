"""The program that runs Python to its end, without a sandbox: who gets by it, and who does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._core.reached_end import FILE
from daytona_validate._sandbox_files import sandbox_files

_FOLDER = sandbox_files("python")
_SECRET = "5ec2e7"
_SAID = f"reached {_SECRET}\n"
_TEST = "\nassert f() == 1\nprint('tested')\n"
"""What a data set puts behind an answer; each answer here is wrong."""

EARLY_ENDS = {
    "sys.exit": "import sys\ndef f(): sys.exit(0)",
    "exit": "def f(): exit()",
    "quit": "quit()",
    "raise SystemExit": "def f(): raise SystemExit",
    "os._exit": "import os\ndef f(): os._exit(0)",
    "atexit": "import atexit, os\natexit.register(os._exit, 0)\ndef f(): return 2",
    "excepthook": "import os, sys\nsys.excepthook = lambda *_: os._exit(0)\ndef f(): return 2",
    "thread": "import os, threading, time\nthreading.Thread(target=os._exit, args=(0,)).start()\n"
    "def f(): time.sleep(9)",
    "fork that goes on": "import os\nif os.fork():\n    os.wait()\n    os._exit(0)\n"
    "def f(): return 1",
    "exec of true": "import os\nos.execvp('true', ['true'])",
    "exec without asserts": "import os, sys\nif not sys.flags.optimize:\n"
    "    os.execv(sys.executable, [sys.executable, '-O', 'main.py'])\ndef f(): return 2",
    "exec of our program": "import os, sys\nif not sys.flags.optimize:\n"
    f"    os.execv(sys.executable, [sys.executable, '-O', '{_FOLDER}/run_to_end.py', 'main.py'])\n"
    "def f(): return 2",
    "signal": "import os, signal\nsignal.signal(14, lambda *_: os._exit(0))\n"
    "def f(): signal.raise_signal(14)",
    "trace function": "import os, sys\nsys.settrace(lambda *_: os._exit(0))\ndef f(): return 2",
    "assert's error": "import builtins, os\nclass E(AssertionError):\n"
    "    def __init__(self, *_): os._exit(0)\nbuiltins.AssertionError = E\ndef f(): return 2",
    "no more print": "import builtins, os\nbuiltins.print = lambda *_: os._exit(0)\n"
    "def f(): return 1",
    "destructor": "import os\nclass A:\n    def __del__(self): os._exit(0)\n"
    "def f():\n    A()\n    return 2",
    "equal to all, and gone": "import os\nclass A:\n    def __eq__(self, _): os._exit(0)\n"
    "def f(): return A()",
    "the frames above": "import os, sys\ndef f():\n    frame = sys._getframe()\n"
    "    while frame is not None:\n"
    "        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:\n"
    "            name = getattr(value, '__name__', '')\n"
    "            if 'say' in name or 'reach' in str(value)[:50]: print(value)\n"
    "            if callable(value) and name == 'say': value(0)\n"
    "        frame = frame.f_back\n    os._exit(0)",
    "the file": f"import os\ndef f():\n    os.write(2, open('{FILE}', 'rb').read())\n"
    "    os._exit(0)",
    "environment and arguments": "import os\nfor name in ('environ', 'cmdline'):\n"
    "    data = open(f'/proc/self/{name}', 'rb').read()\n"
    f"    if b'{_SECRET}' in data: os.write(2, b'{_SAID.strip()}\\n')\nos._exit(0)",
    "our modules": "import os, sys\nfor name in ('reached_end', 'run_to_end'):\n"
    "    assert name not in sys.modules\n    try: __import__(name).saying()(0)\n"
    "    except ImportError: pass\nos._exit(0)",
}
"""Answers that would end a program with code 0 before their test has ended."""

NOT_STOPPED = {
    "collector": "import gc, os\ndef f():\n    for each in gc.get_objects():\n"
    "        if getattr(each, '__name__', '') == 'say': each(0)\n    os._exit(0)",
    "jump": "import sys\nLAST = len(open('main.py').readlines())\n"
    "def jump(frame, event, _):\n    if event == 'line':\n"
    "        frame.f_lineno = LAST\n        sys.settrace(None)\n    return jump\n"
    "sys._getframe().f_trace = jump\nsys.settrace(jump)\n0\ndef f(): return 2",
}
"""What docs/evaluate.md says cannot be stopped: it searches its memory, or moves its own frame."""


def _ran(
    folder: Path, code: str, *, secret: str | None = _SECRET
) -> subprocess.CompletedProcess[str]:
    (folder / "main.py").write_text(code)
    if secret is not None:
        (folder / FILE).write_text(secret)
    program = str(_FOLDER / "run_to_end.py")
    return subprocess.run(
        [sys.executable, "-s", program, "main.py", "a"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


@pytest.mark.parametrize("code", EARLY_ENDS.values(), ids=EARLY_ENDS.keys())
def test_early_end_is_never_said_to_be_the_end(tmp_path: Path, code: str) -> None:
    ran = _ran(tmp_path, code + _TEST)
    assert _SAID not in ran.stderr
    assert _SECRET not in ran.stdout
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("code", NOT_STOPPED.values(), ids=NOT_STOPPED.keys())
def test_what_is_said_not_to_be_stopped_is_not(tmp_path: Path, code: str) -> None:
    assert _SAID in _ran(tmp_path, code + _TEST).stderr


GOOD = {
    "plain": "def f(): return 1",
    "fork whose child goes": "import os\nif not os.fork(): os._exit(0)\nos.wait()\n"
    "def f(): return 1",
    "caught exit": "def f():\n    try: exit(0)\n    except SystemExit: return 1",
    "late exit": "import atexit, os\natexit.register(os._exit, 0)\n"
    "atexit.register(lambda: print(end='', flush=True))\ndef f(): return 1",
    "closed streams": "import os, sys\ndef f():\n    os.close(2)\n    return 1",
}


@pytest.mark.parametrize("code", GOOD.values(), ids=GOOD.keys())
def test_program_that_reaches_its_end_is_said_to(tmp_path: Path, code: str) -> None:
    ran = _ran(tmp_path, code + _TEST)
    assert (ran.stderr, ran.returncode, ran.stdout) == (_SAID, 0, "tested\n")


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nprint(__name__, sys.argv, __file__, sorted(globals()), sys.path[0])",
        "import sys\nprint(sys.stdin.read(), len(sys._getframe().f_code.co_filename))",
        "def f():\n    1/0\nf()",
        "x = (\n",
        "raise KeyboardInterrupt",
        "import sys\nsys.exit('why')",
        "import sys\nsys.exit(3)",
        "import sys\ndef hook(*_): 1/0\nsys.excepthook = hook\nraise ValueError(1)",
        "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))).__module__)",
        "try: 1/0\nexcept ZeroDivisionError as e: raise ValueError from e",
        "import os\nprint(os.open('main.py', os.O_RDONLY))",
    ],
)
def test_program_behaves_as_under_python_itself(tmp_path: Path, code: str) -> None:
    ran = _ran(tmp_path, code)
    alone = subprocess.run(
        [sys.executable, "-s", "main.py", "a"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (ran.returncode, ran.stdout) == (alone.returncode, alone.stdout)
    frames = [line for line in ran.stderr.splitlines() if line and line != _SAID.strip()]
    assert [line for line in frames if "Error in" not in line][-1:] == alone.stderr.splitlines()[
        -1:
    ]
    assert "run_to_end" not in ran.stderr or "hook" in code


def test_without_a_secret_nothing_is_said(tmp_path: Path) -> None:
    ran = _ran(tmp_path, "print(1)", secret=None)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("1\n", "", 0)
