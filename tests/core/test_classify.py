"""The rules of judgement, one by one; what real runtimes say is in `test_last_words.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.languages.javascript import JAVASCRIPT
from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.linux_signals import signal_name
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import (
    Execution,
    Fault,
    Limit,
    Limits,
    Outcome,
    Snippet,
    Stage,
    Step,
    Usage,
)

TRACEBACK = 'Traceback (most recent call last):\n  File "/work/main.py", line 3, in <module>\n'
COMPILED = replace(PYTHON, diagnose=last_line, fragment=None)


def judge(
    *steps: Step,
    snippet: Snippet | None = None,
    language: Language = PYTHON,
    limits: Limits | None = None,
) -> Verdict:
    snippet = snippet or Snippet(code="x", language=language.name)
    return classify(Execution(steps=steps, runtime="r"), Job(snippet, language, limits or Limits()))


def ran(exit_code: int | None = 0, **values: object) -> Step:
    return replace(Step(stage=Stage.RUN, exit_code=exit_code), **values)  # type: ignore[arg-type]


def test_a_program_that_ends_well_passes() -> None:
    verdict = judge(ran(stdout=b"hi\n", usage=Usage(wall_s=0.234)))
    assert verdict == Verdict(
        outcome=Outcome.PASSED,
        fault=Fault.NONE,
        stage=Stage.RUN,
        details="Code executed successfully in 0.23 seconds",
        output="hi\n",
        error=None,
    )


@pytest.mark.parametrize(
    "stderr",
    [
        pytest.param(b"a warning\n", id="warning"),
        pytest.param(TRACEBACK.encode() + b"ValueError: x\n", id="traceback"),
        pytest.param(TRACEBACK.encode() + b"MemoryError\n", id="memory"),
        pytest.param(b"ModuleNotFoundError: No module named 'x'\n", id="missing"),
        pytest.param(b'  File "/work/main.py", line 1\nSyntaxError: x\n', id="rejected"),
    ],
)
def test_what_a_program_writes_to_stderr_does_not_fail_it(stderr: bytes) -> None:
    verdict = judge(ran(stderr=stderr))
    assert verdict.outcome is Outcome.PASSED
    assert verdict.error == stderr.decode()


@pytest.mark.parametrize(
    ("limit", "cause"),
    [
        (Limit.TIMEOUT, "time limit of 30 seconds exceeded"),
        (Limit.MEMORY, "memory limit of 512 MiB exceeded"),
        (Limit.OUTPUT, "output limit of 16 MiB exceeded"),
        (Limit.PROCESSES, "process limit of 256 exceeded"),
        (Limit.DISK, "disk limit of 64 MiB exceeded"),
    ],
)
def test_a_limit_that_ended_it_is_its_outcome(limit: Limit, cause: str) -> None:
    verdict = judge(ran(None, signal=9, limit=limit, stdout=b"so far\n"))
    assert verdict.outcome == str(limit)
    assert verdict.fault is Fault.SNIPPET
    assert verdict.details == f"Code execution failed: {cause}"
    assert verdict.output == "so far\n"


def test_a_limit_wins_over_what_was_printed_before() -> None:
    step = ran(1, limit=Limit.TIMEOUT, stderr=TRACEBACK.encode() + b"ValueError: x\n")
    assert judge(step).outcome is Outcome.TIMEOUT


@pytest.mark.parametrize(
    ("stage", "cause"),
    [
        (Stage.COMPILE, "compile time limit of 7 seconds exceeded"),
        (Stage.CHECK, "compile time limit of 7 seconds exceeded"),
        (Stage.RUN, "time limit of 0.5 seconds exceeded"),
    ],
)
def test_a_time_limit_is_named_in_seconds(stage: Stage, cause: str) -> None:
    step = Step(stage=stage, exit_code=None, limit=Limit.TIMEOUT)
    verdict = judge(step, limits=Limits(timeout_s=0.5, compile_timeout_s=7))
    assert verdict.details == f"Code execution failed: {cause}"
    assert verdict.stage is (Stage.RUN if stage is Stage.RUN else Stage.COMPILE)


def test_a_compile_error_has_the_diagnostics_of_both_streams() -> None:
    step = Step(stage=Stage.COMPILE, exit_code=2, stdout=b"a.x: note\n", stderr=b"a.x:1: wrong\n")
    verdict = judge(step, language=COMPILED)
    assert verdict.outcome is Outcome.COMPILE_ERROR
    assert verdict.stage is Stage.COMPILE
    assert verdict.output == ""
    assert verdict.error == "a.x: note\na.x:1: wrong"
    assert verdict.details == "Code execution failed: a.x:1: wrong (exit code 2)"


def test_a_compiler_that_says_it_lacks_memory_met_a_limit() -> None:
    """Where no cgroup counts memory, the compiler's own word is all there is."""

    def starved(_: Ending) -> Diagnosis:
        return Diagnosis(message="cannot allocate", limit=Limit.MEMORY)

    step = Step(stage=Stage.COMPILE, exit_code=3, stderr=b"cannot allocate\n")
    verdict = judge(step, language=replace(COMPILED, diagnose=starved))
    assert (verdict.outcome, verdict.stage) == (Outcome.MEMORY_LIMIT, Stage.COMPILE)


