"""What models answer: text around, reasoning before, drafts, and no end."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from daytona_validate._cli.check.check_command import EPILOG
from daytona_validate._cli.program import program
from daytona_validate.testing import FakeProvider, ran

from .conftest import Invoke

ANSWERS = Path(__file__).with_name("model_answers.jsonl")
FENCED = "Sure:\n```python\nprint(1)\n```\nor\n```js\nlog(1)\n```\n"


@pytest.fixture
def folder(in_folder: Path) -> Path:
    shutil.copy(ANSWERS, in_folder / "answers.jsonl")
    return in_folder


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.jail
@pytest.mark.timeout(600)
def test_the_example_in_the_help_judges_real_answers(folder: Path) -> None:
    """Each of them is right; so is what the command says of them."""
    (example,) = [
        line for line in EPILOG.splitlines() if "answers.jsonl" in line and "--fenced" in line
    ]
    words = shlex.split(example)
    assert words[0] == "daytona-validate"
    options = ["--provider", "local", "--output-format", "jsonl", "-q"]
    checked = subprocess.run(
        [sys.executable, "-m", "daytona_validate", *words[1:], *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    *results, _ = [json.loads(line) for line in checked.stdout.splitlines()]
    failed = [each for each in results if each["outcome"] != "passed"]
    assert failed == []
    assert checked.returncode == 0
    assert len(results) == len(ANSWERS.read_text().splitlines())


def test_a_page_in_a_field_says_how_to_read_it(invoke: Invoke, folder: Path) -> None:
    syntax_error = ran(
        stderr='  File "/work/main.py", line 1\nSyntaxError: invalid syntax\n', exit_code=1
    )
    options = ("check", "answers.jsonl", "--code-field", "completion", "--default-language", "py")
    checked = invoke(*options, provider=FakeProvider(syntax_error))
    hint = "(the code is Markdown: --fenced last takes the program from its fence)"
    assert checked.stdout.count(hint) == len(ANSWERS.read_text().splitlines())
    (option,) = set(re.findall(r"--fenced \w+", checked.stdout))
    fake = FakeProvider()
    assert invoke(*options, *option.split(), provider=fake).exit_code == 1  # one is JavaScript
    assert not any("```" in snippet.code for snippet in fake.snippets)


def test_the_line_that_repeats_an_answer_takes_the_same_fence(invoke: Invoke, folder: Path) -> None:
    failing = FakeProvider(ran(exit_code=1))
    options = ("check", "answers.jsonl", "--code-field", "completion", "--fenced", "first")
    checked = invoke(*options, provider=failing)
    lines = [line for line in checked.stdout.splitlines() if line.startswith("    daytona")]
    codes = []
    for line in lines:
        fake = FakeProvider()
        invoke(*shlex.split(line)[1:], provider=fake)
        codes += [snippet.code for snippet in fake.snippets]
    assert len(codes) == len(lines) == len(ANSWERS.read_text().splitlines())
    assert sorted(codes) == sorted(snippet.code for snippet in failing.snippets)


@pytest.mark.parametrize("source", ["-", "answer.txt", "answer.md", "answer.jsonl:1"])
def test_run_takes_an_answer_from_stdin_and_from_any_file(
    invoke: Invoke, in_folder: Path, source: str
) -> None:
    (in_folder / "answer.txt").write_text(FENCED)
    (in_folder / "answer.md").write_text(FENCED)
    (in_folder / "answer.jsonl").write_text(json.dumps({"code": FENCED}))
    for options, code, language in (
        (("--language", "python"), "print(1)\n", "python"),
        (("--language", "js"), "log(1)\n", "javascript"),
        ((), "log(1)\n", "javascript"),
    ):
        fake = FakeProvider()
        result = invoke("run", source, "--fenced", "last", *options, provider=fake, stdin=FENCED)
        assert result.exit_code == 0
        assert [(each.code, each.language) for each in fake.snippets] == [(code, language)]


def _run(invoke: Invoke, text: str | bytes, *options: str) -> Result:
    Path("answer.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return invoke("run", "answer.txt", "--fenced", "first", *options)


def test_what_is_no_answer_says_so(invoke: Invoke) -> None:
    bare = _run(invoke, "```\nx\n```")
    assert (bare.exit_code, bare.stderr) == (
        2,
        "error: run answer.txt: the answer's fences name no language: add --language NAME\n",
    )
    none = _run(invoke, "I can't.", "--language", "py")
    assert none.exit_code == 1
    assert "invalid_snippet: Invalid snippet: no fence has code in it" in none.stderr
    other = _run(invoke, b"```py\n'\xff'\n```")
    assert "invalid_snippet: Invalid snippet: the answer is not UTF-8" in other.stderr


@pytest.mark.parametrize("start", ["", "\n \n", "\ufeff"])
def test_records_on_stdin_are_told_by_their_first_line(invoke: Invoke, start: str) -> None:
    text = start + '{ "language": "py", "code": "fine"}\n{"language": "py", "code": "boom"}\n'
    first = start.count("\n") + 1
    for line, code in ((first, "fine"), (first + 1, "boom")):
        fake = FakeProvider()
        assert invoke("run", "--", f"-:{line}", provider=fake, stdin=text).exit_code == 0
        assert [snippet.code for snippet in fake.snippets] == [code]
    fake = FakeProvider()
    checked = invoke("check", "-", "--output-format", "jsonl", provider=fake, stdin=text)
    assert checked.exit_code == 0
    assert sorted(snippet.code for snippet in fake.snippets) == ["boom", "fine"]
    listed = invoke("check", "-", "--list", stdin=text)
    assert listed.stdout.count(" python\n") + listed.stdout.count(" py\n") == 2


@pytest.mark.parametrize(
    "start",
    ["# Title\n", '{\n"title": "JSON front matter"}\n', "{% raw %}\n", "{/* MDX */}\n", "[a](b)\n"],
)
def test_all_else_on_stdin_is_a_page(invoke: Invoke, start: str) -> None:
    fake = FakeProvider()
    page = f"{start}\n```python\nx\n```\n"
    assert invoke("check", "-", provider=fake, stdin=page).exit_code == 0
    assert [snippet.code for snippet in fake.snippets] == ["x\n"]


def test_a_broken_first_record_is_told_as_one(invoke: Invoke) -> None:
    checked = invoke("check", "-", stdin='{"code": "x", "language\n')
    assert checked.exit_code == 1
    assert "-:1: invalid_snippet: the record cannot be read: not JSON" in checked.stdout


def test_the_options_are_in_the_help() -> None:
    for command in ("check", "run"):
        shown = CliRunner().invoke(program, [command, "--help"]).output
        assert "--fenced [last|first|all]" in shown
        assert "--compare WAY" in shown


@pytest.mark.thorough
@pytest.mark.slow
def test_answers_come_through_a_pipe(folder: Path) -> None:
    """`cat answers.jsonl | daytona-validate check -`, in real processes."""
    fake = Path(__file__).with_name("fake_command_line.py")
    command = f"cat answers.jsonl | {sys.executable} {fake} check - --code-field completion"
    shell = subprocess.run(
        ["bash", "-c", f"{command} --fenced all"],
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(ANSWERS.read_text().splitlines())} snippets" in shell.stdout
    assert "invalid_snippet" not in shell.stdout
