"""What ends servers once they listen, in Node and in Python, without a sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from daytona_validate._sandbox_files import sandbox_files

from .node_program import run_node

pytestmark = pytest.mark.slow

SEAL = "5ea1"
NODE = {
    "http": ("require('http').createServer().listen(0, () => console.log('up'))", "up\n"),
    "net": ("const { Server } = require('net'); new Server().listen(0)", ""),
    "module": ("import { createServer } from 'http'; createServer().listen({ port: 0 })", ""),
}
NODE_BY_ITSELF = {
    "closed": ("const s = require('net').createServer().listen(0, () => s.close())", 0),
    "failed": ("require('net').createServer().listen(0, () => { throw Error('no') })", 1),
    "client": (
        "require('net').createServer().listen(0, () => setTimeout(() => nobody(), 1200))",
        1,
    ),
    "exit_code": ("require('net').createServer().listen(0); process.exitCode = 3", 3),
    "asked": (
        (
            "const s = require('net').createServer((c) => c.end('hi')).listen(0, () => "
            "require('net').connect(s.address().port).on('data', () => s.close()))"
        ),
        0,
    ),
}
_SERVER = "import socket, sys\ns = socket.create_server(('127.0.0.1', 0))\n"
_SERVED = f"{_SERVER}import threading\nthreading.Thread(target=s.accept, daemon=True).start()\n"
PYTHON = {
    "socket": f"{_SERVER}print('up')\ns.accept()\n",
    "http": (
        "import http.server as h\nprint('up')\n"
        "h.HTTPServer(('127.0.0.1', 0), h.BaseHTTPRequestHandler).serve_forever()\n"
    ),
    "thread": (
        f"{_SERVER}import threading\nprint('up')\nt = threading.Thread(target=s.accept)\n"
        "t.start()\nt.join()\n"
    ),
    "thread_after_the_end": (
        f"{_SERVER}import threading\nprint('up')\nthreading.Thread(target=s.accept).start()\n"
    ),
    "asyncio": (
        "import asyncio\nprint('up')\nasync def main():\n"
        "    server = await asyncio.start_server(print, '127.0.0.1', 0)\n"
        "    await server.serve_forever()\nasyncio.run(main())\n"
    ),
}
PYTHON_BY_ITSELF = {
    "closed": (f"{_SERVER}s.close()\nimport time\ntime.sleep(0.7)\n", 0),
    "failed": (f"{_SERVER}sys.exit(1)\n", 1),
    "client": (f"{_SERVED}import time\ntime.sleep(1.2)\nassert 1 == 2\n", 1),
    "client_in_a_process": (
        f"{_SERVED}import subprocess\nsubprocess.run(['sleep', '1.2'])\nassert 1 == 2\n",
        1,
    ),
    "stopped_by_a_thread": (
        f"{_SERVER}import threading, os\nthreading.Timer(1.2, os._exit, [3]).start()\ns.accept()\n",
        3,
    ),
    "timeout": (f"{_SERVER}s.settimeout(1.2)\ns.accept()\n", 1),
    "timeout_of_asyncio": (
        (
            "import asyncio\nasync def main():\n"
            "    server = await asyncio.start_server(print, '127.0.0.1', 0)\n"
            "    await asyncio.wait_for(server.serve_forever(), 1.2)\nasyncio.run(main())\n"
        ),
        1,
    ),
    "signal": (
        (
            f"{_SERVER}import signal\nsignal.signal(signal.SIGALRM, lambda *_: sys.exit(3))\n"
            "signal.setitimer(signal.ITIMER_REAL, 1.2)\ns.accept()\n"
        ),
        3,
    ),
}


Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Done]]]:
    """How programs that end by themselves do; all run at once, as each takes a second for it."""
    folder = tmp_path_factory.mktemp("ends")
    tables = ((_node, NODE_BY_ITSELF), (_python, PYTHON_BY_ITSELF))
    with ThreadPoolExecutor(sum(len(table) for _, table in tables)) as pool:
        yield {
            code: pool.submit(run, folder / f"{run.__name__}{name}", code)
            for run, table in tables
            for name, (code, _) in table.items()
        }


def _node(folder: Path, code: str) -> Done:
    folder.mkdir(exist_ok=True)
    (folder / "index.js").write_text(code)
    return run_node(folder, "index.js", preloads=("until-listening",), UNTIL_LISTENING=SEAL)


def _python(folder: Path, code: str) -> Done:
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(code)
    return subprocess.run(
        [sys.executable, "-s", "main.py"],
        cwd=folder,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(sandbox_files("python_site")),
            "UNTIL_LISTENING": SEAL,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("code", "output"), NODE.values(), ids=NODE)
def test_node_server_is_ended_as_passed(tmp_path: Path, code: str, output: str) -> None:
    done = _node(tmp_path, code)
    assert (done.stdout, done.returncode) == (output, 0)
    assert re.fullmatch(rf"listening {SEAL} \d+\n", done.stderr)


@pytest.mark.parametrize(("code", "exit_code"), NODE_BY_ITSELF.values(), ids=NODE_BY_ITSELF)
def test_node_program_that_ends_is_left_alone(
    ends: dict[str, Future[Done]], code: str, exit_code: int
) -> None:
    done = ends[code].result()
    assert done.returncode == exit_code, done.stderr
    assert exit_code or "listening" not in done.stderr


@pytest.mark.parametrize("code", PYTHON.values(), ids=PYTHON)
def test_python_server_is_ended_as_passed(tmp_path: Path, code: str) -> None:
    done = _python(tmp_path, code)
    assert (done.stdout, done.returncode) == ("up\n", 0), done.stderr
    assert re.fullmatch(rf"listening {SEAL} \d+\n", done.stderr)


@pytest.mark.parametrize(("code", "exit_code"), PYTHON_BY_ITSELF.values(), ids=PYTHON_BY_ITSELF)
def test_python_program_that_ends_is_left_alone(
    ends: dict[str, Future[Done]], code: str, exit_code: int
) -> None:
    done = ends[code].result()
    assert done.returncode == exit_code, done.stderr
    assert exit_code or "listening" not in done.stderr
