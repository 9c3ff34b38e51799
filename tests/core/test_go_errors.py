"""What real versions of Go said last, as captured, and what each of their programs is judged."""

from __future__ import annotations

from functools import partial

import pytest

from daytona_validate._core.languages import go_errors
from daytona_validate._core.languages.diagnosis import Diagnosis, Ending
from daytona_validate._models import Limit, Outcome
from for_each import for_each
from growth import assert_linear

from .captured_words import Said, captured, versions

CAPTURED = captured("go_words")
COMPILE, RUNTIME = Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR
MISSING, FRAGMENT = Outcome.MISSING_DEPENDENCY, Outcome.NOT_RUNNABLE
NO_MODULE = "no required module provides package "
NO_PACKAGE = "no package clause"

# Name of the program: its outcome, and a part of the line of its result.
EXPECTED = {
    "unused_variable": (COMPILE, "declared and not used"),
    "unused_import": (COMPILE, '"os" imported and not used (line 3)'),
    "type_mismatch": (COMPILE, 'cannot use "x" (untyped string constant) as int value in'),
    "two_errors": (COMPILE, "(line 4)"),
    "end_of_file": (COMPILE, "syntax error: unexpected EOF, expect"),
    "cycle": (COMPILE, "instantiation cycle: ./main.go:4:8: P instantiated as *P (line 3)"),
    "no_body": (COMPILE, "missing function body (line 3)"),
    "no_main": (COMPILE, "failed: function main is undeclared in the main package"),
    "not_main": (COMPILE, "package command-line-arguments is not a main package"),
    "not_main_and_wrong": (COMPILE, "undefined: x (line 3)"),
    "no_package": (FRAGMENT, NO_PACKAGE),
    "statement": (FRAGMENT, NO_PACKAGE),
    "assignment": (FRAGMENT, NO_PACKAGE),
    "only_comment": (FRAGMENT, NO_PACKAGE),
    "misspelt_package": (COMPILE, "expected 'package', found packge (line 1)"),
    "bad_import": (COMPILE, "(line 3)"),
    "third_party": (MISSING, NO_MODULE + "github.com/x/y/v2 (line 6)"),
    "third_party_and_wrong": (MISSING, NO_MODULE + "golang.org/x/net/html (line 3)"),
    "two_third_party": (MISSING, NO_MODULE + "github.com/x/y (line 4)"),
    "no_such_standard": (COMPILE, "package fmt2 is not in std (/opt/go/src/fmt2) (line 3)"),
    "no_such_and_third_party": (COMPILE, "package fmt2 is not in std"),
    "relative": (COMPILE, '"./inner" is relative'),
    "internal": (COMPILE, "use of internal package internal/abi not allowed (line 3)"),
    "c": (COMPILE, "failed: no Go source files"),
    "embed_nothing": (COMPILE, "pattern no.txt: no matching files found (line 5)"),
    "line_that_pretends": (COMPILE, "a.go:1: " + NO_MODULE),
    "text_that_pretends": (COMPILE, 'cannot use "main.go:3:8: no required module'),
    "other_file": (COMPILE, "help.go:4: "),
    "two_packages": (COMPILE, "found packages help (help.go) and main (main.go)"),
    "module_requires": (MISSING, "missing go.sum entry for module providing package github.com/x"),
    "module_lacks": (MISSING, NO_MODULE + "github.com/x/y (line 3)"),
    "module_own_wrong": (COMPILE, "shapes/shapes.go:3: undefined: x"),
    "module_summed": (MISSING, "module lookup disabled by GOPROXY=off (line 3)"),
    "module_bad": (COMPILE, "errors parsing go.mod: go.mod:1: unknown directive: modul"),
    "module_too_new": (COMPILE, "failed: go.mod requires go >= 1.99"),
    "import_cycle": (COMPILE, "import cycle not allowed"),
    "panic": (RUNTIME, "failed: panic: boom (line 4)"),
    "panic_error": (RUNTIME, "failed: panic: a (line 6)"),
    "panic_value": (RUNTIME, "failed: panic: (main.t) "),
    "panic_pretends": (RUNTIME, "(line 4)"),
    "panic_after_log": (RUNTIME, "failed: panic: yes (line 7)"),
    "panic_again": (RUNTIME, "failed: panic: second (line 5)"),
    "panic_recovered_again": (RUNTIME, "failed: panic: same (line 5)"),
    "panic_in_goroutine": (RUNTIME, "panic: assignment to entry in nil map (line 6)"),
    "panic_in_library": (RUNTIME, "panic: strings: negative Repeat count (line 6)"),
    "index": (RUNTIME, "panic: runtime error: index out of range [5] with length 1 (line 6)"),
    "nil_pointer": (RUNTIME, "invalid memory address or nil pointer dereference (line 7)"),
    "deadlock": (RUNTIME, "fatal error: all goroutines are asleep - deadlock! (line 5)"),
    "map_race": (RUNTIME, "fatal error: concurrent map writes (line 8)"),
    "recursion": (RUNTIME, "fatal error: stack overflow (line 5)"),
    "make_too_large": (RUNTIME, "panic: runtime error: makeslice: len out of range (line 5)"),
    "memory": (Outcome.MEMORY_LIMIT, "memory limit of 512 MiB exceeded"),
    "memory_at_once": (Outcome.PASSED, "success"),
    "threads": (Outcome.PROCESS_LIMIT, "process limit of 256 exceeded"),
    "disk_panic": (Outcome.DISK_LIMIT, "disk limit of 64 MiB exceeded"),
    "no_program": (RUNTIME, 'failed: exec: "nothing": executable file not found in $PATH'),
    "exit_3": (RUNTIME, "failed: bad input (exit code 3)"),
    "exit_silent": (RUNTIME, "failed: exited with code 4"),
    "exit_2": (RUNTIME, "failed: panic: not really (exit code 2)"),
    "log_fatal": (RUNTIME, "failed: cannot go on"),
    "log_no_flags": (RUNTIME, "failed: main.go:7: no 1"),
    "says_missing": (RUNTIME, "failed: main.go:3:8: no required module provides package"),
    "flag": (RUNTIME, "failed: flag provided but not defined: -x (exit code 2)"),
    "killed": (RUNTIME, "failed: killed by signal KILL (9)"),
    "aborted": (RUNTIME, "failed: SIGABRT: abort"),
    "test_fails": (RUNTIME, "failed: TestAdd: got 2, want 3 (line 7)"),
    "test_fails_inside": (RUNTIME, "failed: TestAdd/a_b: wrong: 1 of 2 (line 11)"),
    "test_says_nothing": (RUNTIME, "failed: TestAdd"),
    "test_panics": (RUNTIME, "index out of range [0] with length 0 (line 7)"),
    "test_exits": (RUNTIME, "panic: unexpected call to os.Exit(0) during test (line 9)"),
    "test_does_not_compile": (COMPILE, "undefined: Add (line 6)"),
    "test_third_party": (MISSING, NO_MODULE + "github.com/stretchr/testify/assert (line 6)"),
    "test_no_package": (FRAGMENT, NO_PACKAGE),
    "test_two_files": (RUNTIME, "failed: TestAdd: got 0 (add_test.go:7)"),
    "test_example": (RUNTIME, "failed: ExampleAdd: got: 2 want: 3"),
    "test_wrong_name": (COMPILE, "function main is undeclared in the main package"),
    # Known to be excused wrongly: Go does not say that the module is the program's own.
    "module_own": (MISSING, NO_MODULE + "example.com/app/shapes (line 3)"),
}


