"""Run codes one after the other in one namespace, as the module `__main__`, and then a program.

usage: python3 -s run_session.py FILE ARGUMENT...

It stands in sandboxes and imports nothing of ours but the files beside it. What it reads and says
is written down in `_core/sessions.py`; .session-seal holds the seal. Of what an earlier code does,
its names stay, its imports, its files and its children. What would only spoil those after it is
put right: the streams, threads that nobody ends, and what `session_state.py` tells. The program
then runs as it would alone; its traceback begins with its own frames.
"""

from __future__ import annotations
import __future__

import functools
import glob
import importlib
import io
import json
import linecache
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

OURS = ("session_code", "session_state", "session_streams", "reached_end")
session_code, session_state, session_streams, reached_end = map(importlib.import_module, OURS)
for name in OURS:  # the snippet may have files of these names
    del sys.modules[name]

FILE_PREFIX = ".earlier-"
END_FILE = ".session-end"
SEAL_FILE = ".session-seal"
REPORT_BYTES = 4 * 1024 * 1024
LEAST_BYTES, LEAST_CHARACTERS = 1024, 100
"""Of a report's line that is shortened, and of the error in it."""
LONGEST_FAILURE = 8 * 1024
FUTURE = sum(getattr(__future__, each).compiler_flag for each in __future__.all_feature_names)
CO_COROUTINE = 0x80
Ending = Callable[[], None]


class Leaving(Exception):
    """The program left by `sys.exit` or an error, and threads of earlier codes still run."""

    def __init__(self, how: Ending) -> None:
        self.how = how


class Session:
    """Namespace that codes share, and what is put right between them."""

    def __init__(self, path: str, arguments: list[str]) -> None:
        self.path = path
        self.arguments = arguments
        self.paths = {path}
        self.flags = 0
        self.pid = os.getpid()
        self.module = ModuleType("__main__")
        self.state = session_state.State()
        self.exit_calls = session_state.ExitCalls(vars(self.module))
        self.runner: Any = None
        sys.path[0] = self.state.folder

    def enter(self, path: str) -> dict[str, Any]:
        """Return the namespace, as a code finds it that stands in a file."""
        sys.modules["__main__"] = self.module
        sys.argv = [*self.arguments]
        names = vars(self.module)
        names.pop("__warningregistry__", None)
        loader = type(globals()["__loader__"])("__main__", path)
        names |= {"__name__": "__main__", "__doc__": None, "__package__": None}
        names |= {"__loader__": loader, "__spec__": None}
        if "__annotations__" in globals():  # not since 3.14
            names.setdefault("__annotations__", {})
        names |= {"__builtins__": importlib.import_module("builtins")}
        names |= {"__file__": path, "__cached__": None}
        return names

    def run(self, source: bytes, path: str) -> None:
        """Run a code; with an `await` outside of functions if it cannot be without."""
        names = self.enter(path)
        code = session_code.of_session(source, path, self.flags)
        self.flags |= code.co_flags & FUTURE
        if not code.co_flags & CO_COROUTINE:
            exec(code, names)  # noqa: S102 - in a sandbox, for that it is there
            return
        if self.runner is None:
            self.runner = importlib.import_module("asyncio").Runner()
        self.runner.run(eval(code, names))  # noqa: S307 - as above

    def trace(self, error: BaseException) -> TracebackType | None:
        """Return the traceback from the first frame of a code of this session."""
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename not in self.paths:
            trace = trace.tb_next
        return trace

    def shown(self, error: BaseException) -> str:
        """Return what Python writes of an error that ends a program."""
        trace = self.trace(error)
        return "".join(traceback.format_exception(type(error), error, trace))


def taken_seal() -> str:
    """Return the seal of the report; its file is then gone."""
    with open(SEAL_FILE, encoding="ascii") as file:
        seal = file.read()
    os.remove(SEAL_FILE)
    return seal


