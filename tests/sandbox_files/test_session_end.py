"""A session that something beside the snippet ends with exit code 0 is no pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._models import Outcome, Stage

from .python_session import run

THREAD = """
import os, sys, threading
go = threading.Event()
def end():
    go.wait()
    {how}
threading.Thread(target=end, daemon={is_daemon}).start()
"""
WAITS = "go.set()\nprint('half', flush=True)\nthreading.Event().wait()\nassert False"


@pytest.mark.parametrize(
    "how",
    {
        "silently": "os._exit(0)",
        "with_such_lines": "os.write(2, b'ended \\nended 0\\nreached 0\\n'); os._exit(0)",
        "by_a_child": "os.execv('/bin/true', ['true'])",
        "with_what_is_in_the_folder": (
            "[os.write(2, b'ended ' + open(e, 'rb').read() + b'\\n') for e in os.listdir()"
            " if os.path.isfile(e)]; os._exit(0)"
        ),
    }.values(),
    ids=["silently", "with_such_lines", "as_another_program", "with_what_is_in_the_folder"],
)
def test_a_thread_of_earlier_code_cannot_pass_a_snippet(tmp_path: Path, how: str) -> None:
    verdict, _ = run(tmp_path, [THREAD.format(how=how, is_daemon=True)], WAITS)
    assert (verdict.outcome, verdict.stage) == (Outcome.UNAVAILABLE, Stage.RUN)
    assert "earlier code ended the session" in verdict.details
    assert all(each.has_passed for each in verdict.earlier)


@pytest.mark.parametrize("is_daemon", [True, False])
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("print(1)", Outcome.PASSED),
        ("print(1)\nsys.exit()", Outcome.PASSED),
        ("print(1)\nsys.exit(3)", Outcome.RUNTIME_ERROR),
        ("print(1)\n1 / 0", Outcome.RUNTIME_ERROR),
        ("print(1, flush=True)\nif not os.fork():\n    sys.exit()\nos.wait()", Outcome.PASSED),
    ],
)
def test_a_snippet_that_leaves_by_itself_is_judged_by_that(
    tmp_path: Path, code: str, outcome: Outcome, *, is_daemon: bool
) -> None:
    """Also beside a thread that would wait for ever; what says so is not in its stderr."""
    verdict, step = run(tmp_path, [THREAD.format(how="pass", is_daemon=is_daemon)], code)
    assert (verdict.outcome, step.stdout) == (outcome, b"1\n")
    assert b"ended" not in step.stderr


def test_a_program_past_its_interpreter_is_not_known_to_have_ended(tmp_path: Path) -> None:
    verdict, _ = run(tmp_path, ["import os"], "os._exit(0)")
    assert verdict.outcome is Outcome.UNAVAILABLE


def test_earlier_code_that_writes_the_programs_file_does_not_replace_it(tmp_path: Path) -> None:
    writes = "import os\nopen('main.py', 'w').write('print(2)')"
    verdict, _ = run(tmp_path, [writes], "print(1)\n1 / 0")
    assert (verdict.outcome, verdict.output) == (Outcome.RUNTIME_ERROR, "1\n")
