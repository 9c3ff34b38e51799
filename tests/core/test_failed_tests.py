"""What test runners printed, as captured, and the line that is made of it."""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages import javascript_errors, python_errors
from daytona_validate._core.languages.diagnosis import Diagnosis, Ending
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Caveat, Execution, Limits, Outcome, Snippet, Stage, Step
from for_each import for_each

from .captured_words import Said, captured, versions

CAPTURED = captured("failed_tests")
FIRST_OF_CASES = "TestArea.test_raises: KeyError: 'key' (line 18), and 4 more tests failed"
NO_FIXTURE = "ERROR at setup of test_no_fixture: fixture 'five' not found (line 24), and 4 more"
SECOND_TOO = ", and 1 more test failed"
FALSY = "AssertionError: The expression evaluated to a falsy value: assert.ok(1 > 2) (line 6)"

# Name of the program: how the line after «Code execution failed: » begins.
PYTHON = {
    "unittest": FIRST_OF_CASES,
    "unittest_verbose": FIRST_OF_CASES,
    "unittest_buffered": "TestOne.test_one: AssertionError: no (line 7)",
    "unittest_on_stdout": FIRST_OF_CASES,
    "unittest_then_message": "TestOne.test_one: AssertionError: 1 not found in [2, 3] (line 7)",
    "unittest_then_error": "ValueError: later (line 10)",
    "unittest_bare_assert": "TestOne.test_one: AssertionError: assert sum([1, 2]) == 4 (line 7)",
    "unittest_unexpected": "TestOne.test_one: passed, and was expected to fail",
    "unittest_class_setup": "TestOne.setUpClass: AttributeError: type object 'TestOne' has no attr",
    "unittest_chained": "TestOne.test_one: ValueError: other (line 8)",
    "unittest_imports": "TestOne.test_one: ModuleNotFoundError: No module named 'nopkg' (line 7)",
    "unittest_exits": "TestOne.test_one: SystemExit: 0 (line 7)",
    "unittest_async": "TestOne.test_one: AssertionError: 1 != 2 (line 7)",
    "unittest_of_doctest": "half: half(4): expected 2, got 2.0 (line 8)",
    "doctest": f"half: half(4): expected 2, got 2.0 (line 8){SECOND_TOO}",
    "doctest_verbose": f"half: half(4): expected 2, got 2.0 (line 8){SECOND_TOO}",
    "doctest_raises": f"half: half(4): ZeroDivisionError: division by zero (line 8){SECOND_TOO}",
    "doctest_of_module": f"1 + 1: expected 3, got 2 (line 2){SECOND_TOO}",
    "pytest": NO_FIXTURE,
    "pytest_quiet": NO_FIXTURE,
    "pytest_short": NO_FIXTURE,
    "pytest_line": NO_FIXTURE,
    "pytest_no_summary": "test_half: AssertionError: four (line 16)",
    "pytest_doctest": "half: half(4): expected 2, got 2.0 (line 8)",
    "pytest_collection": "ERROR collecting main.py: NameError: name 'undefined_name' is not def",
}
JAVASCRIPT = {
    "equal": "adds: AssertionError: Expected values to be strictly equal: -1 !== 5 (line 4)",
    "many": "adds: AssertionError: one is not two (line 4), and 2 more tests failed",
    "only_suite": f"fails: {FALSY}",
    "subtest": "child: AssertionError: The input did not match the regular expression /x/. Input:"
    " 'abc' (line 5)",
    "in_function": "halves: RangeError: odd: 3 (line 4)",
    "module": "adds: AssertionError: Expected values to be strictly equal: 2 !== 3 (line 4)",
    "throws_text": "odd: a text (line 3)",
    "throws_object": "odd: { code: 7 } (line 3)",
    "callback": "calls: called (line 4)",
    "quotes": "it's # odd \\: it's long (line 4)",
    "todo": "now: now (line 8)",
    "hook": "with a hook: hook (line 5)",
    "prints": "prints: real (line 6)",
    "no_test": "exited with code 1 after printing: # fail 1",
}
EXPECTED = {"python": PYTHON, "javascript": JAVASCRIPT}
IN_OLD_VERSIONS = {
    ("javascript", "18.20.8", "module"): (Outcome.COMPILE_ERROR, "SyntaxError: Cannot use import"),
}