class Report:
    """The lines of the report; they are bounded together."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self._say = say
        self._start = f"session {taken_seal()} "
        self._left = REPORT_BYTES

    def add(self, said: dict[str, object], *, codes_left: int = 0) -> None:
        line = self._line(said)
        if len(line) > self._left - (codes_left + 1) * LEAST_BYTES:
            failure = str(said.get("failure", ""))[-LEAST_CHARACTERS:]
            line = self._line(
                {"code": said.get("code"), "passed": said.get("passed")}
                | ({"failure": failure} if failure else {})
            )
        self._left -= len(line)
        self._say(line)

    def _line(self, said: dict[str, object]) -> bytes:
        return f"{self._start}{json.dumps(said)}\n".encode()


def main(arguments: list[str]) -> Ending | None:
    """Run all, and return how to leave without waiting for threads of earlier codes, if need be."""
    began_s = time.monotonic()
    streams = session_streams.Streams()
    report = Report(streams.say)
    report.add({"session": 1})
    path = os.path.abspath(arguments[0])
    session = Session(path, arguments)
    with open(path, "rb") as file:  # now: an earlier code may write a file of this name
        program = file.read()
    codes = taken_codes(session.state.folder)
    session.paths.update(codes)
    for number, (each, source) in enumerate(codes.items(), 1):
        streams.catch()
        failure = run_earlier(session, source, each)
        session.state.put_right()
        output, error = streams.take()
        said: dict[str, object] = {"code": number, "passed": not failure}
        said |= {"stdout": output} if output else {}
        said |= {"stderr": error} if error else {}
        said |= {"failure": failure[-LONGEST_FAILURE:]} if failure else {}
        report.add(said, codes_left=len(codes) - number)
    streams.catch()
    session.exit_calls.give_back()
    report.add({"begins": True, "elapsed_s": round(time.monotonic() - began_s, 3)})
    streams.give_back()
    return run_program(session, program)


def taken_codes(folder: str) -> dict[str, bytes]:
    """Return the earlier codes by the paths of their files, which are then gone."""
    codes: dict[str, bytes] = {}
    for path in sorted(glob.glob(f"{folder}/{FILE_PREFIX}*")):
        with open(path, "rb") as file:
            codes[path] = file.read()
        os.remove(path)
        lines = list(io.StringIO(codes[path].decode("utf-8", "replace"), newline=None))
        linecache.cache[path] = (len(codes[path]), None, lines, path)
    return codes


def run_earlier(session: Session, source: bytes, path: str) -> str:
    """Run one code; return what Python writes of the error that ended it, or nothing."""
    failure = ""
    try:
        session.run(source, path)
    except SystemExit as ended:
        if ended.code not in (None, 0):
            failure = f"SystemExit: {ended.code}\n"
    except BaseException as error:
        failure = session.shown(error)
        os.write(2, failure.encode("utf-8", "replace"))
    session.exit_calls.call()
    if os.getpid() != session.pid:  # a child that a code made, and did not end
        sys.exit(1 if failure else 0)
    return failure


def run_program(session: Session, source: bytes) -> Ending | None:
    """Run the program, and end as it does; if that was in the ordinary way, return as `main`."""
    threads = left_threads()
    try:
        session.run(source, session.path)
        ended: SystemExit | None = None
    except SystemExit as raised:
        ended = raised
    except BaseException as error:
        show(session, error)
        if isinstance(error, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        ended = SystemExit(1)
    if session.runner is not None:
        session.runner.close()
    has_to_leave = any(each.is_alive() for each in threads)
    if has_to_leave and ended is not None:
        raise Leaving(functools.partial(leave, threads, ended))
    if ended is not None:
        raise ended
    return functools.partial(leave, threads, None) if has_to_leave else None


def show(session: Session, error: BaseException) -> None:
    """Write what Python writes of an error that nothing caught."""
    trace = session.trace(error)
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    frames = (frame.f_code.co_filename for frame, _ in traceback.walk_tb(trace))
    if sys.excepthook is sys.__excepthook__ and any(each != session.path for each in frames):
        # Its own way to show a line is to read the file, and those of earlier codes are gone.
        sys.stderr.write(session.shown(error))
        return
    error.__traceback__ = trace
    try:
        sys.excepthook(type(error), error, trace)
    except BaseException as another:
        sys.stderr.write(f"Error in sys.excepthook:\n{session.shown(another)}")
        sys.stderr.write(f"\nOriginal exception was:\n{session.shown(error)}")


def left_threads() -> list[Any]:
    """Return the threads of earlier codes for which Python would wait at the end."""
    threading = sys.modules.get("threading")
    if threading is None:
        return []
    every = threading.enumerate()
    return [each for each in every if not each.daemon and each is not threading.main_thread()]


def leave(threads: list[Any], ended: SystemExit | None) -> None:
    """End as Python does, without waiting for some threads."""
    for each in left_threads():
        if each not in threads:
            each.join()
    importlib.import_module("atexit")._run_exitfuncs()
    code = None if ended is None else ended.code
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit((code or 0) & 0xFF)


def ended(arguments: list[str]) -> tuple[Ending | None, SystemExit | None]:
    """Run all, and return how the program left; of a thread that ends the process, nothing."""
    try:
        return reached_end.saying()(main(arguments)), None
    except SystemExit as raised:
        return None, raised
    except Leaving as raised:
        return raised.how, None


if __name__ == "__main__":
    leaving, exit_by = reached_end.saying(END_FILE, "ended")(ended(sys.argv[1:]))
    if leaving is not None:
        leaving()
    if exit_by is not None:
        raise exit_by
