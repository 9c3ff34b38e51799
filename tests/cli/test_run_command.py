"""`run`: which snippet is meant, what is shown of it, and what it exits with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from account_line import account_line
from daytona_validate._core.tests_account import CountedTests
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import FakeProvider, ran
from session_report_of import session_report

Invoke = Callable[..., Result]


def test_output_goes_to_stdout_and_one_line_of_details_to_stderr(
    invoke: Invoke, page: Path
) -> None:
    fake = FakeProvider(ran("out\n", "err\n", wall_s=0.234))
    result = invoke("run", "lesson.md:23", provider=fake)
    assert result.exit_code == 0
    assert result.stdout == "out\n"
    assert result.stderr == "err\npassed: Code executed successfully in 0.23 seconds\n"
    assert fake.snippets[0].code == 'print("three")\n'


@pytest.mark.parametrize(
    ("answer", "exit_code", "last"),
    [
        (ran(stderr="NameError: x\n", exit_code=7), 1, "runtime_error: Code execution failed: Na"),
        (ran(wall_s=99), 1, "timeout: "),
        (SandboxUnavailable("no sandbox"), 3, "Code validation unavailable - no sandbox"),
    ],
)
def test_exit_code_is_the_verdict_and_not_the_programs_own(
    invoke: Invoke, page: Path, answer: Execution | Exception, exit_code: int, last: str
) -> None:
    result = invoke("run", "lesson.md:3", provider=FakeProvider(answer))
    assert result.exit_code == exit_code
    assert result.stderr.splitlines()[-1].startswith(last)


def test_tests_are_run_when_asked_for(invoke: Invoke, page: Path) -> None:
    def answer(snippet: Snippet) -> Execution:
        assert snippet.run_tests
        return ran("", account_line(snippet, CountedTests(2)), wall_s=0.234)

    result = invoke("run", "lesson.md:3", "--tests", provider=FakeProvider(answer))
    assert result.stderr.endswith("successfully in 0.23 seconds; 2 tests passed\n")


def test_json_is_the_result_on_one_line(invoke: Invoke, page: Path) -> None:
    fake = FakeProvider(ran("out\n"))
    result = invoke("run", "lesson.md:3", "--output-format", "json", provider=fake)
    assert len(result.stdout.splitlines()) == 1
    value = json.loads(result.stdout)
    assert (value["outcome"], value["output"]) == ("passed", "out\n")
    assert value["location"] == {
        "path": "lesson.md",
        "line": 3,
        "cell": None,
        "included": None,
    }


def test_arguments_after_two_dashes_are_the_programs(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "sum.py").write_text("1\n")
    fake = FakeProvider()
    invoke("run", "sum.py", "--timeout", "3", "--", "1", "--language", "x", provider=fake)
    assert fake.snippets[0].args == ("1", "--language", "x")
    assert fake.snippets[0].timeout_s == 3


def test_program_reads_the_file_that_stdin_names(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "sum.py").write_text("1\n")
    (in_folder / "numbers.txt").write_text("1 2 3\n")
    fake = FakeProvider()
    invoke("run", "sum.py", "--stdin", "numbers.txt", provider=fake)
    assert fake.snippets[0].stdin == "1 2 3\n"


def test_program_reads_our_own_stdin_if_asked_to(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "sum.py").write_text("1\n")
    fake = FakeProvider()
    invoke("run", "sum.py", "--stdin", "-", provider=fake, stdin="4 5\n")
    assert fake.snippets[0].stdin == "4 5\n"


@pytest.fixture
def pipe() -> Iterator[str]:
    """Hold a pipe as a shell's `<(…)` does: all was written to it."""
    reader, writer = os.pipe()
    os.write(writer, b"print(input())")
    os.close(writer)
    yield f"/dev/fd/{reader}"
    os.close(reader)


def test_a_pipe_of_the_shells_is_read_to_its_end(
    invoke: Invoke, in_folder: Path, pipe: str
) -> None:
    fake = FakeProvider()
    assert invoke("run", pipe, "--language", "py", provider=fake).exit_code == 0
    assert fake.snippets[0].code == "print(input())"
    (in_folder / "sum.py").write_text("1\n")
    empty = invoke("run", "sum.py", "--stdin", "/dev/null", provider=FakeProvider())
    assert empty.exit_code == 0


def test_a_pipe_may_be_what_the_program_reads(invoke: Invoke, in_folder: Path, pipe: str) -> None:
    (in_folder / "sum.py").write_text("1\n")
    fake = FakeProvider()
    assert invoke("run", "sum.py", "--stdin", pipe, provider=fake).exit_code == 0
    assert fake.snippets[0].stdin == "print(input())"


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "sum.py").write_text("1\n")
    os.mkfifo("pipe")
    result = invoke("run", "sum.py", "--stdin", "pipe", provider=FakeProvider())
    assert result.exit_code == 2
    assert "pipe cannot be read: the path is no plain file" in result.stderr