@for_each("said", CAPTURED, ids=str)
def test_line_names_test_assertion_and_line(said: Said) -> None:
    outcome, line = IN_OLD_VERSIONS.get(
        (said.language, said.version, said.name),
        (Outcome.RUNTIME_ERROR, EXPECTED[said.language][said.name]),
    )

    verdict = said.verdict()

    assert verdict.details.startswith(f"Code execution failed: {line}")
    assert verdict.outcome is outcome


@pytest.mark.parametrize("language", EXPECTED)
def test_every_program_was_captured_in_every_version(language: str) -> None:
    found = [names for (each, _), names in versions(CAPTURED).items() if each == language]
    assert len(found) >= 3
    assert all(names == EXPECTED[language].keys() for names in found)


RULE, DASHES, STARS = "=" * 70, "-" * 70, "*" * 70
UNITTEST_END = "FAILED (failures=1)"
DOCTEST_END = "***Test Failed*** 1 failures."


def python(text: str = "", output: str = "") -> Diagnosis | None:
    ending = Ending(text=text, output=output, entry_file="main.py", exit_code=1)
    return python_errors.diagnose(ending)


def node(output: str) -> Diagnosis | None:
    ending = Ending(text="", output=output, entry_file="index.js", exit_code=1)
    return javascript_errors.diagnose(ending)


NO_VALUE = ("Expected nothing", "Got:", "    1")
NOTHING = ("Expected:", "    1", "Got nothing")
ERROR = f"{RULE}\nERROR: test_x (main.T.test_x)\n{DASHES}\nTraceback (most recent call last):\n"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (UNITTEST_END, UNITTEST_END, None),
        (f"FAIL: mine (m.T.mine)\n{UNITTEST_END}", UNITTEST_END, None),
        (f"{RULE}\nFAIL: own name\n{DASHES}\n{UNITTEST_END}", UNITTEST_END, None),
        (f"{RULE}\nFAIL: test_x (m.T.test_x)\n{DASHES}\n{UNITTEST_END}", "m.T.test_x", None),
        (f"{RULE}\nFAIL: plain\n{DASHES}\nno\n{UNITTEST_END}", "plain: no", None),
        (
            f'{ERROR}  File "/work/other.py", line 3, in f\nAssertionError\n{UNITTEST_END}',
            "T.test_x: AssertionError",
            None,
        ),
        (
            f'{ERROR}  File "/work/main.py", line 3, in f\nAssertionError\n{UNITTEST_END}',
            "T.test_x: AssertionError",
            3,
        ),
    ],
    ids=["alone", "no_rule", "no_head", "no_traceback", "no_path", "elsewhere", "no_source"],
)
def test_strange_reports_of_unittest(text: str, message: str, line: int | None) -> None:
    assert python(text) == Diagnosis(message=message, line=line)


def example(*lines: str, file: str = "/work/main.py", name: str = "main.f") -> str:
    place = f'File "{file}", line 4, in {name}'
    return "\n".join([STARS, place, "Failed example:", *lines, STARS, DOCTEST_END])


@pytest.mark.parametrize(
    ("output", "message", "line"),
    [
        (
            example("    f()", "Expected nothing", "Got:", "    1"),
            "f: f(): expected nothing, got 1",
            4,
        ),
        (
            example("    f()", "Expected:", "    1", "Got nothing"),
            "f: f(): expected 1, got nothing",
            4,
        ),
        (example("    f()", "Something else:", "    1"), "f: f()", 4),
        (example("    f()"), "f: f()", 4),
        (example("    f()", "Exception raised:", "    cut off"), "f: f()", 4),
        (example("    f()", file="/work/b.py", name="b.f"), "b.f: f()", None),
        (example("    a", "    b", "    c", "    d"), "f: a b c …", 4),
    ],
    ids=["no_value", "nothing", "unknown", "cut", "no_traceback", "elsewhere", "long"],
)
def test_strange_reports_of_doctest(output: str, message: str, line: int | None) -> None:
    assert python(output=output) == Diagnosis(message=message, line=line)


