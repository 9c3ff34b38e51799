"""Run a program as Python runs it, and say whether its last statement ended in the ordinary way.

usage: python3 -s run_to_end.py FILE ARGUMENT...

It stands in sandboxes and imports nothing of ours but the file beside it, where it is written what
it says, and to whom. Every other end is the program's own: its exit code, and its traceback.
"""

from __future__ import annotations

import importlib
import os
import sys

TYPE_CHECKING = False  # whoever checks takes it for true; these modules would take time
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

reached_end = importlib.import_module("reached_end")
del sys.modules["reached_end"]  # the snippet may have a file of that name


def run(arguments: list[str]) -> int:
    """Run a program as the module `__main__`; return 0 if it ended in the ordinary way."""
    path = os.path.abspath(arguments[0])
    sys.path[0], sys.argv = os.getcwd(), arguments
    names = entered(path)
    try:
        with open(path, "rb") as file:
            source = file.read()
        exec(compile(source, path, "exec", dont_inherit=True), names)  # noqa: S102 - in a sandbox
    except SystemExit:
        raise
    except BaseException as error:
        end_by(error, path)
    return 0


def entered(path: str) -> dict[str, Any]:
    """Return the namespace of a new `__main__`, as Python makes it for a file."""
    module = type(sys)("__main__")
    sys.modules["__main__"] = module
    names = vars(module)
    names["__loader__"] = type(globals()["__loader__"])("__main__", path)
    names["__builtins__"] = importlib.import_module("builtins")
    names |= {"__file__": path, "__cached__": None}
    if "__annotations__" in globals():  # not since 3.14
        names["__annotations__"] = {}
    return names


def end_by(error: BaseException, path: str) -> None:
    """End as Python does for an error that nothing caught."""
    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    error.__traceback__ = trace
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    try:
        sys.excepthook(type(error), error, trace)
    except SystemExit:
        raise
    except BaseException as another:
        another.__traceback__ = None
        sys.stderr.write("Error in sys.excepthook:\n")
        sys.__excepthook__(type(another), another, None)
        sys.stderr.write("\nOriginal exception was:\n")
        sys.__excepthook__(type(error), error, trace)
    if isinstance(error, KeyboardInterrupt):
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(reached_end.saying()(run(sys.argv[1:])))
