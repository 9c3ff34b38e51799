"""The interpreter's state in a session: what earlier codes change, and what of it is put right.

Put right is what would end or hide the failure of those who come after: calls at the exit, hooks,
timers, built-in names, warnings that are errors, the work folder. What a code registers with
`atexit` is called where that code ends, as if it had run alone; what its libraries register is
left for the end of all, as temporary folders and logs are used until then. Handlers of signals
stay, as names do: a page sets one to raise its signal later, and nothing is left that would.

Not promised: a thread of an earlier code, or a module that it changed, may still do anything.
"""

from __future__ import annotations

import atexit
import builtins
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

_HOOKS = ("excepthook", "displayhook", "unraisablehook", "breakpointhook")
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


class State:
    """Snapshot of the interpreter, taken before any code runs."""

    def __init__(self) -> None:
        self.folder = os.getcwd()
        self._recursion_limit = sys.getrecursionlimit()
        self._hooks = {name: getattr(sys, name) for name in _HOOKS}
        self._filters = list(warnings.filters)
        self._builtins = dict(vars(builtins))

    def put_right(self) -> None:
        """Undo what only spoils those who come after."""
        vars(builtins).update(self._builtins)
        for timer in _TIMERS:
            signal.setitimer(timer, 0)
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(self._recursion_limit)
        for name, hook in self._hooks.items():
            setattr(sys, name, hook)
        self._put_threads_right()
        os.chdir(self.folder)
        self._forgive()

    def _put_threads_right(self) -> None:
        threading = sys.modules.get("threading")
        if threading is not None:
            vars(threading)["excepthook"] = threading.__excepthook__
            threading.settrace(None)
            threading.setprofile(None)

    def _forgive(self) -> None:
        """Take out filters that make warnings errors, and keep all others."""
        now = list(warnings.filters)
        kept = [each for each in now if each[0] != "error" or each in self._filters]
        if kept != now:
            warnings.resetwarnings()
            warnings.filters[:] = kept  # type: ignore[index]  # a list, though declared otherwise


class ExitCalls:
    """Hook on `atexit`: it holds the calls that earlier codes register, apart from libraries'."""

    def __init__(self, names: dict[str, Any]) -> None:
        """Take the place of `atexit.register`; `names` is the namespace of the codes."""
        self._names = names
        self._is_held = True
        self._calls: list[tuple[Callable[..., object], tuple[object, ...], dict[str, object]]] = []
        self._own: tuple[Callable[..., Any], ...] = (atexit.register, atexit.unregister)
        atexit.register = self._taking("register", self._register)
        atexit.unregister = self._taking("unregister", self._unregister)

    def call(self) -> None:
        """Call what was registered, the last first; errors are shown, and change nothing else."""
        while self._calls:
            function, values, named = self._calls.pop()
            try:
                function(*values, **named)
            except BaseException:
                traceback.print_exc()

    def give_back(self) -> None:
        """Have `atexit` be Python's again, for those who took the names from it as well."""
        self._is_held = False
        atexit.register, atexit.unregister = self._own

    def _taking(self, name: str, made: Callable[..., Any]) -> Callable[..., Any]:
        def function(*values: object, **named: object) -> object:
            is_codes = sys._getframe(1).f_globals is self._names
            own = self._own[name == "unregister"]
            return made(*values, **named) if is_codes and self._is_held else own(*values, **named)

        function.__name__ = function.__qualname__ = name
        return function

    def _register(
        self, function: Callable[..., object], /, *values: object, **named: object
    ) -> object:
        if not callable(function):
            raise TypeError("the first argument must be callable")
        self._calls.append((function, values, named))
        return function

    def _unregister(self, function: object, /) -> None:
        self._calls = [each for each in self._calls if each[0] != function]
        self._own[1](function)
