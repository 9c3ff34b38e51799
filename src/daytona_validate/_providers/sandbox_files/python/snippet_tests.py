"""Load a file under test and find its tests: of unittest, plain functions and classes, and doctest.

What pytest alone has, such as fixtures, is not imitated.
"""

from __future__ import annotations

import doctest
import inspect
import sys
import traceback
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

__unittest = True  # unittest leaves the frames of such modules out

NAME = "main"
DEFAULT = "sentinel.DEFAULT"


class Begun(BaseException):
    """The file runs its tests by itself: what comes before that has been loaded."""


@contextmanager
def stand_ins(*, stop: bool) -> Iterator[list[str]]:
    """Let what runs tests do nothing but note that it was called.

    While the file is loaded its tests could not even be found, and afterwards all of them are run.
    """
    calls: list[str] = []

    def main(*_: object, **options: object) -> object:
        calls.append("main")
        if stop and options.get("exit", True):
            raise Begun
        return SimpleNamespace(result=unittest.TestResult())

    def run(*_: object) -> unittest.TestResult:
        calls.append("run")
        return unittest.TestResult()

    def testmod(*_: object, **__: object) -> doctest.TestResults:
        calls.append("testmod")
        return doctest.TestResults(0, 0)

    with (
        replaced(unittest, "main", main),
        replaced(unittest.TextTestRunner, "run", run),
        replaced(doctest, "testmod", testmod),
    ):
        yield calls


@contextmanager
def replaced(place: object, name: str, value: object) -> Iterator[None]:
    """Have another value under a name for a while."""
    before = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, before)


def loaded(code: CodeType, path: str) -> ModuleType:
    """Return the module.

    Raises:
        SystemExit: It cannot be loaded; Python's words are on stderr.
    """
    module = ModuleType(NAME)
    module.__file__ = path
    sys.modules[NAME] = module
    with stand_ins(stop=True) as calls:
        try:
            exec(code, vars(module))  # noqa: S102 - in a sandbox, for that it is there
        except Begun:
            return module
        except BaseException as error:
            trace = error.__traceback__ and error.__traceback__.tb_next
            if isinstance(error, SystemExit):
                if calls:
                    return module
                error = RuntimeError(f"sys.exit({error.code!r}) before the tests were run")
            traceback.print_exception(error.with_traceback(trace))
            raise SystemExit(1) from None
    return module


def tests_of(module: ModuleType) -> tuple[unittest.TestSuite, int | None]:
    """Return the tests, and the line of the first that needs pytest."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    needs_pytest = None
    for name, test, owner in plain_tests(module):
        if has_fixtures(test, owner):
            needs_pytest = needs_pytest or inspect.unwrap(test).__code__.co_firstlineno
        else:
            suite.addTest(PlainTest(name, test, owner))
    if not hasattr(module, "load_tests"):
        suite.addTest(doctest.DocTestSuite(module))
    return suite, needs_pytest


def plain_tests(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any], type | None]]:
    """Yield functions, and methods of classes, that are tests by their names; in order."""
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", None) != NAME:
            continue
        if inspect.isfunction(value) and name.startswith("test"):
            yield name, value, None
        elif isinstance(value, type) and name.startswith("Test"):
            if issubclass(value, unittest.TestCase):
                continue
            for method, function in inspect.getmembers(value, inspect.isfunction):
                if method.startswith("test"):
                    yield f"{name}.{method}", function, value


def has_fixtures(test: Callable[..., Any], owner: type | None) -> bool:
    """Whether a test wants arguments that only pytest gives."""
    patchings = getattr(test, "patchings", ())  # of unittest.mock, which passes what it made
    given = sum(each.attribute_name is None and repr(each.new) == DEFAULT for each in patchings)
    given += owner is not None and not isinstance(vars(owner).get(test.__name__), staticmethod)
    wanted = [
        each
        for each in inspect.signature(test).parameters.values()
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    return len(wanted) > given


class PlainTest(unittest.TestCase):
    """A test that is a function, or a method of a class of its own."""

    def __init__(self, name: str, function: Callable[..., Any], owner: type | None) -> None:
        super().__init__()
        self.function = function
        self._name, self._owner = name, owner

    def runTest(self) -> None:
        test = self.function
        if self._owner is not None:
            made = self._owner()
            test = getattr(made, self.function.__name__)
            self.addCleanup(getattr(made, "teardown_method", lambda *_: None))
            getattr(made, "setup_method", lambda *_: None)()
        if inspect.isgeneratorfunction(test) or inspect.isasyncgenfunction(test):
            raise TypeError("a test that yields is never run")
        if inspect.iscoroutinefunction(test):
            import asyncio

            asyncio.run(test())
        else:
            test()

    def __str__(self) -> str:
        return f"{self._name.rpartition('.')[2]} ({NAME}.{self._name})"

    id = __str__


def watched(begins: Callable[[unittest.TestCase, int], None]) -> type[unittest.TextTestResult]:
    """Return a result that says which test begins, and on which line it stands."""

    class Watched(unittest.TextTestResult):
        def startTest(self, test: unittest.TestCase) -> None:
            begins(test, first_line(test))
            super().startTest(test)

    return Watched


def first_line(test: unittest.TestCase) -> int:
    """Return where a test stands."""
    function = getattr(test, "function", None) or getattr(test, test._testMethodName, None)
    code = getattr(inspect.unwrap(function) if function else None, "__code__", None)
    return 1 if code is None else code.co_firstlineno
