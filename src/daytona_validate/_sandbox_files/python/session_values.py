"""The value of a cell's last expression, as a notebook shows it in text: `text/plain`.

It stands beside `run_session.py` in sandboxes. A value is in one line where a notebook may part it.
"""

from __future__ import annotations

import collections
import contextlib
import importlib
import sys
import types
from collections.abc import Callable, Iterable, Iterator

_LONGEST = 1000
"""Parts of a value that a notebook shows."""


class Printer:
    """Pretty-printer, with the calls that a class's `_repr_pretty_` makes to IPython's."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[int] = []

    def text(self, text: str) -> None:
        self._parts.append(text)

    def breakable(self, sep: str = " ") -> None:
        self._parts.append(sep)

    def break_(self) -> None:
        self._parts.append("\n")

    def begin_group(self, _indent: int = 0, begin: str = "") -> None:
        self._parts.append(begin)

    def end_group(self, _dedent: int = 0, end: str = "") -> None:
        self._parts.append(end)

    @contextlib.contextmanager
    def group(self, _indent: int = 0, begin: str = "", end: str = "") -> Iterator[None]:
        self._parts.append(begin)
        yield
        self._parts.append(end)

    def pretty(self, value: object) -> None:
        """Add a value, and all that it consists of."""
        is_cycle = id(value) in self._open
        self._open.append(id(value))
        try:
            self._show(value, is_cycle=is_cycle)
        finally:
            self._open.pop()

    def told(self) -> str:
        return "".join(self._parts)

    def _show(self, value: object, *, is_cycle: bool) -> None:
        kind = type(value)
        own = getattr(kind, "_repr_pretty_", None)
        made_by = next(each for each in kind.__mro__ if "__repr__" in vars(each))
        if own is not None:
            own(value, self, is_cycle)
        elif made_by in _CYCLES and is_cycle:
            self.text(_CYCLES[made_by])
        elif made_by in _SHOWN:
            _SHOWN[made_by](self, value)
        elif made_by is object:
            self.text(f"<{kind.__module__}.{kind.__qualname__} at {id(value):#x}>")
        else:
            self.text(repr(value))

    def row(self, begin: str, parts: Iterable[tuple[object, ...]], end: str) -> None:
        """Add the parts of a value: one object each, or a key and what it leads to."""
        self.text(begin)
        for number, part in enumerate(parts):
            self.text(", " if number else "")
            if number == _LONGEST:
                self.text("...")
                break
            for place, each in enumerate(part):
                self.text(": " if place else "")
                self.pretty(each)
        self.text(end)


def _of_list(printer: Printer, value: list[object]) -> None:
    printer.row("[", zip(value), "]")


def _of_tuple(printer: Printer, value: tuple[object, ...]) -> None:
    printer.row("(", zip(value), ",)" if len(value) == 1 else ")")


def _of_set(printer: Printer, value: set[object] | frozenset[object]) -> None:
    if not value or type(value) not in (set, frozenset):
        printer.text(repr(value))
        return
    begin, end = ("{", "}") if type(value) is set else ("frozenset({", "})")
    parts = [*value]
    with contextlib.suppress(Exception):  # they may have no order
        parts.sort()
    printer.row(begin, zip(parts), end)


def _of_dict(printer: Printer, value: dict[object, object]) -> None:
    printer.row("{", value.items(), "}")


def _of_default(printer: Printer, value: collections.defaultdict[object, object]) -> None:
    printer.text("defaultdict(")
    printer.pretty(value.default_factory)
    printer.row(", {", value.items(), "})")


def _of_ordered(printer: Printer, value: dict[object, object]) -> None:
    printer.text("OrderedDict(")
    printer.pretty(list(value.items())) if value else None
    printer.text(")")


def _of_type(printer: Printer, value: type) -> None:
    module = value.__module__
    name = value.__qualname__
    printer.text(name if module == "builtins" else f"{module}.{name}")


def _of_function(printer: Printer, value: types.FunctionType) -> None:
    named = f"{value.__module__}.{value.__qualname__}"
    with contextlib.suppress(ValueError, TypeError):
        named += str(importlib.import_module("inspect").signature(value))
    printer.text(f"<function {named}>")


_CYCLES: dict[type, str] = {list: "[...]", tuple: "(...)", dict: "{...}"}
"""What stands for a value within itself."""
_SHOWN: dict[type, Callable[..., None]] = {
    list: _of_list,
    tuple: _of_tuple,
    set: _of_set,
    frozenset: _of_set,
    dict: _of_dict,
    collections.defaultdict: _of_default,
    collections.OrderedDict: _of_ordered,
    type: _of_type,
    types.FunctionType: _of_function,
}
"""By the class that makes the text of a value."""


def text(value: object) -> str:
    """Return a value as a notebook has it in text."""
    printer = Printer()
    printer.pretty(value)
    return printer.told()


def show(value: object) -> None:
    """Print the value of a last expression, if it has one."""
    if value is not None and not hasattr(type(value), "_ipython_display_"):
        sys.stdout.write(f"{text(value)}\n")
