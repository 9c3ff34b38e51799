"""Python that waits for what its reader gives is no mistake; a slip in the same line is one."""

from __future__ import annotations

import pytest

from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._models import CodeValidationResult, Outcome, Snippet, Stage
from growth import assert_linear

EOF = "EOFError: EOF when reading a line (line 1)"
INDEX = "IndexError: list index out of range (line 1)"
REQUIRED = "main.py: error: the following arguments are required: ticket (exit code 2)"


def judged(code: str, said: str, *, line: int | None = 1, is_block: bool = True) -> str | None:
    row = outcome_row(Outcome.RUNTIME_ERROR)
    failed = CodeValidationResult(
        skill="",
        status=row.status,
        output="",
        error=None,
        execution_time=0.1,
        details=f"Code execution failed: {said}",
        outcome=row.outcome,
        fault=row.fault,
        stage=Stage.RUN,
        language="python",
        provider="",
        error_line=line,
    )
    return no_program(Snippet(code=code, language="python", is_block=is_block), failed)


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        ("city = input('Where to? ')", EOF, "it reads what its reader types"),
        ("import pdb; pdb.set_trace()", "bdb.BdbQuit (line 1)", "it reads what its reader types"),
        ("stop = sys.argv[1]", INDEX, "it needs arguments on its command line"),
        (
            "program, stop = sys.argv",
            "ValueError: not enough values to unpack (expected 2, got 1) (line 1)",
            "it needs arguments on its command line",
        ),
        ("word = getpass.getpass()", "EOFError (line 1)", "it reads what its reader types"),
        ("import argparse\nask()", REQUIRED, "it needs arguments on its command line"),
        (
            "if len(sys.argv) < 2:\n    sys.exit(1)",
            "exit code 1 without an error message",
            "it needs arguments on its command line",
        ),
        (
            "key = os.environ['RAIL_KEY']",
            "KeyError: 'RAIL_KEY' (line 1)",
            "it needs the environment variable RAIL_KEY",
        ),
        (
            "total = ____ + 1",
            "NameError: name '____' is not defined (line 1)",
            "____ is a blank for its reader to fill in",
        ),
        (
            "ask(YOUR_KEY)",
            "NameError: name 'YOUR_KEY' is not defined (line 1)",
            "YOUR_KEY is a blank for its reader to fill in",
        ),
    ],
)
def test_what_its_reader_gives_is_not_the_codes_mistake(code: str, said: str, reason: str) -> None:
    assert judged(code, said) == reason
    assert judged(code, said, is_block=False) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("city = read()", EOF),
        ("city = read()  # input()\ncity = input()", EOF),
        ("raise EOFError\ncity = input()", "EOFError (line 1)"),
        ("raise EOFError('no')\ncity = input()", "EOFError: no (line 1)"),
        ("city = input()", "bdb.BdbQuit (line 1)"),
        ("print(stops[5], sys.argv[0])", INDEX),
        ("stop = sys.argv[0][9]", INDEX),
        ("print(stops[5], sys.argv[1])", INDEX),
        ("a, b = stops[:1]  # argv", "ValueError: not enough values to unpack (line 1)"),
        ("a, b = split(sys.argv)", "ValueError: not enough values to unpack (line 1)"),
        (
            "if len(sys.argv) > 9:\n    sys.exit(2)\nif lost:\n    sys.exit(1)",
            "exit code 1 without an error message",
        ),
        (
            "n = len(sys.argv)\n\n\n\n\n\nsys.exit(1)",
            "exit code 1 without an error message",
        ),
        ("# input()", EOF),
        ("stops = []; stops[3]", INDEX),
        ("ask()  # argparse", REQUIRED),
        ("sys.exit(1)", "exit code 1 without an error message"),
        ("fares = {}; fares['RAIL_KEY']", "KeyError: 'RAIL_KEY' (line 1)"),
        ("key = os.environ['OTHER']; fares['RAIL']", "KeyError: 'RAIL' (line 1)"),
        ("your_stop = 1\nyour_stopqz", "NameError: name 'your_stopqz' is not defined (line 2)"),
        ("stop", "NameError: name 'stop' is not defined (line 1)"),
    ],
)
def test_what_nobody_gives_is_a_mistake(code: str, said: str) -> None:
    assert judged(code, said) is None


def test_an_error_beyond_the_code_has_no_line() -> None:
    assert judged("stop = sys.argv[1]", INDEX, line=None) is None
    assert judged("stop = sys.argv[1]", INDEX, line=9) is None


@pytest.mark.parametrize("text", ["_", "your_", "len(", "environ[", "argv "])
def test_hostile_code_takes_linear_time(text: str) -> None:
    said = f"KeyError: '{'a' * 100}' (line 1)"
    assert_linear(lambda code: judged(code, said), text)
    assert_linear(lambda code: judged(code, EOF), text)
