"""A sandbox with Daytona's daemon: run as a program in a network and process space of its own.

It listens as the daemon does, runs what it is fed as the daemon would, and prints the answer.
Arguments: the id to run under, and what to put before its shell; stdin is the command for that.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.server
import json
import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading

PORT = 2280
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
PR_SET_DUMPABLE = 4


def raise_loopback() -> None:
    with socket.socket() as end:
        fcntl.ioctl(end, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def run_as(number: int) -> None:
    libc = ctypes.CDLL(None)
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)
    # As what was started under this id, which may be looked at by whoever has it.
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def executed(command: bytes) -> bytes:
    return subprocess.run(
        [*sys.argv[2:], "sh"],
        input=command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
        check=False,
    ).stdout


class Daemon(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = json.dumps({"exitCode": 0, "result": executed(body["command"].encode()).decode()})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: all that is printed is the answer."""


def main() -> None:
    raise_loopback()
    server = socketserver.ThreadingTCPServer(("0.0.0.0", PORT), Daemon)
    if sys.argv[1] != "0":
        run_as(int(sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.buffer.write(executed(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
