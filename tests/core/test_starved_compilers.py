"""A compiler that cannot work in what it was given says so, and no mistake is made of that.

The texts are those of Go 1.27, TypeScript 7.0 and Java 17 where only processes are bounded.
"""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.diagnosis import COMPILER_REPORT, Diagnosis, Ending
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Limit

TOOL = "/opt/go/pkg/tool/linux_amd64/link"
NO_THREAD = "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory"
LOGGED = "[0.075s][warning][os,thread] Failed to start thread - pthread_create failed (EAGAIN)"
FRAME = "\tat java.lang.Thread.start0(java.base/Native Method)"
ROOM = "Could not reserve enough space for 32768KB object heap"
NO_OS_THREAD = "runtime: failed to create new OS thread (have 4 already; errno=11)"


JAVA_REPORT = f"{COMPILER_REPORT}\t1\t\t\tnot a statement\n"


def diagnosed(language: str, text: str, output: str = "") -> Diagnosis:
    record = LANGUAGES[language]
    ending = Ending(
        text=text, output=output, entry_file=record.entry_file, exit_code=2, is_compiler=True
    )
    diagnosis = record.diagnose(ending)
    assert diagnosis is not None
    return diagnosis


@pytest.mark.parametrize(
    ("language", "text", "limit"),
    [
        (
            "go",
            "fatal error: out of memory allocating heap arena map\n\nruntime stack:\n",
            Limit.MEMORY,
        ),
        ("go", f"{NO_OS_THREAD}\nfatal error: newosproc\n", Limit.PROCESSES),
        (
            "go",
            f"# x\n{TOOL}: mapping output file failed: no space left on device",
            Limit.DISK,
        ),
        ("go", "panic: runtime error: index out of range [1]\n", None),
        ("typescript", f"{NO_OS_THREAD}\nfatal error: newosproc\n", Limit.PROCESSES),
        (
            "java",
            f"{LOGGED}\nError occurred during initialization of VM\n{NO_THREAD}\n{FRAME}\n",
            Limit.PROCESSES,
        ),
        ("java", f'{LOGGED}\nException in thread "main" {NO_THREAD}\n{FRAME}\n', Limit.PROCESSES),
        ("java", f"Error occurred during initialization of VM\n{ROOM}\n", Limit.MEMORY),
    ],
)
def test_what_a_compiler_lacks_is_a_limit(language: str, text: str, limit: Limit | None) -> None:
    assert diagnosed(language, text).limit is limit


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("go", "# x\n./main.go:3:2: undefined: a\nfatal error: out of memory\n"),
        ("go", f"# x\n./main.go:3:2: {TOOL}: x: no space left on device\n"),
        ("typescript", "index.ts(1,1): error TS1: a\nfatal error: out of memory\n"),
        ("java", f"Main.java:1: error: not a statement\n{NO_THREAD}\n^\n1 error\n"),
        ("java", f"Main.java:1: error: not a statement\n{ROOM}\n^\n1 error\n"),
    ],
)
def test_a_program_that_is_quoted_cannot_say_it(language: str, text: str) -> None:
    assert diagnosed(language, text, JAVA_REPORT if language == "java" else "").limit is None