def test_a_compiler_that_fails_in_silence_is_a_compile_error() -> None:
    verdict = judge(Step(stage=Stage.COMPILE, exit_code=1), language=COMPILED)
    assert verdict.outcome is Outcome.COMPILE_ERROR
    assert verdict.error is None
    assert verdict.details == "Code execution failed: exited with code 1"


def test_the_last_step_is_judged() -> None:
    compiled = Step(stage=Stage.COMPILE, exit_code=0, stderr=b"a warning", usage=Usage(wall_s=1.0))
    verdict = judge(compiled, ran(stdout=b"hi", usage=Usage(wall_s=0.5)), language=COMPILED)
    assert verdict.outcome is Outcome.PASSED
    assert (verdict.output, verdict.error) == ("hi", None)
    assert verdict.details == "Code executed successfully in 1.50 seconds"


def test_a_check_that_ends_well_passes_without_a_run() -> None:
    snippet = Snippet(code="x", language="python", expected_output="never printed")
    verdict = judge(Step(stage=Stage.CHECK, exit_code=0), snippet=snippet)
    assert (verdict.outcome, verdict.stage) == (Outcome.PASSED, Stage.CHECK)
    assert verdict.details == "Code checked successfully in 0.00 seconds; it was not run"


def test_a_set_up_that_fails_is_no_fault_of_the_code() -> None:
    step = Step(stage=Stage.SETUP, exit_code=1, stderr=b"x\nserver did not start\n")
    verdict = judge(step)
    assert (verdict.outcome, verdict.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert (verdict.output, verdict.error) == ("", None)
    assert verdict.details.startswith("Code validation unavailable - ")
    assert verdict.details.endswith("server did not start")


@pytest.mark.parametrize(
    ("module", "files", "outcome"),
    [
        ("scipy", {}, Outcome.MISSING_DEPENDENCY),
        ("winreg", {}, Outcome.RUNTIME_ERROR),
        ("tkinter", {}, Outcome.MISSING_DEPENDENCY),
        ("telnetlib", {}, Outcome.RUNTIME_ERROR),
        ("urllib2", {}, Outcome.RUNTIME_ERROR),
        ("main", {}, Outcome.RUNTIME_ERROR),
        ("shapes", {"lib/shapes.py": ""}, Outcome.RUNTIME_ERROR),
        ("lib", {"lib/shapes.py": ""}, Outcome.RUNTIME_ERROR),
        ("scipy", {"shapes.py": ""}, Outcome.MISSING_DEPENDENCY),
    ],
)
def test_a_module_is_a_dependency_unless_it_is_standard_or_the_snippets_own(
    module: str, files: dict[str, str], outcome: Outcome
) -> None:
    stderr = f"{TRACEBACK}    import x\nModuleNotFoundError: No module named '{module}'\n"
    snippet = Snippet(code="x", language="python", files=files)
    assert judge(ran(1, stderr=stderr.encode()), snippet=snippet).outcome is outcome


def test_a_rejected_program_printed_nothing() -> None:
    """What has written to stdout ran, so that it cannot have been refused."""
    stderr = b'  File "/work/main.py", line 1\n    %x\n    ^\nSyntaxError: invalid syntax\n'
    snippet = Snippet(code="%x", language="python")
    assert judge(ran(1, stderr=stderr), snippet=snippet).outcome is Outcome.NOT_RUNNABLE
    printed = judge(ran(1, stderr=stderr, stdout=b"hi"), snippet=snippet)
    assert printed.outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("exit_code", "signal", "cause"),
    [
        (None, 11, "killed by signal SEGV (11)"),
        (137, 9, "killed by signal KILL (9)"),
        (None, 250, "killed by signal 250 (250)"),
        (153, 25, "killed by signal XFSZ (25), as for a file larger than the disk limit"),
        (7, None, "exited with code 7 after printing: and last"),
    ],
)
def test_how_it_ended_is_told_where_nothing_was_said(
    exit_code: int | None, signal: int | None, cause: str
) -> None:
    step = ran(exit_code, signal=signal, stdout=b"first\nand last\n\n")
    assert judge(step).details == f"Code execution failed: {cause}"


def test_a_program_killed_after_words_of_its_own_is_told_by_the_signal() -> None:
    step = ran(None, signal=15, stderr=b"working...\n")
    assert judge(step).details == "Code execution failed: killed by signal TERM (15)"
    assert signal_name(15) == "TERM"


def test_details_are_one_harmless_bounded_line() -> None:
    evil = "\x1b]0;title\x07\u202eevil\x9b31m\ud800" + "x" * 100_000
    stderr = f"{TRACEBACK}ValueError: {evil}\n".encode(errors="surrogatepass")
    verdict = judge(ran(1, stderr=stderr))
    assert len(verdict.details) <= 300
    assert verdict.details.isprintable()
    assert verdict.error is not None
    assert "\x1b]0;title\x07" in verdict.error


def test_javascript_line_is_the_innermost_in_the_entry_file() -> None:
    stderr = (
        b"node:fs:1\n  x\n  ^\n\nError: no\n    at deep (node:fs:1:1)\n"
        b"    at inner (/work/index.js:7:1)\n    at outer (/work/index.js:9:1)\n\nNode.js v24.1.0\n"
    )
    verdict = judge(ran(1, stderr=stderr), language=JAVASCRIPT)
    assert verdict.details == "Code execution failed: Error: no (line 7)"