def test_words_like_a_report_are_none() -> None:
    """What ended the program without saying anything is told by its code alone."""
    place = 'File "/work/main.py", line 4, in main.f'
    for output in (DOCTEST_END, f"{STARS}\n{place}\n{DOCTEST_END}", "1 failed in the end"):
        assert python(output=output) is None


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (
            "FAILED main.py::TestX::test_a - assert 1 == 2\n===== 1 failed in 0.02s =====",
            Diagnosis(message="TestX.test_a: assert 1 == 2"),
        ),
        (
            "noise\nERROR main.py::test_a\n2 errors, 1 failed in 65.20s (0:01:05)",
            Diagnosis(message="test_a: failed", also=2),
        ),
        ("===== 1 failed in 0.02s =====", None),
        (
            (
                "___ ERROR collecting main.py ___\nmain.py:2: in <module>\n    import nopkg\n"
                "E   ModuleNotFoundError: No module named 'nopkg'\n===== 1 error in 0.02s ====="
            ),
            Diagnosis(
                message="ERROR collecting main.py: ModuleNotFoundError: No module named 'nopkg'",
                line=2,
                missing_module="nopkg",
            ),
        ),
        ("____ test_a ____\n===== 1 failed in 0.02s =====", Diagnosis(message="test_a")),
    ],
    ids=["summary", "bare", "nothing", "not_loaded", "no_reason"],
)
def test_short_reports_of_pytest(output: str, found: Diagnosis | None) -> None:
    assert python(output=output) == found


def test_report_before_an_uncaught_error_is_not_what_ended_it() -> None:
    traceback = 'Traceback (most recent call last):\n  File "/work/main.py", line 9\nValueError: x'
    found = python(traceback, "===== 1 failed in 0.02s =====")
    assert found is not None
    assert found.message == "ValueError: x"


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("not ok 1 - mine\n# fail 1", None),
        ("✖ failing tests:\n\ntest at index.js:1:1\n# fail 1", None),
        ("not ok 1 - a\n  ---\n  error: 'x'\nnot ok 2 - b\n# fail 1", Diagnosis(message="a: x")),
        ("not ok 1 - a\n  ---\n  location: 'x'\n  ...\n# fail 1", Diagnosis(message="a")),
        ("not ok 1 - a\n  ---\n  unquoted: x\n  ...\n# fail 1", Diagnosis(message="a")),
        ("not ok 1 - a\n  ---\n\n  error: x", None),
        ("not ok 1 - a\n  ---\n  more\n\n# fail 1", Diagnosis(message="a")),
    ],
    ids=["no_fields", "cut", "unended", "no_error", "no_quotes", "no_count", "loose"],
)
def test_strange_reports_of_node(output: str, found: Diagnosis | None) -> None:
    assert node(output) == found


FAILED_EXAMPLE = example("    f()", "Expected:", "    1", "Got nothing")
FAILED_CASE = f"{RULE}\nFAIL: test_x (__main__.T.test_x)\n{DASHES}\nno\n{UNITTEST_END}\n"


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "said"),
    [
        ("import doctest", FAILED_EXAMPLE, "", "f: f(): expected 1, got nothing (line 4)"),
        ("from unittest import main", "", FAILED_CASE, "T.test_x: no"),
        ("print(1)", FAILED_EXAMPLE, FAILED_CASE, None),
        ("import doctest", "1\n", "", None),
    ],
)
def test_failed_tests_of_a_program_that_ended_well_are_told(
    code: str, stdout: str, stderr: str, said: str | None
) -> None:
    """As after `doctest.testmod()`, whose result nobody looked at."""
    step = Step(stage=Stage.RUN, exit_code=0, stdout=stdout.encode(), stderr=stderr.encode())
    snippet = Snippet(code=code, language="python")
    execution = Execution(steps=(step,), runtime="")
    verdict = classify(execution, Job(snippet, LANGUAGES["python"], Limits()))
    assert verdict.outcome is Outcome.PASSED
    assert verdict.caveat is (Caveat.TESTS_FAILED if said else None)
    more = f"; it ran tests that failed: {said}" if said else ""
    assert verdict.details == f"Code executed successfully in 0.00 seconds{more}"
