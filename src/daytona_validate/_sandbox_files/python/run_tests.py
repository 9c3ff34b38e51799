"""Run the tests of a Python file: with pytest where that is installed, else with unittest.

usage: python3 -s run_tests.py FILE ARGUMENT...

It stands in sandboxes and imports nothing of ours but the files beside it. A file without tests is
run as a program. Tests run in a child process, which says in memory that both see how far it came:
so what ends the process in the middle, were it with exit code 0, cannot pass for the tests that
were still to come. If none failed, the parent adds a line to stderr that counts them, under the
seal that TESTS_SEAL holds. Whoever means to can forge that, as he can print what he likes.
"""

from __future__ import annotations

import importlib
import importlib.util
import mmap
import os
import signal
import sys
from types import CodeType

test_source = importlib.import_module("test_source")
snippet_tests = importlib.import_module("snippet_tests")
for each in ("test_source", "snippet_tests", "plain_tests"):
    del sys.modules[each]  # the snippet may have a file of that name
__unittest = True  # unittest leaves the frames of such modules out

ENDED, NO_TESTS = "ended", "no tests"
SEAL = os.environ.pop("TESTS_SEAL", "")
SHARED_BYTES = 4096
RULE, LINE = "=" * 70, "-" * 70


class Progress:
    """What the child says of its tests, for the parent to read when the child has ended."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, SHARED_BYTES)

    def say(self, *words: object) -> None:
        text = "\0".join(map(str, words)).encode("utf-8", "replace")[: SHARED_BYTES - 1]
        self._shared[: len(text) + 1] = text + b"\n"

    def words(self) -> list[str]:
        return self._shared[:].partition(b"\n")[0].decode("utf-8", "replace").split("\0")


def main(arguments: list[str]) -> None:
    # Before the snippet's own folder is on the path: its files may have any name.
    has_pytest = importlib.util.find_spec("pytest") is not None
    sys.argv, sys.path[0] = arguments, os.getcwd()
    path = os.path.abspath(arguments[0])
    code = code_with_tests(path)
    if code is None:
        run_program(arguments)
        return
    progress = Progress()
    child = os.fork()
    if child:
        conclude(os.waitpid(child, 0)[1], progress.words(), arguments, path)
    elif has_pytest:
        run_with_pytest(path, progress)
    else:
        run_with_unittest(code, path, progress)


def run_program(arguments: list[str]) -> None:
    os.execvp("python3", ["python3", "-s", *arguments])


def code_with_tests(path: str) -> CodeType | None:
    """Return the code; None if it has no tests, or if Python has to say what is wrong with it."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        if not test_source.has_tests(source):
            return None
        return compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def conclude(status: int, words: list[str], arguments: list[str], path: str) -> None:
    """End as the child did, unless it ended before its tests had."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number:
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    code = os.waitstatus_to_exitcode(status)
    if words == [NO_TESTS]:
        run_program(arguments)
    if words[0] == ENDED:
        if SEAL and not code:
            os.write(2, f"tests {SEAL} {' '.join(words[1:])}\n".encode())
    else:
        name, _, line = "\0".join(words).partition("\0")
        message = f"it ended the process (exit code {code}) before all tests had run"
        sys.stderr.write(f"\n{RULE}\nERROR: {name}\n{LINE}\n{traced(path, line, message)}")
        sys.stderr.write(f"\n{LINE}\nFAILED (errors=1)\n")
    sys.exit(code if words[0] == ENDED else 1)


def traced(path: str, line: str, message: str) -> str:
    return f'Traceback (most recent call last):\n  File "{path}", line {line}\n{message}\n'


def run_with_pytest(path: str, progress: Progress) -> None:
    import pytest

    counts = dict.fromkeys(("passed", "skipped", "failed as expected", "failed"), 0)
    skipped_files = set[str]()

    class Watch:
        def pytest_runtest_logstart(self, location: tuple[str, int | None, str]) -> None:
            progress.say(location[2], (location[1] or 0) + 1)

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.when == "call" or report.skipped:
                is_expected = report.skipped and hasattr(report, "wasxfail")
                counts["failed as expected" if is_expected else report.outcome] += 1

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            if report.skipped:
                skipped_files.add(report.nodeid)  # told twice: for examples in docstrings as well

    options = (
        *("-q", "--color=no", "-p", "no:cacheprovider"),
        *("--doctest-modules", "--doctest-ignore-import-errors"),  # else they are told twice
    )
    with snippet_tests.stand_ins(stop=False):
        code = pytest.main([*options, path], plugins=[Watch()])
    has_none = code == pytest.ExitCode.NO_TESTS_COLLECTED
    counts.pop("failed")
    counts["skipped"] += len(skipped_files)
    progress.say(
        *([NO_TESTS] if has_none and not any(counts.values()) else [ENDED, *counts.values()])
    )
    sys.exit(0 if has_none else code)


def run_with_unittest(code: CodeType, path: str, progress: Progress) -> None:
    import unittest

    progress.say("the file itself", 1)
    try:
        module = snippet_tests.loaded(code, path)
    except SystemExit:
        progress.say(ENDED)
        raise
    except unittest.SkipTest as skip:
        sys.stderr.write(f"\n{LINE}\nOK (skipped=1): {skip}\n")
        progress.say(ENDED, 0, 1, 0)
        sys.exit(0)
    suite, needs_pytest = snippet_tests.tests_of(module)
    if not suite.countTestCases() and not needs_pytest:
        progress.say(NO_TESTS)
        sys.exit(0)
    passed = list[unittest.TestCase]()
    watched = snippet_tests.watched(progress.say, passed.append)
    result = unittest.TextTestRunner(resultclass=watched).run(suite)
    is_good = result.wasSuccessful()
    progress.say(ENDED, len(passed), len(result.skipped), len(result.expectedFailures))
    if is_good and needs_pytest:
        message = "ModuleNotFoundError: No module named 'pytest'"
        sys.stderr.write(f"\n{traced(path, str(needs_pytest), message)}")
    sys.exit(0 if is_good and not needs_pytest else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
