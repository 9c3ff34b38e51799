"""Java's record in the table of languages, and Java that lacks the class around it."""

from __future__ import annotations

from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.java_errors import FRAGMENT, diagnose
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.missing_patterns import JAVA_MISSING
from daytona_validate._models import Stage

ENTRY_FILE = "Main.java"
OUTPUT = "/tmp/.java"  # noqa: S108 - a folder of the sandbox's own; /work has only the snippet's
_JVM = (
    "java",
    "-XX:+UseSerialGC",  # others start threads, and need more memory, for one short program
    "-XX:-UsePerfData",  # no file of statistics in /tmp
    "-XX:ErrorFile=/dev/null",
    "-XX:+DisplayVMOutputToStderr",  # stdout is the program's alone
    "-Xlog:disable",
    "-Xlog:all=warning:stderr",
    "-Dfile.encoding=UTF-8",
    "-Dstdout.encoding=UTF-8",
    "-Dstderr.encoding=UTF-8",
)
COMPILER_JVM = (
    *_JVM,
    *("-Xms32m", "-Xmx256m"),
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-XX:SharedArchiveFile=/opt/snippet-compiler-archive/compiler.jsa",
    *("-cp", "/opt/snippet-compiler/compiler.jar"),
)
"""What starts a Java program of ours that compiles; the name of its class follows."""
_COMPILE = (*COMPILER_JVM, "SnippetCompiler", ENTRY_FILE, OUTPUT, "{memory_mib}")


_STEPS = (
    Command(Stage.COMPILE, _COMPILE),
    # Both of its compilers: what computes for seconds gains more than the start loses.
    Command(Stage.RUN, (*_JVM, f"@{OUTPUT}/run")),
)


def java_fragment(code: str, diagnosis: Diagnosis) -> str | None:
    """Return what rejected code is, if the compiler says that it only lacks a class, else None.

    Our compiler tells methods, statements and imports alone: it finds every brace and semicolon
    right, once there is a class around, and none inside. So a slip is never excused, and neither
    is code with a class or a package clause.
    """
    del code  # the compiler has read it
    is_told = diagnosis.message.startswith(FRAGMENT)
    return diagnosis.message.removeprefix(FRAGMENT) if is_told else None


JAVA = Language(
    name="java",
    title="Java",
    suffixes=(".java",),
    image="java:17",
    pulled_as="eclipse-temurin:17",
    entry_file=ENTRY_FILE,
    toolchain="java",
    reserved_mib=64,  # code, classes and the stacks of Java's own threads (17, 25)
    steps=_STEPS,
    end_steps=_STEPS,  # both steps are told by the secret
    check=(Command(Stage.CHECK, _COMPILE),),
    diagnose=diagnose,
    missing_patterns=JAVA_MISSING,
    fragment=java_fragment,
)
