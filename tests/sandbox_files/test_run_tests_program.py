"""The program that runs a Python file's tests in sandboxes, by itself and without one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .tests_program import FAILS, HOLDS, SEAL, run

FAILURES = {
    "plain": (FAILS, "FAIL: test_fails (main.test_fails)"),
    "async": (f"async {FAILS}", "FAIL: test_fails (main.test_fails)"),
    "after_one_that_holds": (HOLDS + FAILS, "Ran 2 tests"),
    "case": (
        "import unittest\nclass A(unittest.TestCase):\n    def test_b(self): self.fail('no')\n",
        "FAIL: test_b (main.A.test_b)",
    ),
    "example": ('def f():\n    """\n    >>> f()\n    1\n    """\n', "Failed example:"),
    "exit": (f"import sys\ndef test_a(): sys.exit(0)\n{HOLDS}", "SystemExit: 0"),
    "hard_exit": (f"import os\ndef test_a(): os._exit(0)\n{HOLDS}", "ERROR: test_a (main.test_a)"),
    "hard_exit_with_code": ("import os\ndef test_a(): os._exit(7)\n", "(exit code 7) before"),
    "hard_exit_at_once": (f"import os\nos._exit(0)\n{HOLDS}", "ERROR: the file itself"),
    "exit_at_once": (f"import sys\nsys.exit('usage')\n{HOLDS}", "RuntimeError: sys.exit('usage')"),
    "fixture": (f"{HOLDS}def test_a(fixture): pass\n", "No module named 'pytest'"),
    "failure_before_fixture": (f"{FAILS}def test_a(fixture): pass\n", "FAILED (failures=1)"),
    "own_main": (f"import unittest\n{FAILS}unittest.main()\n", "FAILED (failures=1)"),
    "own_main_that_goes_on": (
        (
            f"import unittest\nprogram = unittest.main(exit=False)\n{FAILS}"
            "import sys\nsys.exit(not program.result.wasSuccessful())\n"
        ),
        "FAILED (failures=1)",
    ),
    "own_examples": (f"import doctest\ndoctest.testmod()\n{FAILS}", "FAILED (failures=1)"),
    "import": (f"import nopkg\n{HOLDS}", "ModuleNotFoundError: No module named 'nopkg'"),
    "syntax": (f"{HOLDS}return\n", "SyntaxError: 'return' outside function"),
}


@pytest.mark.parametrize(("code", "said"), FAILURES.values(), ids=FAILURES)
def test_failure_is_told(tmp_path: Path, code: str, said: str) -> None:
    done = run(tmp_path, code)
    assert done.returncode == 1
    assert said in done.stderr


SUCCESSES = {
    "plain": (HOLDS, "Ran 1 test "),
    "skipped": (
        f"import unittest\n@unittest.skip('not now')\n{FAILS}{HOLDS}",
        "OK (skipped=1)",
    ),
    "imported_names": (f"from unittest.mock import *\nfrom os import path\n{HOLDS}", "Ran 1 test "),
    "guarded": (f"{HOLDS}if __name__ == '__main__':\n    1 / 0\n", "Ran 1 test "),
    "own_runner_in_a_test": (
        (
            "import io, unittest\nclass A(unittest.TestCase):\n    def test_b(self): pass\n"
            "def test_run():\n    suite = unittest.defaultTestLoader.loadTestsFromTestCase(A)\n"
            "    run = unittest.TextTestRunner(stream=io.StringIO()).run(suite)\n"
            "    assert run.testsRun == 1\n"
        ),
        "Ran 2 tests ",
    ),
    "own_examples": (
        (
            'def f():\n    """\n    >>> f()\n    """\ndef load_tests(loader, tests, _):\n'
            "    import doctest\n    tests.addTests(doctest.DocTestSuite('main'))\n"
            "    return tests\n"
        ),
        "Ran 1 test ",
    ),
    "own_file_of_our_name": (
        f"import sys\nassert 'snippet_tests' not in sys.modules\n{HOLDS}",
        "OK",
    ),
}


@pytest.mark.parametrize(("code", "said"), SUCCESSES.values(), ids=SUCCESSES)
def test_success_is_told(tmp_path: Path, code: str, said: str) -> None:
    done = run(tmp_path, code)
    assert (done.returncode, said in done.stderr) == (0, True), done.stderr


COUNTED = {
    "passed": (HOLDS, "1 0 0"),
    "mixed": (
        (
            "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n"
            "    def test_b(self): self.skipTest('no')\n    @unittest.expectedFailure\n"
            f"    def test_c(self): 1 / 0\n{HOLDS}"
        ),
        "2 1 1",
    ),
    "file_skipped": (f"import unittest\nraise unittest.SkipTest('no')\n{HOLDS}", "0 1 0"),
    "class_skipped": (
        (
            "import unittest\n@unittest.skip('no')\nclass A(unittest.TestCase):\n"
            "    def test_a(self): 1 / 0\n    def test_b(self): 1 / 0\n"
        ),
        "0 2 0",
    ),
}


BY_PYTEST = pytest.param(True, marks=[pytest.mark.slow, pytest.mark.thorough])


@pytest.mark.parametrize(("code", "counts"), COUNTED.values(), ids=COUNTED)
@pytest.mark.parametrize("has_pytest", [False, BY_PYTEST])
def test_tests_are_counted_under_the_seal(
    tmp_path: Path, code: str, counts: str, *, has_pytest: bool
) -> None:
    done = run(tmp_path, code, has_pytest=has_pytest)
    assert done.returncode == 0, done.stdout + done.stderr
    if (code, has_pytest) == (COUNTED["file_skipped"][0], False):
        assert "OK (skipped=1): no" in done.stderr
    assert done.stderr.endswith(f"tests {SEAL} {counts}\n")


@pytest.mark.parametrize("code", ["print(1)\n", FAILS, "import os\ndef test_a(): os._exit(0)\n"])
def test_nothing_is_counted_of_programs_and_failures(tmp_path: Path, code: str) -> None:
    assert f"tests {SEAL}" not in run(tmp_path, code).stderr


def test_seal_is_not_shown_to_the_snippet(tmp_path: Path) -> None:
    look = "import os\nprint(os.environ.get('TESTS_SEAL'))\n"
    for code in (look, look + HOLDS):
        assert run(tmp_path, code).stdout == "None\n"


PROGRAMS = {
    "no_tests": "import sys\nprint(__name__, sys.argv)\n",
    "nothing_found": "class testing:\n    def test_a(self): pass\nif __name__ == '__main__':\n"
    "    import sys\n    print(__name__, sys.argv)\n",
}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_file_without_tests_is_run_as_a_program(tmp_path: Path, code: str) -> None:
    done = run(tmp_path, code, "a b")
    assert (done.returncode, done.stdout) == (0, "__main__ ['main.py', 'a b']\n")


def test_signal_that_ends_a_test_ends_the_program(tmp_path: Path) -> None:
    for number in (9, 11, 15):
        code = f"import os\ndef test_a(): os.kill(os.getpid(), {number})\n{HOLDS}"
        assert run(tmp_path, code).returncode == -number


def test_files_of_the_snippet_are_found_and_shadow_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "pytest.py").write_text("raise ImportError\n")
    (tmp_path / "snippet_tests.py").write_text("VALUE = 3\n")
    code = "import sys\nimport snippet_tests\ndef test_a():\n    assert snippet_tests.VALUE == 3\n"
    done = run(tmp_path, code + "    assert sys.argv == ['main.py', 'x']\n", "x")
    assert done.returncode == 0, done.stderr


WITH_PYTEST = {
    "holds": ("def test_a(tmp_path): assert tmp_path\n", 0, "1 passed"),
    "fails": (f"{FAILS}{HOLDS}", 1, "1 failed, 1 passed"),
    "example": ('def f():\n    """\n    >>> f()\n    1\n    """\n', 1, "1 failed"),
    "own_main": (f"import unittest\nunittest.main()\n{HOLDS}", 0, "1 passed"),
    "hard_exit": (f"import os\ndef test_a(): os._exit(0)\n{HOLDS}", 1, "ERROR: test_a"),
    "none": ("class testing:\n    def test_a(self): pass\nprint(__name__)\n", 0, "__main__\n"),
}
PLAIN = {"fails", "hard_exit", "none"}
"""To import pytest costs half a second: the others are left to the thorough tests."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "exit_code", "said"),
    [
        pytest.param(*case, id=name, marks=[] if name in PLAIN else [pytest.mark.thorough])
        for name, case in WITH_PYTEST.items()
    ],
)
def test_pytest_runs_the_tests_if_it_is_installed(
    tmp_path: Path, code: str, exit_code: int, said: str
) -> None:
    done = run(tmp_path, code, has_pytest=True)
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs in sandboxes, which have it")
def test_child_of_a_test_that_lives_on_holds_nobody_up(tmp_path: Path) -> None:
    code = (
        "import os, time\ndef test_a():\n    if not os.fork():\n        os.close(0); os.close(1)\n"
    )
    code += "        os.close(2); time.sleep(30); os._exit(0)\n"
    assert run(tmp_path, code).returncode == 0
