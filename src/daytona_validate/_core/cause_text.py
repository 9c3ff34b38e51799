"""The cause of a failure in one line: its message, its line and its exit code or signal."""

from __future__ import annotations

from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.linux_signals import SIGXFSZ, signal_name
from daytona_validate._core.printable import one_line
from daytona_validate._models import Snippet, Step

COMMON_EXIT_CODE = 1
"""Every failure's, so that it is not mentioned."""
_SENT_FOR = {SIGXFSZ: ", as for a file larger than the disk limit"}
"""What the kernel sends a signal for; that a program did not send it to itself is not known."""


def cause_text(diagnosis: Diagnosis | None, *, step: Step, snippet: Snippet, output: str) -> str:
    """Return the error message, with its line and exit code where these add something."""
    code, number = step.exit_code, step.signal
    if number is not None and (diagnosis is None or not diagnosis.is_uncaught):
        return f"killed by signal {signal_name(number)} ({number}){_SENT_FOR.get(number, '')}"
    if diagnosis is None:
        return f"exited with code {code}{_after_printing(output)}"
    message = one_line(diagnosis.message, 240)
    if diagnosis.line is not None:
        message += f" (line {diagnosis.line}{_of_included(snippet)})"
    if diagnosis.also:
        tests = "test" if diagnosis.also == 1 else "tests"
        message += f", and {diagnosis.also} more {tests} failed"
    is_own_code = code not in (None, 0, COMMON_EXIT_CODE) and not diagnosis.is_uncaught
    return f"{message} (exit code {code})" if is_own_code else message


def _of_included(snippet: Snippet) -> str:
    included = snippet.location and snippet.location.included
    return f" of {one_line(included, 80)}" if included else ""


def _after_printing(output: str) -> str:
    last = output.rstrip().rpartition("\n")[2]
    return f" after printing: {one_line(last, 160)}" if last else ""
