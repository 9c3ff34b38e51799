"""What javac and Java said last, as captured, and what each of those programs is judged to be."""

from __future__ import annotations

from daytona_validate._models import Fault, Outcome
from for_each import for_each

from .captured_words import Said, captured, versions

CAPTURED = captured("java_last_words")
COMPILE, RUNTIME = Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR
MISSING, MEMORY = Outcome.MISSING_DEPENDENCY, Outcome.MEMORY_LIMIT
DISK, PROCESSES, FRAGMENT = Outcome.DISK_LIMIT, Outcome.PROCESS_LIMIT, Outcome.NOT_RUNNABLE
NO_MEMORY, NO_DISK = "memory limit of 512 MiB exceeded: ", "disk limit of 64 MiB exceeded: "
NO_PROCESS = "process limit of 256 exceeded: "

# Name of the program: its outcome, and how the line after «Code execution failed: » begins.
EXPECTED = {
    "semicolon": (COMPILE, "';' expected (line 3)"),
    "symbol": (COMPILE, "cannot find symbol: method foo(int) (line 3)"),
    "symbol_class": (COMPILE, "cannot find symbol: class Strin (line 3)"),
    "types": (COMPILE, "incompatible types: String cannot be converted to int (line 3)"),
    "arguments": (COMPILE, "incompatible types: int cannot be converted to String[] (line 3)"),
    "unreported": (
        COMPILE,
        "unreported exception IOException; must be caught or declared to be thrown (line 2)",
    ),
    "warning_then_error": (COMPILE, "cannot find symbol: variable y (line 4)"),
    "not_java": (COMPILE, "class, interface, enum, or record expected (line 1)"),
    "unclosed_text": (COMPILE, "unclosed string literal (line 3)"),
    "end_of_file": (COMPILE, "reached end of file while parsing (line 2)"),
    "two_public": (
        COMPILE,
        "class B is public, should be declared in a file named B.java (line 2)",
    ),
    "wrong_package_twice": (COMPILE, "package java.utl does not exist (line 1)"),
    "jdk_package": (COMPILE, "package java.utl does not exist (line 1)"),
    "javax_package": (COMPILE, "package javax.swng does not exist (line 1)"),
    "absent": (MISSING, "package org.junit.jupiter.api does not exist (line 1)"),
    "absent_static": (MISSING, "package org.junit does not exist (line 1)"),
    "absent_javax": (MISSING, "package javax.servlet.http does not exist (line 1)"),
    "absent_single": (MISSING, "package lombok does not exist (line 1)"),
    "absent_and_wrong": (COMPILE, "package org.junit does not exist (line 1)"),
    "absent_and_unknown": (COMPILE, "package org.junit does not exist (line 1)"),
    "absent_said": (COMPILE, "cannot find symbol: variable y (line 4)"),
    "own_absent_class": (COMPILE, "package Utils does not exist (line 1)"),
    "qualified_absent": (COMPILE, "package Foo does not exist (line 3)"),
    "too_deep": (COMPILE, "the compiler failed: java.lang.StackOverflowError"),
    "statements": (FRAGMENT, "statements without a class"),
    "members": (FRAGMENT, "members without a class"),
    "imports": (FRAGMENT, "nothing to run"),
    "comment": (FRAGMENT, "nothing to run"),
    "wrong_statements": (COMPILE, "class, interface, enum, or record expected (line 1)"),
    "statements_and_class": (COMPILE, "class, interface, enum, or record expected (line 2)"),
    "package_and_statement": (COMPILE, "class, interface, enum, or record expected (line 2)"),
    "package_only": (COMPILE, "no class declared in Main.java"),
    "thrown": (RUNTIME, "java.lang.IllegalStateException: no: 1 (line 3)"),
    "thrown_bare": (RUNTIME, "java.lang.IllegalStateException (line 3)"),
    "cause": (RUNTIME, "java.lang.RuntimeException: outer (line 4)"),
    "suppressed": (RUNTIME, "java.lang.Exception: first (line 3)"),
    "multi_line": (RUNTIME, "java.lang.Exception: one (line 3)"),
    "initializer": (
        RUNTIME,
        "java.lang.ExceptionInInitializerError, caused by java.lang.ArithmeticException",
    ),
    "initializer_of_main": (
        RUNTIME,
        "java.lang.ExceptionInInitializerError, caused by java.lang.ArithmeticException",
    ),
    "null": (
        RUNTIME,
        'java.lang.NullPointerException: Cannot invoke "String.length()" because "<local1>"',
    ),
    "index": (
        RUNTIME,
        "java.lang.ArrayIndexOutOfBoundsException: Index 2 out of bounds for length 2 (line 5)",
    ),
    "cast": (
        RUNTIME,
        "java.lang.ClassCastException: class java.lang.String cannot be cast to class java.l",
    ),
    "stack": (RUNTIME, "java.lang.StackOverflowError (line 3)"),
    "assertion": (RUNTIME, "java.lang.AssertionError: 1 instead of 2 (line 3)"),
    "custom": (RUNTIME, "Main$Mine: n=3 (line 3)"),
    "in_library": (RUNTIME, "java.lang.UnsupportedOperationException (line 3)"),
    "input_missing": (RUNTIME, "java.util.NoSuchElementException (line 3)"),
    "no_main": (RUNTIME, "Main method not found in class A"),
    "private_main": (RUNTIME, "Main method not found in class A"),
    "interface_only": (RUNTIME, "Main method not found in class A"),
    "exit": (RUNTIME, "exited with code 3"),
    "exit_after_words": (RUNTIME, "bad thing (exit code 2)"),
    "exit_after_trace": (RUNTIME, "java.lang.Exception: caught"),
    "output_then_exit": (RUNTIME, "exited with code 1 after printing: said"),
    "thread_then_main": (RUNTIME, "java.lang.Exception: in main (line 5)"),
    "main_then_thread": (RUNTIME, "java.lang.Exception: in main (line 8)"),
    "own_handler": (RUNTIME, "own: java.lang.Exception: handled"),
    "future": (
        RUNTIME,
        "java.util.concurrent.ExecutionException: java.lang.ArithmeticException",
    ),
    "missing": (MISSING, "java.lang.ClassNotFoundException: com.mysql.cj.jdbc.Driver (line 3)"),
    "missing_unpacked": (RUNTIME, "java.lang.ClassNotFoundException: Driver (line 3)"),
    "missing_jdk": (RUNTIME, "java.lang.ClassNotFoundException: java.util.Lst (line 3)"),
    "missing_own": (RUNTIME, "java.lang.ClassNotFoundException: com.example.stock.Item (line 4)"),
    "missing_wrapped": (
        RUNTIME,
        "java.lang.RuntimeException: java.lang.ClassNotFoundException: com.mysql.cj.jdbc.Driver",
    ),
    "missing_printed": (RUNTIME, "java.lang.ClassNotFoundException: com.mysql.cj.jdbc.Driver"),
    "missing_then_null": (
        RUNTIME,
        'java.lang.NullPointerException: Cannot invoke "String.length()" because "<local1>"',
    ),
    "missing_in_message": (
        RUNTIME,
        "java.lang.Exception: java.lang.ClassNotFoundException: com.mysql.Driver (line 3)",
    ),
    "no_driver": (
        RUNTIME,
        "java.sql.SQLException: No suitable driver found for jdbc:mysql://localhost/db (line 3)",
    ),
    "heap": (MEMORY, NO_MEMORY + "java.lang.OutOfMemoryError: Java heap space (line 4)"),
    "heap_at_once": (MEMORY, NO_MEMORY + "java.lang.OutOfMemoryError: Java heap space (line 3)"),
    "array_too_long": (
        RUNTIME,
        "java.lang.OutOfMemoryError: Requested array size exceeds VM limit (line 3)",
    ),
    "heap_in_future": (
        MEMORY,
        NO_MEMORY
        + "java.util.concurrent.ExecutionException: java.lang.OutOfMemoryError: Java heap space",
    ),
    "heap_said": (
        RUNTIME,
        "java.lang.Exception: java.lang.OutOfMemoryError: Java heap space (line 3)",
    ),
    "heap_caught": (RUNTIME, "java.lang.Exception: too much (line 4)"),
    "direct": (
        MEMORY,
        NO_MEMORY + "java.lang.OutOfMemoryError: Cannot reserve 2000000000 bytes of",
    ),
    "threads": (
        PROCESSES,
        NO_PROCESS + "java.lang.OutOfMemoryError: unable to create native thread",
    ),
    "processes": (
        PROCESSES,
        NO_PROCESS
        + 'java.io.IOException: Cannot run program "sleep": error=11, Resource temporarily u',
    ),
    "disk": (DISK, NO_DISK + "java.io.IOException: No space left on device (line 4)"),
    "disk_by_path": (DISK, NO_DISK + "java.io.IOException: No space left on device (line 3)"),
    "no_command": (
        RUNTIME,
        'java.io.IOException: Cannot run program "nope": error=2, No such file or directory',
    ),
    "crash": (RUNTIME, "SIGSEGV (0xb) at pc=0x0, pid=16, tid=17"),
}
# Java 25 takes methods and fields without a class for a program, and says otherwise what it misses.
IN_NEWER_VERSIONS = {
    ("25.0.3", "not_java"): (COMPILE, "invalid method declaration; return type required (line 1)"),
    ("25.0.3", "wrong_statements"): (COMPILE, "';' expected (line 1)"),
    ("25.0.3", "statements_and_class"): (COMPILE, "class, interface, annotation type, enum, rec"),
    ("25.0.3", "package_and_statement"): (
        COMPILE,
        "compact source file should not have package declaration (line 1)",
    ),
    ("25.0.3", "processes"): (PROCESSES, NO_PROCESS + "java.lang.OutOfMemoryError: unable to"),
    ("25.0.3", "no_command"): (
        RUNTIME,
        'java.io.IOException: Cannot run program "nope": Exec failed, error: 2 (No such file',
    ),
}


@for_each("said", CAPTURED, ids=str)
def test_last_words_of_java_are_judged(said: Said) -> None:
    outcome, line = IN_NEWER_VERSIONS.get((said.version, said.name), EXPECTED[said.name])

    verdict = said.verdict()

    prefix = "Code not runnable: " if outcome is FRAGMENT else "Code execution failed: "
    assert verdict.outcome is outcome
    assert verdict.details.startswith(prefix + line)
    assert verdict.stage is said.stage
    assert verdict.fault is {MISSING: Fault.ENVIRONMENT, FRAGMENT: Fault.NONE}.get(
        outcome, Fault.SNIPPET
    )
    assert (verdict.error or "").strip() == said.case["stderr"].strip()


def test_every_program_was_captured_in_every_version() -> None:
    assert len(versions(CAPTURED)) >= 2
    assert all(names == EXPECTED.keys() for names in versions(CAPTURED).values())