def test_no_more_is_read_than_is_taken(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "sum.py").write_text("1\n")
    endless = os.open("/dev/zero", os.O_RDONLY)
    try:
        for source in (["sum.py", "--stdin"], ["--language", "py"]):
            result = invoke("run", *source, f"/dev/fd/{endless}", provider=FakeProvider())
            assert result.exit_code == 2
            assert "the file is larger than 16777216 bytes" in result.stderr
    finally:
        os.close(endless)
    long = "x" * (16 * 1024 * 1024 + 1)
    result = invoke("run", "-", "--language", "py", provider=FakeProvider(), stdin=long)
    assert (result.exit_code, "more than 16777216 bytes" in result.stderr) == (2, True)


def test_record_of_a_data_set_runs_with_all_that_belongs_to_it(
    invoke: Invoke, in_folder: Path
) -> None:
    record = {"code": "1", "language": "js", "stdin": "in", "expected_output": "no"}
    (in_folder / "data.jsonl").write_text("\n" + json.dumps(record) + "\n")
    fake = FakeProvider(ran("out\n"))
    result = invoke("run", "data.jsonl:2", provider=fake)
    assert fake.snippets[0].stdin == "in"
    assert result.exit_code == 1
    assert "wrong_output" in result.stderr


def test_code_on_stdin_needs_its_language(invoke: Invoke) -> None:
    fake = FakeProvider()
    assert invoke("run", "-", provider=fake, stdin="print(1)").exit_code == 2
    assert invoke("run", "-", "--language", "py", provider=fake, stdin="print(1)").exit_code == 0
    assert [(s.code, s.language) for s in fake.snippets] == [("print(1)", "python")]


def test_language_can_be_said_for_a_file_of_any_name(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "script").write_text("print(1)\n")
    fake = FakeProvider()
    assert invoke("run", "script", "--language", "python", provider=fake).exit_code == 0
    assert fake.snippets[0].language == "python"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["no.py"], "error: no.py does not exist"),
        (["lesson.md"], "error: lesson.md has 3 snippets"),
        (["lesson.md:1000"], "error: "),
        (["lesson.md:3", "--language", "rust"], "error: no language is called 'rust'"),
        (["lesson.md:3", "--timeout", "0"], "Usage: "),
        (["-", "--language", "py", "--stdin", "-"], "Usage: "),
    ],
)
def test_what_cannot_be_meant_exits_with_2(
    invoke: Invoke, page: Path, arguments: list[str], problem: str
) -> None:
    result = invoke("run", *arguments, stdin="")
    assert result.exit_code == 2
    assert result.stderr.startswith(problem)


def test_a_block_runs_with_what_its_page_has(invoke: Invoke, in_folder: Path) -> None:
    """As `check` would run it: after those before it, if it lacks a name; and it is said."""
    (in_folder / "two.md").write_text("```py\nx = 1\n```\n\n```py\nx\n```\n```py\nx\n```\n")

    trace = 'Traceback (most recent call last):\n  File "/work/main.py", line 1, in <module>\n'

    def answer(snippet: Snippet) -> Execution:
        if not snippet.earlier and snippet.code == "x\n":
            return ran(stderr=f"{trace}NameError: name 'x' is not defined\n", exit_code=1)
        return session_report(snippet) if snippet.earlier else ran()

    fake = FakeProvider(answer)
    result = invoke("run", "two.md:5", "--timeout", "3", provider=fake)
    assert result.exit_code == 0, result.stderr
    assert result.stderr.endswith("\nit ran with the block before it\n")
    assert [(each.code, each.earlier) for each in fake.snippets] == [
        ("x\n", ()),
        ("x = 1\n", ()),
        ("x\n", ("x = 1\n",)),
    ]
    alone = invoke("run", "two.md:5", "--session", "none", provider=FakeProvider(answer))
    assert alone.exit_code == 1


def test_a_cell_runs_after_those_before_it_alone(invoke: Invoke, in_folder: Path) -> None:
    cells = [
        {"cell_type": "code", "source": f"x{n}", "metadata": {}, "outputs": []} for n in range(3)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (in_folder / "a.ipynb").write_text(json.dumps(notebook))
    fake = FakeProvider(session_report)
    result = invoke("run", "a.ipynb:cell[1]", provider=fake)
    assert result.exit_code == 0, result.stderr
    assert [(each.code, each.earlier) for each in fake.snippets] == [("x1", ("x0",))]
