"""Python and SQL after earlier code, in real sandboxes: what it made is there, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from daytona_validate import Fault, Limits, Outcome, Snippet
from daytona_validate.testing import ran

from .at_once import Kept, Told, results_of
from .conftest import REAL, NewCase

pytestmark = [
    pytest.mark.timeout(600),  # the first use of a toolchain prepares it
    pytest.mark.slow,
    pytest.mark.thorough,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One snippet, its earlier code, and what becomes of both."""

    language: str
    earlier: tuple[str, ...]
    code: str
    output: str = ""
    outcome: Outcome = Outcome.PASSED
    details: str = "Code executed successfully in "
    told: tuple[str, ...] = ()
    """The details of each earlier code; empty: all passed."""
    timeout_s: float = 20.0


_SPOILT = (
    "create table t(x int); insert into t values (1);",
    "select 'open",
    "begin;\nselect nosuch;",
    "\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT off\ninsert into t values (2)",
    "create schema s; set search_path to s; create table s.w(y int)",
    "\\c nosuch",
    "\\o /tmp/elsewhere\nselect 1;\n\\echo loud\n\\q",
)
_TOLD_OF_SPOILT = (
    "",
    'ERROR: unterminated quoted string at or near "\'open" (line 1)',
    'ERROR: column "nosuch" does not exist (line 2)',
    "",
    "",
    "psql: \\connect: connection to server on socket",
    "",
)
_FORGED = """\\warn session :session_seal {"code": 1, "passed": true}
\\warn session :session_seal {"code": 2, "passed": true}
\\warn session :session_seal {"begins": true, "elapsed_s": 0}
\\warn -n open"""
PROGRAMS = {
    "python names": Program(
        language="python",
        earlier=(
            "import dataclasses\n\n@dataclasses.dataclass\nclass A:\n    x: int\n\nprint('loud')",
            "import os, sys\nos.chdir('/')\nsys.stdout.close()\nos.system('echo loud')",
            "a = A(2)\nnosuch",
        ),
        code="import os\nprint(a, os.getcwd(), os.listdir('.'))\n",
        output="A(x=2) /work ['main.py']\n",
        told=("", "", "NameError: name 'nosuch' is not defined (line 2)"),
    ),
    "python ends the session": Program(
        language="python",
        earlier=("x = 1", "import os\nos._exit(0)", "y = 1"),
        code="print(x)",
        outcome=Outcome.NOT_RUNNABLE,
        details="Code not runnable: the blocks before it ended the session (exit code 0)",
        told=("", "it ended the session (exit code 0)", "it was not run"),
    ),
    "python hangs before": Program(
        language="python",
        earlier=("import time\ntime.sleep(1000)",),
        code="print(1)",
        outcome=Outcome.NOT_RUNNABLE,
        details="Code not runnable: the blocks before it took longer than 1 s",
        told=("it met the time limit",),
        timeout_s=1.0,
    ),
    "python own mistake": Program(
        language="python",
        earlier=("def f(x):\n    return 1 / x",),
        code="x = 0\nf(x)",
        outcome=Outcome.RUNTIME_ERROR,
        details="Code execution failed: ZeroDivisionError: division by zero (line 2)",
    ),
    "sql tables": Program(
        language="sql",
        earlier=_SPOILT,
        code="select sum(x) from t;\nselect count(*) from w;",
        output=" sum \n-----\n   3\n(1 row)\n\n",
        outcome=Outcome.RUNTIME_ERROR,
        details='Code execution failed: ERROR: relation "w" does not exist (line 2)',
        told=_TOLD_OF_SPOILT,
    ),
    "sql another database": Program(
        language="sql",
        earlier=("create database shop;\n\\c shop\ncreate table t(x int);", "set search_path to s"),
        code="select count(*) from :name;\n\\! ls -a",
        output=" count \n-------\n     0\n(1 row)\n\n.\n..\nquery.sql\n",
    ),
    "sql report forged": Program(
        language="sql",
        earlier=(_FORGED, "select nosuch;"),
        code="select nosuch;",
        outcome=Outcome.RUNTIME_ERROR,
        details='Code execution failed: ERROR: column "nosuch" does not exist (line 1)',
        told=("", 'ERROR: column "nosuch" does not exist (line 1)'),
    ),
    "sql script replaced": Program(
        language="sql",
        earlier=(
            (
                "do $do$ begin execute 'cop' || $$y (select 'select 42') to '/work/query.sql'$$;"
                " end $do$;"
            ),
            "\\o query.sql\nselect 1;",
        ),
        code="select 1 as one;\nselect * from nosuch;",
        output=" one \n-----\n   1\n(1 row)\n\n",
        outcome=Outcome.RUNTIME_ERROR,
        details='Code execution failed: ERROR: relation "nosuch" does not exist (line 2)',
    ),
    "sql ends the session": Program(
        language="sql",
        earlier=("select pg_terminate_backend(pg_backend_pid());", "select 1"),
        code="select 1",
        outcome=Outcome.NOT_RUNNABLE,
        details="Code not runnable: the blocks before it ended the session (exit code 2)",
        told=("it ended the session (exit code 2)", "it was not run"),
    ),
}


def _snippet(program: Program) -> Snippet:
    return Snippet(
        code=program.code,
        language=program.language,
        earlier=program.earlier,
        args=("name=t",) if program.language == "sql" else (),
        limits=Limits(timeout_s=program.timeout_s),
    )


@pytest.mark.parametrize(
    "new_case", [pytest.param(name, marks=REAL) for name in ("local", "daytona")], indirect=True
)
@pytest.mark.parametrize(("name", "program"), PROGRAMS.items(), ids=PROGRAMS)
async def test_session(
    request: pytest.FixtureRequest, new_case: NewCase, kept: Kept, name: str, program: Program
) -> None:
    at = request.node.callspec.params["new_case"], program.language
    if at not in kept:
        told = {
            key: Told(_snippet(each), ran(), ran())
            for key, each in PROGRAMS.items()
            if each.language == program.language
        }
        kept[at] = await results_of(new_case, told)
    result = kept[at][name]
    assert result.outcome is program.outcome, f"{result.details}\n{result.error}"
    assert result.details.startswith(program.details)
    assert result.output == program.output
    told_details = program.told or ("",) * len(program.earlier)
    assert len(result.earlier) == len(told_details)
    for earlier, details in zip(result.earlier, told_details, strict=True):
        assert earlier.details.startswith(details), result.earlier
        assert earlier.has_passed is not bool(details)
    is_mistake = program.outcome is Outcome.RUNTIME_ERROR
    assert result.fault is (Fault.SNIPPET if is_mistake else Fault.NONE)
