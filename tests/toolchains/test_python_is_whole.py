"""Python in a jail does what it does outside: no program is blamed for what a sandbox lacks."""

from __future__ import annotations

import asyncio
import json
import subprocess
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from daytona_validate import CodeValidationResult, Fault, Outcome, Snippet, Validator
from daytona_validate._providers.local import LocalProvider
from daytona_validate._toolchains.python import base_interpreter
from plain_settings import plain_settings

pytestmark = [pytest.mark.jail, pytest.mark.slow]

ALL_MODULES = """
import importlib, json, os, sys, warnings
warnings.simplefilter("ignore")
found = {}
for name in sorted(sys.stdlib_module_names - {"antigravity", "this"}):  # both do something
    try:
        importlib.import_module(name)
        found[name] = "ok"
    except BaseException as error:
        found[name] = type(error).__name__
sys.stdout.flush()
print("\\n" + json.dumps(found))
"""

PROGRAMS = {
    "a terminal of its own": (
        """
        import os, pty
        child, terminal = pty.fork()
        if not child:
            os.execvp("tty", ["tty"])
        print(os.read(terminal, 100))
        """,
        "b'/dev/pts/0\\r\\n'",
    ),
    "both ends of a terminal": (
        "import os; near, far = os.openpty(); os.write(far, b'x'); print(os.read(near, 1))",
        "b'x'",
    ),
    "a session on a terminal": (
        "import pty; print(pty.spawn(['sh', '-c', 'test -t 0 && : >/dev/tty']))",
        "0",
    ),
    "a screen": (
        "import curses; curses.setupterm('xterm-256color'); print(curses.tigetnum('colors'))",
        "256",
    ),
    "time zones": (
        "import zoneinfo; print(len(zoneinfo.available_timezones()) > 300)",
        "True",
    ),
    "the machine's certificates, of which there are none": (
        """
        import ssl
        context = ssl.create_default_context(cafile="/etc/ssl/certs/ca-certificates.crt")
        print(context.cert_store_stats()["x509_ca"])
        """,
        "0",
    ),
    "libraries by name": (
        """
        from ctypes import CDLL, c_double, util
        root = CDLL(util.find_library("m")).sqrt
        root.restype, root.argtypes = c_double, [c_double]
        print(util.find_library("c"), root(4))
        """,
        "libc.so.6 2.0",
    ),
    "names of ports": (
        "import socket; print(socket.getservbyname('https'), socket.getservbyport(80))",
        "443 http",
    ),
    "names of this machine": (
        """
        import socket
        print(socket.getaddrinfo("localhost", 1)[0][4][0])
        print(socket.gethostbyname(socket.gethostname()))
        """,
        "127.0.0.1\n127.0.0.1",
    ),
    "names of users": (
        "import getpass, os, pwd; print(getpass.getuser(), pwd.getpwuid(os.getuid()).pw_dir)",
        "sandbox /work",
    ),
    "what system it is": (
        "import platform; print(platform.freedesktop_os_release()['ID'])",
        "linux",
    ),
    "temporary folders": (
        "import tempfile; print(tempfile.mkdtemp(prefix='a', suffix='b', dir='/var/tmp')[-1])",
        "b",
    ),
    "semaphores and shared memory": (
        """
        import multiprocessing
        from multiprocessing import shared_memory
        if __name__ == "__main__":
            block = shared_memory.SharedMemory(create=True, size=8)
            for method in ("fork", "spawn", "forkserver"):
                with multiprocessing.get_context(method).Pool(2) as pool:
                    print(method, pool.map(abs, [-1, 2]))
            block.close()
            block.unlink()
        """,
        "fork [1, 2]\nspawn [1, 2]\nforkserver [1, 2]",
    ),
    "a database": (
        "import sqlite3; print(sqlite3.connect('x').execute('SELECT json(1)').fetchone())",
        "('1',)",
    ),
    "Tcl": (
        "import tkinter; print(tkinter.Tcl().eval('expr 6 * 7'))",
        "42",
    ),
    "an environment of its own": (
        """
        import subprocess, venv
        venv.create("env", with_pip=True)
        print(subprocess.run(["env/bin/pip", "--version"], capture_output=True).returncode)
        """,
        "0",
    ),
    "its own documentation": (
        "import pydoc; print('iterate' in pydoc.render_doc('print') or bool(pydoc.help('for')))",
        None,
    ),
    "all encodings": (
        """
        import encodings.aliases
        print(all("a".encode(name) for name in ("utf_16", "cp1252", "shift_jis", "gb18030")))
        """,
        "True",
    ),
}

LACKING = {
    "a display": "import tkinter; tkinter.Tk()",
    "a locale": "import locale; locale.setlocale(locale.LC_ALL, 'tlh_QO.UTF-8')",
    "its own tests": "import test.support",
}


async def _result(cache: Path, code: str) -> CodeValidationResult:
    async with Validator(provider=LocalProvider(plain_settings(cache_dir=cache))) as validator:
        return await validator.validate(Snippet(code=textwrap.dedent(code), language="python"))


@pytest.mark.thorough
async def test_every_module_is_there_that_is_there_outside(jail_cache_dir: Path) -> None:
    result = await _result(jail_cache_dir, ALL_MODULES)
    outside = await asyncio.to_thread(
        subprocess.run,
        [base_interpreter(), "-s", "-c", ALL_MODULES],
        capture_output=True,
        check=True,
    )
    inside = json.loads(result.output.splitlines()[-1])
    assert inside == json.loads(outside.stdout.splitlines()[-1])
    assert inside["json"] == "ok"


WITHOUT = {
    "Tcl": (find_spec("tkinter") is None, "this Python was packaged without tkinter"),
}

QUICK = {
    *("a terminal of its own", "time zones", "libraries by name", "names of users"),
    *("temporary folders", "semaphores and shared memory", "a database"),
}
"""The others are left to the thorough tests: one installs pip, seconds of processor time."""


def _param(name: str, program: tuple[str, str | None]) -> ParameterSet:
    is_out, reason = WITHOUT.get(name, (False, ""))
    marks = [pytest.mark.skipif(is_out, reason=reason)]
    if name not in QUICK:
        marks.append(pytest.mark.thorough)
    return pytest.param(*program, id=name, marks=marks)


@pytest.mark.parametrize(("code", "printed"), [_param(*each) for each in PROGRAMS.items()])
async def test_a_module_does_what_it_is_for(
    jail_cache_dir: Path, code: str, printed: str | None
) -> None:
    result = await _result(jail_cache_dir, code)
    assert result.outcome is Outcome.PASSED, result.error
    assert printed is None or result.output.strip() == printed


@pytest.mark.parametrize("code", LACKING.values(), ids=LACKING)
async def test_what_a_sandbox_lacks_is_no_fault_of_the_program(
    jail_cache_dir: Path, code: str
) -> None:
    result = await _result(jail_cache_dir, code)
    assert (result.outcome, result.fault) == (Outcome.MISSING_DEPENDENCY, Fault.ENVIRONMENT)
