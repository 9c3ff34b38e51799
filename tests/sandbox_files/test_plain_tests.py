"""Tests that are plain functions and methods: which are found, and what comes before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from .tests_program import FAILS, HOLDS, run

FAILURES = {
    "method": ("class TestA:\n    def test_b(self): 1 / 0\n", "ERROR: test_b (main.TestA.test_b)"),
    "set_up": (
        "class TestA:\n    def setup_method(self): 1 / 0\n    def test_b(self): pass\n",
        "ZeroDivisionError",
    ),
    "tear_down": (
        "class TestA:\n    def teardown_method(self): 1 / 0\n    def test_b(self): pass\n",
        "ZeroDivisionError",
    ),
    "generator": ("def test_a():\n    yield 1\n", "a test that yields is never run"),
    "nested": (
        "class TestA:\n    class TestB:\n        def test_c(self): 1 / 0\n",
        "ERROR: test_c (main.TestA.TestB.test_c)",
    ),
    "static": ("class TestA:\n    @staticmethod\n    def test_b(): 1 / 0\n", "main.TestA.test_b"),
    "of_class": (
        "class TestA:\n    @classmethod\n    def test_b(cls): 1 / 0\n",
        "main.TestA.test_b",
    ),
    "inherited": (
        "class Base:\n    def test_b(self): 1 / 0\nclass TestA(Base): pass\n",
        "main.TestA.test_b",
    ),
    "lambda": ("test_a = lambda: 1 / 0\n", "ERROR: test_a (main.test_a)"),
    "partial": (
        "import functools\ndef ratio(n): 1 / n\ntest_a = functools.partial(ratio, 0)\n",
        "ERROR: test_a (main.test_a)",
    ),
    "cached": ("import functools\n@functools.cache\ndef test_a(): 1 / 0\n", "main.test_a"),
    "conditional": ("if True:\n    def test_fails(): assert 0\n", "FAIL: test_fails"),
    "set_up_module": (f"def setup_module(module): 1 / 0\n{HOLDS}", "ERROR: setUpModule (main)"),
    "set_up_class": (
        "class TestA:\n    def setup_class(cls): 1 / 0\n    def test_b(self): pass\n",
        "ERROR: setUpClass (main.TestA)",
    ),
    "tear_down_class": (
        (
            "class TestA:\n    @classmethod\n    def teardown_class(cls): 1 / 0\n"
            "    def test_b(self): pass\n"
        ),
        "ERROR: tearDownClass (main.TestA)",
    ),
    "tear_down_function": (f"def teardown_function(): 1 / 0\n{HOLDS}", "ERROR: test_holds"),
}


@pytest.mark.parametrize(("code", "said"), FAILURES.values(), ids=FAILURES)
def test_failure_is_told(tmp_path: Path, code: str, said: str) -> None:
    done = run(tmp_path, code)
    assert done.returncode == 1
    assert said in done.stderr


FRAMES = """
told = []
def setup_module(module): told.append(module.__name__)
def teardown_module():
    assert told == ["main", "f", "test_a", "t", "g", "class TestA", "m", "test_b", "n", "m",
                    "test_c", "n", "class", "class TestB", "o", "p"], told
def setup_function(function): told.append("f"); told.append(function.__name__)
def teardown_function(): told.append("g")
def test_a(): told.append("t")
class TestA:
    def setup_class(cls): told.append(f"class {cls.__name__}")
    @classmethod
    def teardown_class(cls): told.append("class")
    def setup_method(self, method): told.append("m"); told.append(method.__name__)
    def teardown_method(self, method): told.append("n")
    def test_b(self): pass
    def test_c(self): pass
    class TestB:
        @classmethod
        def setup_class(cls): told.append(f"class {cls.__name__}")
        def test_d(self): told.append("o")
        def test_e(self): told.append("p")
"""
SUCCESSES = {
    "mocked": (
        (
            "from unittest import mock\n@mock.patch('os.getcwd')\n"
            "@mock.patch('os.getpid', new=int)\ndef test_a(cwd): cwd.assert_not_called()\n"
        ),
        "Ran 1 test ",
    ),
    "default": ("def test_a(n=1, *more, **others): assert n\n", "Ran 1 test "),
    "static": ("class TestA:\n    @staticmethod\n    def test_b(): pass\n", "Ran 1 test "),
    "frames": (FRAMES, "Ran 5 tests "),
    "no_tear_down_without_set_up": (
        (
            "import unittest\nclass TestA:\n"
            "    def setup_method(self): raise unittest.SkipTest('no')\n"
            "    def teardown_method(self): 1 / 0\n    def test_a(self): pass\n"
        ),
        "OK (skipped=1)",
    ),
    "class_that_is_given_something": (
        f"class TestRun:\n    def __init__(self, n): 1 / 0\n    def test_a(self): 1 / 0\n{HOLDS}",
        "Ran 1 test ",
    ),
    "told_to_be_none": (
        (
            f"{FAILS}test_fails.__test__ = False\nclass TestA:\n    __test__ = False\n"
            f"    def test_a(self): 1 / 0\n{HOLDS}"
        ),
        "Ran 1 test ",
    ),
    "inherited_static": (
        "class Base:\n    @staticmethod\n    def test_b(): pass\nclass TestA(Base): pass\n",
        "Ran 1 test ",
    ),
    "in_order": (
        (
            "seen = []\nclass TestA:\n    def test_b(self): seen.append(1)\n"
            "    def test_a(self): assert seen\n"
        ),
        "Ran 2 tests ",
    ),
    "contains_itself": (
        "class TestA:\n    def test_a(self): pass\nTestA.TestB = TestA\n",
        "Ran 1 test ",
    ),
}


@pytest.mark.parametrize(("code", "said"), SUCCESSES.values(), ids=SUCCESSES)
def test_success_is_told(tmp_path: Path, code: str, said: str) -> None:
    done = run(tmp_path, code)
    assert (done.returncode, said in done.stderr) == (0, True), done.stderr


ONCE = {
    "method_of_no_test": "class Net(dict):\n    def test_step(self): pass\n",
    "class_that_is_given_something": (
        "class TestRun:\n    def __init__(self, n): pass\n    def test_a(self): pass\n"
    ),
    "value": "test_set = list('abc')\n",
    "value_of_a_kind": "test_size: float = 0.2\n",
    "in_a_function": "def main():\n    def test_a(): 1 / 0\n",
}


@pytest.mark.parametrize("code", ONCE.values(), ids=ONCE)
def test_what_has_a_name_like_a_test_is_run_once(tmp_path: Path, code: str) -> None:
    """It is told before the file is loaded, or what the file does would be done twice."""
    assert run(tmp_path, f"{code}print(__name__)\n").stdout == "__main__\n"