@for_each("said", CAPTURED, ids=str)
def test_last_words(said: Said) -> None:
    outcome, details = EXPECTED[said.name]
    verdict = said.verdict()
    assert details in verdict.details
    assert verdict.outcome is outcome


def test_every_program_was_captured_in_every_version() -> None:
    assert len(versions(CAPTURED)) >= 3
    assert all(names == EXPECTED.keys() for names in versions(CAPTURED).values())


def test_the_words_of_a_compiler_are_kept_as_they_are() -> None:
    *_, last = (said for said in CAPTURED if said.name == "two_errors")
    verdict = last.verdict()
    assert verdict.output == ""
    assert str(verdict.error).startswith("# command-line-arguments\n./main.go:4:2: ")


def crashed(report: str, exit_code: int = 2) -> Diagnosis | None:
    text = f"{report}\n\ngoroutine 1 [running]:\nmain.main()\n\t/work/main.go:4 +0x25\n"
    return go_errors.diagnose(Ending(text=text, entry_file="main.go", exit_code=exit_code))


@pytest.mark.parametrize(
    ("report", "limit"),
    [
        ("fatal error: runtime: out of memory", Limit.MEMORY),
        ("fatal error: runtime: cannot allocate memory", Limit.MEMORY),
        ("fatal error: out of memory", Limit.MEMORY),
        ("fatal error: newosproc", Limit.PROCESSES),
        ("panic: fork/exec /bin/sh: resource temporarily unavailable", Limit.PROCESSES),
        ("panic: fork/exec /bin/sh: cannot allocate memory", Limit.MEMORY),
        ("panic: write /work/a: no space left on device", Limit.DISK),
        ("panic: write /work/a: file too large", Limit.DISK),
        ("panic: out of memory", None),
        ("panic: no space left on device here", None),
        ("fatal error: concurrent map writes", None),
    ],
)
def test_reports_that_are_limits(report: str, limit: Limit | None) -> None:
    diagnosis = crashed(report)
    assert diagnosis is not None
    assert (diagnosis.limit, diagnosis.is_uncaught, diagnosis.line) == (limit, True, 4)


