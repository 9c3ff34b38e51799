"""What ends servers once they listen, in Node and in Python, without a sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
    "asked": (
        (
            "const s = require('net').createServer((c) => c.end('hi')).listen(0, () => "
            "require('net').connect(s.address().port).on('data', () => s.close()))"
        ),
        0,
    ),
}
_SERVER = "import socket, sys\ns = socket.create_server(('127.0.0.1', 0))\n"
PYTHON = {
    "socket": f"{_SERVER}print('up')\ns.accept()\n",
    "http": (
        "import http.server as h\nprint('up')\n"
        "h.HTTPServer(('127.0.0.1', 0), h.BaseHTTPRequestHandler).serve_forever()\n"
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
}


def _node(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    (folder / "index.js").write_text(code)
    return run_node(folder, "index.js", preloads=("until-listening",), UNTIL_LISTENING=SEAL)


def _python(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
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
def test_node_program_that_ends_is_left_alone(tmp_path: Path, code: str, exit_code: int) -> None:
    done = _node(tmp_path, code)
    assert done.returncode == exit_code
    assert "listening" not in done.stderr


@pytest.mark.parametrize("code", PYTHON.values(), ids=PYTHON)
def test_python_server_is_ended_as_passed(tmp_path: Path, code: str) -> None:
    done = _python(tmp_path, code)
    assert (done.stdout, done.returncode) == ("up\n", 0), done.stderr
    assert re.fullmatch(rf"listening {SEAL} \d+\n", done.stderr)


@pytest.mark.parametrize(("code", "exit_code"), PYTHON_BY_ITSELF.values(), ids=PYTHON_BY_ITSELF)
def test_python_program_that_ends_is_left_alone(tmp_path: Path, code: str, exit_code: int) -> None:
    done = _python(tmp_path, code)
    assert done.returncode == exit_code
    assert "listening" not in done.stderr
