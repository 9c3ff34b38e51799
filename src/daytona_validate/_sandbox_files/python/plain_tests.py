"""Tests that are plain functions, and methods of plain classes, found and run as pytest does.

So is what comes before and after them: `setup_…` and `teardown_…` of a module, a class, a method
and a function. What pytest alone has, such as fixtures, is not imitated.
"""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

__unittest = True  # unittest leaves the frames of such modules out

NAME = "main"
DEFAULT = "sentinel.DEFAULT"
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
MAKERS = ("__init__", "__new__")
OF_MODULE = {"setUpModule": "setup_module", "tearDownModule": "teardown_module"}
OF_SKIPPED = ("__unittest_skip__", "__unittest_skip_why__")


class PlainTest(unittest.TestCase):
    """A test that is a function, or a method of a class of its own; of each class a subclass."""

    module: ModuleType
    owner: type | None = None

    def __init__(self, path: str, value: Callable[..., Any]) -> None:
        super().__init__()
        self.path, self.value = path, value
        self.name = path.rpartition(".")[2]
        self.function = real_function(value)

    @classmethod
    def setUpClass(cls) -> None:
        call(cls.owner, "setup_class", cls.owner)

    @classmethod
    def tearDownClass(cls) -> None:
        call(cls.owner, "teardown_class", cls.owner)

    def runTest(self) -> None:
        if self.owner is None:
            place: object = self.module
            kind, test = "function", self.value
        else:
            place, kind = self.owner(), "method"
            test = getattr(place, self.name)
        call(place, f"setup_{kind}", test)
        self.addCleanup(call, place, f"teardown_{kind}", test)
        if inspect.isgeneratorfunction(test) or inspect.isasyncgenfunction(test):
            raise TypeError("a test that yields is never run")
        if inspect.iscoroutinefunction(test):
            import asyncio

            asyncio.run(test())
        else:
            test()

    def __str__(self) -> str:
        return f"{self.name} ({NAME}.{self.path})"

    id = __str__

    def has_fixtures(self) -> bool:
        """Whether it wants arguments that only pytest gives."""
        test, given = self.value, 0
        if self.owner is not None:
            given = int(isinstance(test, FunctionType))  # itself
            test = getattr(self.owner, self.name)
        patchings = getattr(test, "patchings", ())  # of unittest.mock, which passes what it made
        given += sum(
            each.attribute_name is None and repr(each.new) == DEFAULT for each in patchings
        )
        wanted = [
            each
            for each in inspect.signature(test).parameters.values()
            if each.default is each.empty
            and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        ]
        return len(wanted) > given


def call(place: object, name: str, argument: object) -> None:
    """Call what has a name, if anything has, with the argument if it takes any."""
    function: Callable[..., object] | None = getattr(place, name, None)
    if function is not None:
        parameters = inspect.signature(function).parameters.values()
        function(*([argument] if any(each.kind in POSITIONAL for each in parameters) else []))


def frame_module(module: ModuleType) -> None:
    """Give unittest what comes before and after all tests of a module, under its own names."""
    for theirs, ours in OF_MODULE.items():
        if hasattr(module, ours) and not hasattr(module, theirs):
            setattr(module, theirs, functools.partial(call, module, ours, module))


def plain_tests(module: ModuleType) -> Iterator[PlainTest]:
    """Yield functions, and methods of classes, that are tests by their names; in order."""
    of_module = case(module, None)
    for name, value in list(vars(module).items()):
        if is_test(name, value):
            yield of_module(name, value)
        elif is_test_class(name, value):
            yield from methods(module, name, value)


def methods(module: ModuleType, path: str, *owners: type) -> Iterator[PlainTest]:
    """Yield the tests of the last of classes that stand in each other."""
    owner = owners[-1]
    of_class = case(module, owner)
    for name in dict.fromkeys(name for each in reversed(owner.__mro__) for name in vars(each)):
        value = inspect.getattr_static(owner, name)
        is_method = isinstance(value, FunctionType | staticmethod | classmethod)
        if name.startswith("test") and is_method and getattr(value, "__test__", True):
            yield of_class(f"{path}.{name}", value)
        elif is_test_class(name, value) and value not in owners:
            yield from methods(module, f"{path}.{name}", *owners, value)


def case(module: ModuleType, owner: type | None) -> type[PlainTest]:
    """Return what unittest takes for the class of tests, in which it stands by its name."""
    names = {"__module__": NAME, "module": module, "owner": owner}
    if owner is not None:
        names |= {"__qualname__": owner.__qualname__}
        names |= {each: getattr(owner, each) for each in OF_SKIPPED if hasattr(owner, each)}
    return type("PlainTest", (PlainTest,), names)


def is_test(name: str, value: Callable[..., Any]) -> bool:
    if not name.startswith("test") or not getattr(value, "__test__", True):
        return False
    is_own = getattr(value, "__module__", None) == NAME
    is_partial = isinstance(value, functools.partial)
    return (is_own or is_partial) and inspect.isfunction(real_function(value))


def is_test_class(name: str, value: object) -> bool:
    """Whether it is one that pytest takes: who has to be given something cannot be made."""
    if not isinstance(value, type) or not name.startswith("Test") or value.__module__ != NAME:
        return False
    is_plain = all(getattr(value, each) is getattr(object, each) for each in MAKERS)
    return is_plain and getattr(value, "__test__", True)


def real_function(value: Callable[..., Any]) -> Callable[..., Any]:
    """Return what stands in the file, without what is wrapped around it."""
    while isinstance(value, functools.partial):
        value = value.func
    function: Callable[..., Any] = inspect.unwrap(getattr(value, "__func__", value))
    return function