def test_a_report_counts_only_with_the_exit_code_of_a_crash() -> None:
    diagnosis = crashed("fatal error: out of memory", exit_code=1)
    assert diagnosis is not None
    assert not diagnosis.is_uncaught
    assert diagnosis.limit is None


@pytest.mark.parametrize(
    "text",
    [
        "main.go:3:8: no required module provides package snippet/inner; to add it:",
        "main.go:3:8: no required module provides package github.com; x\nmain.go:4:1: undefined: y",
        "main.go:3:8: module lookup disabled by GOPROXY=off",
        "# x\nmain.go:3:8: no required module provides package github.com/x/y; to add it:",
    ],
)
def test_what_is_no_missing_package(text: str) -> None:
    ending = Ending(text=text, entry_file="main.go", exit_code=1, is_compiler=True)
    diagnosis = go_errors.diagnose(ending)
    assert diagnosis is not None
    assert diagnosis.missing_module is None


def test_a_compiler_that_says_nothing_has_no_diagnosis() -> None:
    ending = Ending(text="# snippet\n\n", entry_file="main.go", exit_code=1, is_compiler=True)
    assert go_errors.diagnose(ending) is None


def test_a_test_that_only_reports_failure_elsewhere() -> None:
    ending = Ending(text="last\n", entry_file="main.go", exit_code=1, output="x\nFAIL\n")
    assert go_errors.diagnose(ending) == Diagnosis(message="last")


PIECES = [
    *(
        " ",
        "\t",
        "\n",
        "a",
        "a.go",
        ".go:",
        "a.go:1:1: ",
        "./",
        ":1",
        "·",
        "a·b: ",
        "# \n",
        "FAIL\n",
    ),
    *(
        "panic: ",
        "\npanic: a",
        "\n\tpanic: a",
        " [recovered]",
        "goroutine 1 [",
        "goroutine 1 [a]:\n",
    ),
    *("\t/work/main.go:1", "--- FAIL: ", "--- FAIL: a (0.1s)\n", "\n    a.go:1: a", "\n        a"),
    *(
        "no required module provides package a.b/c",
        "a.",
        "Usage of ",
        "2026/01/01 00:00:00 ",
        "got:\n",
    ),
]


@pytest.mark.parametrize("end", ["", "\ngoroutine 1 [running]:\n\t/work/main.go:4", "\nFAIL\n"])
@pytest.mark.parametrize("piece", PIECES)
def test_hostile_text_costs_no_more_than_its_length(piece: str, end: str) -> None:
    for start in ("", "panic: ", "main.go:1:1: ", "--- FAIL: a (0.00s)\n", "\n"):
        for exit_code, is_compiler in ((1, True), (1, False), (2, False)):
            read = partial(_read, exit_code=exit_code, is_compiler=is_compiler)
            assert_linear(read, piece, start=start, end=end)


def _read(text: str, *, exit_code: int, is_compiler: bool) -> None:
    ending = Ending(
        text=text,
        output=text,
        entry_file="main.go",
        exit_code=exit_code,
        is_compiler=is_compiler,
    )
    go_errors.diagnose(ending)


def test_a_crash_whose_goroutines_were_cut_off_is_still_told() -> None:
    text = (
        "fatal error: runtime: out of memory\n\nruntime stack:\nruntime.throw({0x4809ba?, 0x2})\n"
        "\t/opt/go/src/runtime/panic.go:1243 +0x48\n… 5133 bytes left out …\n"
        "created by runtime.gcBgMarkStartWorkers in goroutine 1\n"
        "\t/opt/go/src/runtime/mgc.go:1711 +0xfc\n"
    )
    found = go_errors.diagnose(Ending(text=text, entry_file="main.go", exit_code=2))
    assert found is not None
    assert (found.message, found.limit) == ("fatal error: runtime: out of memory", Limit.MEMORY)


def test_other_failed_tests_are_counted_without_those_that_hold_them() -> None:
    output = (
        "--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/one (0.00s)\n        main_test.go:5: got 1\n"
        "    --- FAIL: TestA/two (0.00s)\n        main_test.go:5: got 2\n"
        "--- FAIL: TestB (0.00s)\n    main_test.go:9: no\nFAIL\n"
    )
    ending = Ending(text="", entry_file="main.go", exit_code=1, output=output)
    assert go_errors.diagnose(ending) == Diagnosis(message="TestA/one: got 1", line=5, also=2)


def test_a_frame_by_a_line_directive_names_a_line_of_the_code() -> None:
    text = "panic: a\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:3 +0x25\n"
    found = go_errors.diagnose(Ending(text=text, entry_file="main.go", exit_code=2))
    assert found is not None
    assert found.line == 3
