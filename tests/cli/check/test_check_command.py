"""Which snippets `check` runs, and what it exits with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._errors import SandboxUnavailable
from daytona_validate.testing import Answer, FakeProvider, ran

Invoke = Callable[..., Result]

PASSED = ran("fine\n")
FAILED = ran(stderr="NameError: name 'x' is not defined\n", exit_code=1)
LOST = SandboxUnavailable("no sandbox today")
FRAGMENT = ran(
    stderr='  File "main.py", line 1\n    %who\n    ^^\nSyntaxError: invalid syntax\n', exit_code=1
)


def _page(folder: Path, codes: list[str]) -> None:
    text = "".join(f"```python\n{code}\n```\n" for code in codes)
    (folder / "lesson.md").write_text(text)


def _fake(answers: dict[str, Answer]) -> FakeProvider:
    return FakeProvider({f"{code}\n": answer for code, answer in answers.items()})


@pytest.mark.parametrize(
    ("codes", "options", "exit_code"),
    [
        (["p"], [], 0),
        (["p", "f"], [], 1),
        (["p", "u"], [], 3),
        (["u", "f", "p"], [], 1),
        ([], [], 5),
        (["p", "%who"], [], 0),
        (["p", "%who"], ["--strict"], 1),
        (["p"], ["--language", "js"], 5),
    ],
)
def test_exit_code_is_that_of_the_worst(
    invoke: Invoke, in_folder: Path, codes: list[str], options: list[str], exit_code: int
) -> None:
    _page(in_folder, codes)
    fake = _fake({"p": PASSED, "f": FAILED, "u": LOST, "%who": FRAGMENT})
    assert invoke("check", "lesson.md", *options, provider=fake).exit_code == exit_code


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["no.md"], "error: no.md does not exist"),
        (["lesson.md", "--language", "pyton"], "error: no language is called 'pyton': did you"),
        (["lesson.md", "--list", "--output-format", "junit"], "error: --list: --output-format acc"),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_exit_code_2(
    invoke: Invoke, page: Path, arguments: list[str], line: str
) -> None:
    result = invoke("check", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_wrong_setting_is_one_line_and_exit_code_2(
    invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_CONCURRENCY", "many")
    result = invoke("check", "lesson.md")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: DAYTONA_CONCURRENCY = 'many'")
    assert len(result.stderr.splitlines()) == 1


def test_only_the_languages_asked_for_are_run(invoke: Invoke, page: Path) -> None:
    fake = FakeProvider()
    assert invoke("check", "lesson.md", "--language", "PY", provider=fake).exit_code == 0
    assert [snippet.language for snippet in fake.snippets] == ["python", "python"]


def test_record_that_names_no_language_is_not_lost_by_a_filter(
    invoke: Invoke, in_folder: Path
) -> None:
    (in_folder / "data.jsonl").write_text('{"code": "1"}\n{"code": "1", "language": "js"}\n')
    result = invoke("check", "data.jsonl", "--language", "python")
    assert result.exit_code == 1
    assert "data.jsonl:1: invalid_snippet" in result.stdout
    assert "data.jsonl:2" not in result.stdout


def test_fields_of_records_can_be_named(invoke: Invoke, in_folder: Path) -> None:
    record = {"answer": {"text": "print(input())"}, "lang": "py", "in": "7", "key": 5}
    (in_folder / "data.jsonl").write_text(json.dumps(record) + "\n")
    fake = FakeProvider()
    options = ["--code-field=answer.text", "--language-field=lang", "--stdin-field=in"]
    assert invoke("check", "data.jsonl", *options, "--id-field=key", provider=fake).exit_code == 0
    [snippet] = fake.snippets
    assert (snippet.code, snippet.language) == ("print(input())", "py")
    assert (snippet.stdin, snippet.snippet_id) == ("7", "5")


def test_time_limit_is_for_snippets_without_one_of_their_own(
    invoke: Invoke, in_folder: Path
) -> None:
    records = [{"code": "1", "timeout_s": 2}, {"code": "2"}]
    (in_folder / "data.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    fake = FakeProvider()
    invoke("check", "data.jsonl", "--default-language=py", "--timeout=7", "-j1", provider=fake)
    assert [snippet.timeout_s for snippet in fake.snippets] == [2.0, 7.0]


def test_tests_are_run_only_when_asked_for(invoke: Invoke, page: Path) -> None:
    for options, runs_tests in (((), False), (("--tests",), True)):
        fake = FakeProvider()
        assert invoke("check", "lesson.md", *options, provider=fake).exit_code == 0
        assert {snippet.run_tests for snippet in fake.snippets} == {runs_tests}


def test_servers_are_ended_only_when_asked_for(invoke: Invoke, page: Path) -> None:
    for command in ("check", "run"):
        for options, is_ended in (((), False), (("--until-listening",), True)):
            fake = FakeProvider()
            path = "lesson.md" if command == "check" else "lesson.md:3"
            assert invoke(command, path, *options, provider=fake).exit_code == 0
            assert {snippet.until_listening for snippet in fake.snippets} == {is_ended}


def test_tests_that_nothing_ran_are_counted(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "add.py").write_text("def test_add():\n    assert 1 + 1 == 3\n")
    found = invoke("check", "add.py", "-v", provider=FakeProvider())
    assert found.exit_code == 0
    assert (
        "add.py:1: passed: Code executed successfully in 0.01 seconds; it defines" in found.stdout
    )
    assert found.stdout.endswith(
        ": 1 passed; 1 passed with tests that were not run (see --tests)\n"
    )
    found = invoke("check", "add.py", "--output-format", "json", provider=FakeProvider())
    assert json.loads(found.stdout)["summary"]["caveats"] == {"tests_not_run": 1}


def test_fail_fast_stops_at_the_first_failure(invoke: Invoke, in_folder: Path) -> None:
    _page(in_folder, ["p", "f"] + ["p"] * 50)
    fake = _fake({"p": PASSED, "f": FAILED})
    result = invoke("check", "lesson.md", "-x", "-j", "1", provider=fake)
    assert result.exit_code == 1
    assert "stopped at the first failure (--fail-fast)\n" in result.stderr
    assert len(fake.snippets) < 10


@pytest.mark.parametrize("options", [[], ["--no-fail-on", "unavailable"]])
def test_a_broken_environment_ends_a_run_that_counts_the_rest_aloud(
    invoke: Invoke, in_folder: Path, options: list[str]
) -> None:
    _page(in_folder, ["p"] + ["u"] * 50)
    fake = _fake({"p": PASSED, "u": LOST})
    record = ["--baseline", "known.json", "--update-baseline"]
    stop = ["--stop-after-unavailable", "3", "-j", "1"]
    result = invoke("check", "lesson.md", *stop, *record, *options, provider=fake)
    assert result.exit_code == 3
    assert "51 snippets" in result.stdout
    assert "47 cancelled" in result.stdout
    assert "stopped: 3 in a row had no verdict, the last: " in result.stderr
    assert fake.asked < 10
    assert not (in_folder / "known.json").exists(), "what did not run is not known"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], "```py\n1\n```\n"),
        (["--stdin-filename", "x.jsonl"], '{"code": "1\\n", "language": "py"}\n'),
        (["--stdin-filename", "x.py"], "1\n"),
    ],
)
def test_stdin_is_read_as_a_page_or_as_the_file_it_is_named(
    invoke: Invoke, options: list[str], text: str
) -> None:
    fake = FakeProvider()
    assert invoke("check", "-", *options, provider=fake, stdin=text).exit_code == 0
    assert [snippet.code for snippet in fake.snippets] == ["1\n"]


def test_list_shows_what_would_run_and_runs_nothing(invoke: Invoke, page: Path) -> None:
    fake = FakeProvider()
    result = invoke("check", "lesson.md", "--list", provider=fake)
    assert result.exit_code == 0
    of_ours = [line for line in result.stdout.splitlines() if "not read" not in line]
    assert of_ours == ["lesson.md:3 python", "lesson.md:11 javascript", "lesson.md:23 python"]
    assert fake.asked == 0


def test_list_as_jsonl_is_one_object_a_line(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--list", "--output-format", "jsonl")
    every = [json.loads(line) for line in result.stdout.splitlines()]
    listed = [each for each in every if each["becomes"] == "run"]
    assert [each["location"]["line"] for each in listed] == [3, 11, 23]
    assert {each["location"]["path"] for each in listed} == {"lesson.md"}
    assert [each["language"] for each in listed] == ["python", "javascript", "python"]


def test_list_of_nothing_exits_as_a_run_of_nothing(invoke: Invoke, in_folder: Path) -> None:
    _page(in_folder, [])
    assert invoke("check", "lesson.md", "--list").exit_code == 5


UNREAD = "A text.\n\n    ```python\n    print(1)\n    ```\n"
LINE = "not read: 1 block in an unsupported form (lesson.md:3)"


def test_where_nothing_ran_blocks_that_were_not_read_are_named(
    invoke: Invoke, in_folder: Path
) -> None:
    (in_folder / "lesson.md").write_text(UNREAD)
    result = invoke("check", "lesson.md")
    assert result.exit_code == 5
    line, last = result.stdout.splitlines()
    assert line == LINE
    assert last.endswith("nothing ran")
    assert LINE not in result.stderr


def test_programs_and_people_are_told_of_blocks_that_were_not_read(
    invoke: Invoke, in_folder: Path
) -> None:
    (in_folder / "lesson.md").write_text(UNREAD)
    result = invoke("check", "lesson.md", "--output-format", "jsonl")
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary["not_read"] == [{"kind": "block", "count": 1, "first": "lesson.md:3"}]
    assert LINE in result.stderr.splitlines()
    assert LINE in invoke("check", "lesson.md", "--list").stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["site"], "--include-folder=site"),
        (["."], "--include-folder=."),
        (["site/docs/page.md", "--include-folder", "site/src"], "--include-folder=site/src"),
    ],
)
def test_what_a_page_includes_can_be_run_again_by_the_command_that_is_shown(
    invoke: Invoke, in_folder: Path, arguments: list[str], option: str
) -> None:
    (in_folder / "site/docs").mkdir(parents=True)
    (in_folder / "site/src").mkdir()
    include = "src/x.py" if len(arguments) == 1 else "x.py"
    (in_folder / "site/docs/page.md").write_text(f'```python\n--8<-- "{include}"\n```\n')
    (in_folder / "site/src/x.py").write_text("f\n")
    result = invoke("check", *arguments, provider=_fake({"f": FAILED}))
    lines = result.stdout.splitlines()
    told = next(line for line in lines if "page.md:1" in line and "daytona-validate run" in line)
    assert told.strip() == f"daytona-validate run {option} site/docs/page.md:1"
    again = _fake({"f": FAILED})
    assert invoke(*told.split()[1:], provider=again).exit_code == 1
    assert [snippet.code for snippet in again.snippets] == ["f\n"]


def test_list_says_what_a_block_includes_or_why_it_is_no_program(
    invoke: Invoke, in_folder: Path
) -> None:
    (in_folder / "x.py").write_text("1\n")
    _page(in_folder, ['--8<-- "x.py"', '--8<-- "y.py"'])
    first, second = invoke("check", "lesson.md", "--list").stdout.splitlines()
    assert first == "lesson.md:1 python includes x.py"
    assert second.startswith("lesson.md:4 python not runnable: an include of y.py: there is no")


def test_only_a_folder_can_hold_what_pages_include(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--include-folder", "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
