"""Corners of the readers of Java's last words that no captured program reaches."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from daytona_validate._core.languages.diagnosis import COMPILER_REPORT, Diagnosis, Ending
from daytona_validate._core.languages.java import java_fragment
from daytona_validate._core.languages.java_errors import diagnose, is_foreign
from daytona_validate._models import Limit
from for_each import for_each
from growth import assert_linear

MAIN = 'Exception in thread "main" '
FRAME = "\tat Main.main(Main.java:3)"
HEAP = "java.lang.OutOfMemoryError: Java heap space"
CRASH = "#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"


def java(text: str, exit_code: int | None = 1, **values: Any) -> Diagnosis:
    ending = Ending(text=text, entry_file="Main.java", exit_code=exit_code, **values)
    diagnosis = diagnose(ending)
    assert diagnosis is not None
    return diagnosis


def javac(text: str, *report: str) -> Diagnosis:
    """Read what a compiler step wrote: for people, and the fields of its report."""
    output = "\t".join((COMPILER_REPORT, *report)) + "\n" if report else ""
    return java(text, is_compiler=True, output=output)


@for_each(
    ("thrown", "limit"),
    [
        (HEAP, Limit.MEMORY),
        ("java.lang.OutOfMemoryError", Limit.MEMORY),
        ("java.lang.OutOfMemoryError: GC overhead limit exceeded", Limit.MEMORY),
        ("java.lang.OutOfMemoryError: Metaspace", Limit.MEMORY),
        ("java.lang.OutOfMemoryError: unable to create native thread", Limit.PROCESSES),
        ("java.lang.OutOfMemoryError: Requested array size exceeds VM limit", None),
        ("java.io.IOException: Disk quota exceeded", Limit.DISK),
        ("java.nio.file.FileSystemException: a/b: File too large", Limit.DISK),
        ('java.io.IOException: Cannot run program "a": error=12, Cannot', Limit.MEMORY),
        ('java.io.IOException: Cannot run program "a": Exec failed, error: 11 (R', Limit.PROCESSES),
        ('java.io.IOException: Cannot run program "error=11, ": error=2, No such', None),
        ("java.io.IOException: No space left on device, it said", None),
        ("java.lang.OutOfMemoryErrors: mine", None),
        ("java.lang.IllegalStateException: " + HEAP, None),
        ("mine.java.lang.OutOfMemoryError: Java heap space", None),
    ],
)
def test_what_is_thrown_names_a_limit(thrown: str, limit: Limit | None) -> None:
    assert java(f"{MAIN}{thrown}\n{FRAME}\n").limit is limit


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAP}\n{FRAME}\n",  # printed, not uncaught
        f"{MAIN}{HEAP}\n{FRAME}\nand on it goes\n",
        f'Exception in thread "worker" {HEAP}\n{FRAME}\n',
        f" {MAIN}{HEAP}\n{FRAME}\n",
        f"{MAIN}{HEAP}\n{FRAME}\n{MAIN}java.lang.Exception: no\n{FRAME}\n",
    ],
)
def test_words_that_did_not_end_the_program_claim_nothing(text: str) -> None:
    assert java(text).limit is None


@pytest.mark.parametrize("exit_code", [0, 2, 143])
def test_a_program_that_chose_its_exit_code_did_not_end_by_an_error(exit_code: int) -> None:
    diagnosis = java(f"{MAIN}{HEAP}\n{FRAME}\n", exit_code)
    assert (diagnosis.limit, diagnosis.is_uncaught) == (None, False)


def test_an_error_for_which_there_was_no_memory_left() -> None:
    text = (
        "Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler "
        'in thread "main"'
    )
    assert java(text).limit is Limit.MEMORY
    assert java(text.replace("OutOfMemory", "StackOverflow")).limit is None


def test_a_machine_that_finds_no_memory_says_so_on_stdout() -> None:
    said = "# There is insufficient memory for the Java Runtime Environment to continue.\n"
    assert java("warning", output=f"hello\n#\n{said}", has_output=True).limit is Limit.MEMORY
    assert java("warning", 0, output=said, has_output=True).limit is None


@pytest.mark.parametrize(
    ("reason", "limit"),
    [
        ("Could not reserve enough space for 409600KB object heap", Limit.MEMORY),
        ("java.lang.Error: Properties init: Could not determine current working", None),
    ],
)
def test_a_machine_that_does_not_start(reason: str, limit: Limit | None) -> None:
    diagnosis = java(f"Error occurred during initialization of VM\n{reason}\n")
    assert (diagnosis.message, diagnosis.limit) == (reason, limit)


def test_a_crash_is_told_by_its_signal() -> None:
    diagnosis = java("", None, signal=6, output=f"{CRASH}#  Internal Error (x.cpp:1), pid=1\n#\n")
    assert diagnosis.message == "Internal Error (x.cpp:1), pid=1"
    assert diagnosis.is_uncaught


def test_a_crash_that_is_only_said_is_no_crash() -> None:
    assert java("words", output=CRASH, has_output=True).message == "words"
    assert not java("words", 137).is_uncaught


def test_a_crash_whose_report_is_cut_off() -> None:
    assert java("", 134, output=CRASH).message.startswith("A fatal error has been detected")


def test_the_launcher_speaks_only_before_the_program() -> None:
    text = "Error: Main method not found in class A, please define the main method as:\n  public"
    assert java(text).message == "Main method not found in class A"
    assert java(text, has_output=True).message != "Main method not found in class A"


@pytest.mark.parametrize(
    ("thrown", "frame", "package"),
    [
        ("java.lang.ClassNotFoundException: org.h2.Driver", FRAME, "org.h2"),
        ("java.lang.NoClassDefFoundError: org/junit/Assert", FRAME, "org.junit"),
        ("java.lang.ClassNotFoundException: javax.inject.Inject", FRAME, "javax.inject"),
        ("java.lang.ClassNotFoundException: javax.swing.Nope", FRAME, None),
        ("java.lang.ClassNotFoundException: Driver", FRAME, None),
        ("java.lang.ClassNotFoundException: org.h2.Driver or so", FRAME, None),
        ("java.lang.Exception: org.h2.Driver", FRAME, None),
        ("java.lang.ClassNotFoundException: a.b.C", "\tat a.b.Main.main(Main.java:3)", None),
        ("java.lang.ClassNotFoundException: a.b.C", "\tat a.b.Other.main(Other.java:3)", "a.b"),
    ],
)
def test_a_class_that_is_not_there(thrown: str, frame: str, package: str | None) -> None:
    assert java(f"{MAIN}{thrown}\n{frame}\n").missing_module == package


def test_a_line_is_that_of_the_innermost_frame_in_the_entry_file() -> None:
    frames = [
        "\tat java.base/java.util.List.of(List.java:9)",
        "\tat util.Help.me(Help.java:8)",
        "\tat app//a.Main$Inner.lambda$go$0(Main.java:7)",
        "\tat a.Main.main(Main.java:6)",
    ]
    assert java("\n".join([f"{MAIN}a.B: c", *frames])).line == 7
    assert java("\n".join([f"{MAIN}a.B: c", *frames[:2]])).line is None


def test_a_trace_and_nothing_else() -> None:
    assert java(FRAME).message == FRAME.strip()


@pytest.mark.parametrize(
    ("report", "message", "line"),
    [
        (("0", "", "", "';' expected"), "';' expected", None),
        (("5", "", "", "z"), "z", 5),
        (("1", "", "", "method f cannot be applied to given types;"), None, 1),
        (("1", "", "", "with\ta tab"), "with\ta tab", 1),
        ((), "1 error", None),
        (("1", "cut off"), "1 error", None),
    ],
)
def test_what_the_compiler_reports(
    report: tuple[str, ...], message: str | None, line: int | None
) -> None:
    diagnosis = javac("Main.java:9: error: of people's text nothing is read\n1 error", *report)
    assert diagnosis.message == (message or "method f cannot be applied to given types")
    assert diagnosis.line == line


def test_a_program_cannot_speak_for_the_compiler() -> None:
    report = f"{COMPILER_REPORT}\t1\t\torg.junit\tpackage org.junit does not exist\n"
    assert javac("", *report.rstrip().split("\t")[1:]).missing_module == "org.junit"
    assert java(report, output=report, has_output=True).missing_module is None
    echoed = java(f"{report}^\n1 error", is_compiler=True)
    assert (echoed.message, echoed.missing_module) == ("1 error", None)


@pytest.mark.parametrize(
    ("own", "absent", "package"),
    [
        ("com.shop.app", "com.shop.stock", None),
        ("com.shop", "com.shop.stock org.junit", None),
        ("com.other", "com.shop.stock", "com.shop.stock"),
        ("", "com.shop.stock", "com.shop.stock"),
        ("", "org.junit lombok", "org.junit"),
        ("", "org.junit java.utl", None),
        ("", "Utils", None),
        ("", "", None),
    ],
)
def test_which_absent_packages_somebody_could_add(
    own: str, absent: str, package: str | None
) -> None:
    assert javac("", "1", own, absent, "package x does not exist").missing_module == package


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (
            "#\n# There is insufficient memory for the Java Runtime Environment to continue.\n# a",
            "m",
        ),
        ("An exception has occurred in the compiler (17)\njava.lang.OutOfMemoryError: J", "m"),
        ("An exception has occurred in the compiler (17)\njava.lang.StackOverflowError", None),
        ("An exception has occurred in the compiler (17)", None),
    ],
)
def test_a_compiler_that_fails(text: str, limit: str | None) -> None:
    assert javac(text).limit is (Limit.MEMORY if limit else None)


def test_only_the_compiler_s_report_tells_a_fragment() -> None:
    echoed = "Main.java:1: error: x\n1 error\nfragment: nothing to run\n"
    told = javac(echoed, "0", "", "", "fragment: nothing to run")
    assert java_fragment("", told) == "nothing to run"
    assert java_fragment("", javac(echoed, "1", "", "", "x")) is None


@for_each(
    ("package", "expected"),
    [
        ("org.junit", True),
        ("lombok", True),
        ("javafx.application", True),
        ("jakarta.servlet", True),
        ("javax.annotation", True),
        ("javax.annotation.processing", False),
        ("javax.xml.bind.annotation", True),
        ("javax.xml.parsers", False),
        ("javax", False),
        ("java.utl", False),
        ("javac", True),
        ("sun.misc", False),
        ("com.sun.net", False),
        ("com.sunny", True),
        ("Utils", False),
        ("a.Utils", False),
        ("a..b", False),
        ("", False),
    ],
)
def test_whose_a_package_is(package: str, expected: bool) -> None:
    assert is_foreign(package) is expected


@pytest.mark.parametrize("end", ["", "x", "\n1 error", f"\n{FRAME}", "\nfragment: x"])
@pytest.mark.parametrize("start", ["", MAIN, "Main.java:1: error: ", "\tat ", "error: cannot "])
def test_reading_java_is_linear(start: str, end: str) -> None:
    pieces = [
        " ", "a", "a.", "a/", ".java", ":1", "\t", "\tat ", "(", "import a.", "Caused by: ",
        "Main.java:1: error: cannot find symbol\n", MAIN, f"{MAIN}a\n", f"{FRAME}\n",
        "Caused by: a\n", "java.io.IOException: ", "error=", "error: package a does not exist\n",
        "error: package a does not exist\nimport a.b;\n", "  symbol: class A\n", "#\n",
        "[CIRCULAR", "java.lang.ClassNotFoundException: a.", "\x1b[31m",
    ]  # fmt: skip
    for piece in pieces:
        for is_compiler in (False, True):
            read = partial(_read, is_compiler=is_compiler)
            assert_linear(read, piece, start=start, end=end)


def _read(text: str, *, is_compiler: bool) -> None:
    ending = Ending(
        text=text, entry_file="Main.java", exit_code=1, output=text, is_compiler=is_compiler
    )
    assert (diagnose(ending) is not None) is bool(text.strip())
