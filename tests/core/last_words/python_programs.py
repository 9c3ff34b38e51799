"""Programs that end CPython in every way it has words for."""

PROGRAMS = {
    "unclosed": "print(\n",
    "warning_then_syntax": 'x = "\\d"\nprint(1 is 1)\nawait x\n',
    "indent": "  x=1\n",
    "tab": "if 1:\n\tx=1\n        y=2\n",
    "unknown_encoding": "# -*- coding: xyz -*-\n",
    "bad_escape": 'x="\\N{foo}"\n',
    "too_nested": "(" * 250 + ")" * 250,
    "too_deep_to_parse": "-" * 100000 + "1",
    "too_deep_to_compile": "x" + ".a" * 50000,
    "return_outside": "return 1\n",
    "magic": "%matplotlib inline\nimport x\n",
    "shell_line": "!pip install x\n",
    "session": ">>> print(1)\n1\n",
    "missing": "import scipy.stats\n",
    "missing_in_function": "def load():\n    import scipy\n\nload()\n",
    "missing_then_del": (
        "class A:\n  def __del__(self): raise ValueError('del')\na=A()\nimport nopkg\n"
    ),
    "missing_in_pool": (
        "import multiprocessing as m\ndef f(x): import nopkg\n"
        'if __name__=="__main__":\n  with m.Pool(1) as p: p.map(f,[1])\n'
    ),
    "not_a_package": "import os.nope\n",
    "relative": "from . import x\n",
    "missing_name": "from os import nope\n",
    "missing_in_thread": (
        "import threading,sys\ndef f(): import nopkg\n"
        "t=threading.Thread(target=f);t.start();t.join();sys.exit(1)\n"
    ),
    "missing_printed_then_value_error": (
        "import traceback\ntry:\n  import nopkg\nexcept ImportError:\n  traceback.print_exc()\n"
        "raise ValueError('later')\n"
    ),
    "missing_handled_then_exit": (
        "import traceback,sys\ntry:\n  import nopkg\nexcept ImportError:\n  traceback.print_exc()\n"
        "sys.exit(3)\n"
    ),
    "missing_while_handling": "try:\n  1/0\nexcept ZeroDivisionError:\n  import nopkg\n",
    "missing_with_note": (
        "try:\n  import nopkg\nexcept ImportError as e:\n  e.add_note('install it')\n  raise\n"
    ),
    "missing_in_group": (
        "try:\n  import nopkg\nexcept ImportError as e:\n  raise ExceptionGroup('g', [e])\n"
    ),
    "missing_as_cause": (
        "try:\n  import nopkg\nexcept ImportError as e:\n  raise RuntimeError('no nopkg') from e\n"
    ),
    "chained_multi_line": (
        "try:\n  1/0\nexcept Exception as e:\n"
        '  raise ValueError("multi\\nline: message\\nKey: x") from e\n'
    ),
    "group": 'raise ExceptionGroup("eg",[ValueError(1),ImportError("x")])\n',
    "group_with_cause": (
        "try:\n  1/0\nexcept Exception as e:\n  raise ExceptionGroup('eg', [e]) from e\n"
    ),
    "exit_message": 'raise SystemExit("bye now\\nsecond")\n',
    "exit_3": "import sys; sys.exit(3)\n",
    "unittest": (
        "import unittest\nclass T(unittest.TestCase):\n  def test(self): self.assertEqual(1,2)\n"
        "unittest.main()\n"
    ),
    "unittest_missing": (
        "import unittest\nclass T(unittest.TestCase):\n  def test(self): import nopkg\n"
        "unittest.main()\n"
    ),
    "interrupt": "raise KeyboardInterrupt\n",
    "assertion": "assert 1==2\n",
    "custom": 'class Problem(Exception): pass\nraise Problem("x")\n',
    "custom_no_message": ("class A:\n  class B(Exception): pass\nraise A.B\n"),
    "os_exit": "import os\nos._exit(5)\n",
    "segfault": "import os,signal\nos.kill(os.getpid(),11)\n",
    "exec_syntax": 'exec("x x")\n',
    "thread_after_main": (
        "import threading\ngo=threading.Event()\ndef f(): go.wait(); import nopkg\n"
        "t=threading.Thread(target=f);t.start()\n"
        "import sys\nhook=sys.excepthook\n"
        "def then(*a): hook(*a); go.set()\n"
        "sys.excepthook=then\nraise ValueError('main')\n"
    ),
    "chained_in_thread": (
        "import threading,sys\ndef f():\n  try: 1/0\n  except Exception: import nopkg\n"
        "t=threading.Thread(target=f);t.start();t.join();sys.exit(1)\n"
    ),
    "forgotten_task": (
        'import asyncio\nasync def f(): raise ValueError("t")\nasync def m():\n'
        "  t=asyncio.ensure_future(f()); await asyncio.sleep(0.01)\n"
        '  raise KeyError("main")\nasyncio.run(m())\n'
    ),
    "memory": "x=[0]*10**15\n",
    "memory_mentioned": "raise ValueError('MemoryError: not really')\n",
    "note": 'e=ValueError("a");e.add_note("note: n");raise e\n',
    "recursion": "def f(): f()\nf()\n",
    "atexit": 'import atexit\natexit.register(lambda: 1/0)\nraise ValueError("m")\n',
    "undefined": "print(undefined_name)\n",
    "argparse": (
        'import argparse\np=argparse.ArgumentParser();p.add_argument("x");p.parse_args()\n'
    ),
    "disk_full": 'open("/dev/full","w",buffering=1).write("x\\n")\n',
    "disk_full_handled": (
        "import sys\nf=open('/dev/full','wb',buffering=0)\ntry:\n  f.write(b'x')\n"
        "except OSError as e:\n  print(e, file=sys.stderr)\nraise KeyError('later')\n"
    ),
    "empty_message": 'raise ValueError("")\n',
    "traceback_in_message": 'raise ValueError("Traceback (most recent call last):\\nx")\n',
    "no_traceback": "import sys; sys.tracebacklimit=0\nraise ValueError('short')\n",
    "own_hook": "import sys\nsys.excepthook=lambda *a: print('hooked')\n1/0\n",
    "socket_would_block": (
        "import socket\na,b=socket.socketpair();a.setblocking(False);a.recv(1)\n"
    ),
    "no_new_process": (
        "import resource,subprocess\nresource.setrlimit(resource.RLIMIT_NPROC,(0,0))\n"
        "subprocess.run(['true'])\n"
    ),
    "no_new_thread": (
        "import resource,threading\nresource.setrlimit(resource.RLIMIT_NPROC,(0,0))\n"
        "threading.Thread(target=print).start()\n"
    ),
}
