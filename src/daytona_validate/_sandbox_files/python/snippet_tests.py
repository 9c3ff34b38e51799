"""Load a file under test and find its tests: of unittest, plain ones, and those of doctest."""

from __future__ import annotations

import doctest
import importlib
import inspect
import sys
import traceback
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, ModuleType, SimpleNamespace

plain = importlib.import_module("plain_tests")
__unittest = True  # unittest leaves the frames of such modules out


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
        unittest.SkipTest: None of its tests is to be run.
    """
    module = ModuleType(plain.NAME)
    module.__file__ = path
    sys.modules[plain.NAME] = module
    with stand_ins(stop=True) as calls:
        try:
            exec(code, vars(module))  # noqa: S102 - in a sandbox, for that it is there
        except Begun:
            return module
        except unittest.SkipTest:
            raise
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
    plain.frame_module(module)
    needs_pytest = None
    for test in plain.plain_tests(module):
        if test.has_fixtures():
            needs_pytest = needs_pytest or first_line(test)
        else:
            suite.addTest(test)
    if not hasattr(module, "load_tests"):
        suite.addTest(doctest.DocTestSuite(module))
    return suite, needs_pytest


def watched(
    begins: Callable[[unittest.TestCase, int], None], passes: Callable[[unittest.TestCase], None]
) -> type[unittest.TextTestResult]:
    """Return a result that says which test begins, and on which line, and which one passes."""

    class Watched(unittest.TextTestResult):
        def addSuccess(self, test: unittest.TestCase) -> None:
            passes(test)
            super().addSuccess(test)

        def startTest(self, test: unittest.TestCase) -> None:
            begins(test, first_line(test))
            super().startTest(test)

    return Watched


def first_line(test: unittest.TestCase) -> int:
    """Return where a test stands."""
    function = getattr(test, "function", None) or getattr(test, test._testMethodName, None)
    code = getattr(inspect.unwrap(function) if function else None, "__code__", None)
    return 1 if code is None else code.co_firstlineno
