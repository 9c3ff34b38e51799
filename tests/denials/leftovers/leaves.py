"""Leaves what a Python program can leave for the next (`plant`), or looks for it (`look`)."""

import ctypes
import mmap
import os
import socket
import subprocess
import sys
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
HOME = Path(os.environ.get("HOME", "/work"))
USER_SITE = HOME / f".local/lib/python3.{sys.version_info.minor}/site-packages"
FILES = (
    *("/work/planted.py", "/work/sitecustomize.py", "/work/__pycache__/main.cpython-311.pyc"),
    *("/tmp/planted", "/tmp/.planted", "/dev/shm/planted", f"{HOME}/.pythonrc", f"{HOME}/.pypirc"),
    *(f"{USER_SITE}/planted.pth", f"{USER_SITE}/usercustomize.py", f"{HOME}/.cache/planted"),
)
KEY = 4711
SERVER = """
import socket, time
end = socket.socket(socket.AF_UNIX)
end.bind("\\0planted")
end.listen()
print("listens", flush=True)
time.sleep(600)
"""


def reached() -> bool:
    with socket.socket(socket.AF_UNIX) as end:
        return end.connect_ex("\0planted") == 0


def found() -> list[str]:
    names = [each for each in FILES if Path(each).exists()]
    names += ["shared memory"] if libc.shmget(KEY, 1, 0) >= 0 else []
    names += ["semaphores"] if libc.semget(KEY, 1, 0) >= 0 else []
    names += ["messages"] if libc.msgget(KEY, 0) >= 0 else []
    names += ["a process"] if reached() else []
    return names


def plant() -> None:
    for each in FILES:
        Path(each).parent.mkdir(parents=True, exist_ok=True)
        Path(each).write_text("# planted")
    assert libc.shmget(KEY, mmap.PAGESIZE, 0o1666) >= 0
    assert libc.semget(KEY, 1, 0o1666) >= 0
    assert libc.msgget(KEY, 0o1666) >= 0
    server = (sys.executable, "-c", SERVER)
    with subprocess.Popen(
        server, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as started:
        assert started.stdout is not None
        started.stdout.readline()
        sys.stdout.write("planted\n")
        if "look" in sys.argv:
            look()
        sys.stdout.flush()
        os._exit(0)


def look() -> None:
    sys.stdout.write("".join(f"{each}\n" for each in found()))


plant() if "plant" in sys.argv else look()
