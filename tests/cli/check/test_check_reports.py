"""What `check` writes, and where."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import Result

from daytona_validate._cli.check.check_command import FORMATS
from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import FakeProvider, ran

Invoke = Callable[..., Result]

BOOM = ran(stderr="ReferenceError: boom is not defined\n", exit_code=1)
NAME_ERROR = ran(stderr="NameError: name 'x' is not defined\n", exit_code=1)


def _fake() -> FakeProvider:
    return FakeProvider(lambda snippet: BOOM if "boom" in snippet.code else ran("fine\n"))


def test_text_names_place_outcome_and_the_line_that_repeats_it(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", provider=_fake())
    failure = [line for line in result.stdout.splitlines() if line.startswith("lesson.md:11:")]
    assert len(failure) == 1
    assert "runtime_error" in failure[0]
    assert "ReferenceError: boom is not defined" in failure[0]
    assert "daytona-validate run lesson.md:11" in result.stdout
    assert "lesson.md:3" not in result.stdout


def test_blocks_in_unknown_languages_are_counted_in_one_line(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", provider=_fake())
    assert "not read: 3 blocks in languages not known here: yaml 2, bash 1 (" in result.stdout


def test_jsonl_is_one_result_a_line_and_last_the_summary(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--output-format", "jsonl", provider=_fake())
    *results, summary = [json.loads(line) for line in result.stdout.splitlines()]
    assert {each["outcome"] for each in results} == {"passed", "runtime_error"}
    assert sorted(each["location"]["line"] for each in results) == [3, 11, 23]
    assert summary["type"] == "summary"
    assert summary["schema_version"] == 1


def test_json_is_one_document_in_source_order(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--output-format", "json", provider=_fake())
    document = json.loads(result.stdout)
    assert document["schema_version"] == 1
    assert [each["location"]["line"] for each in document["results"]] == [3, 11, 23]


def test_every_report_is_written_beside_the_one_on_stdout(invoke: Invoke, page: Path) -> None:
    formats = FORMATS
    options = [f"--report={name}=report.{name}" for name in formats]
    result = invoke("check", "lesson.md", *options, provider=_fake())
    assert result.exit_code == 1
    written = {name: Path(f"report.{name}").read_text() for name in formats}
    assert written["text"] == result.stdout
    assert len(json.loads(written["json"])["results"]) == 3
    assert len(written["jsonl"].splitlines()) == 4
    assert len(list(ET.fromstring(written["junit"]).iter("testcase"))) == 3
    assert sorted(p.name for p in Path().iterdir()) == [
        "lesson.md",
        *sorted(f"report.{name}" for name in formats),
    ]


def test_text_is_in_source_order_though_a_later_snippet_ended_first(
    invoke: Invoke, in_folder: Path
) -> None:
    code = "".join(f"```python\nx{number}\n```\n" for number in range(3))
    (in_folder / "lesson.md").write_text(code)
    last_has_run = asyncio.Event()

    async def answer(snippet: Snippet) -> Execution:
        if snippet.code == "x2\n":
            last_has_run.set()
        else:
            await last_has_run.wait()
        return NAME_ERROR

    result = invoke("check", "lesson.md", "-j", "3", provider=FakeProvider(answer))
    lines = [line.split(" ")[0] for line in result.stdout.splitlines() if ": runtime_error" in line]
    assert lines == ["lesson.md:1:", "lesson.md:4:", "lesson.md:7:"]


def test_progress_never_reaches_stdout(invoke: Invoke, page: Path) -> None:
    plain = invoke("check", "lesson.md", "--no-progress", provider=_fake())
    with_bar = invoke("check", "lesson.md", "--progress", "always", provider=_fake())
    assert "\x1b" not in with_bar.stdout
    assert with_bar.stdout.splitlines()[:3] == plain.stdout.splitlines()[:3]


def test_quiet_leaves_failures_only(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "-q", provider=_fake())
    assert result.stderr == ""
    assert result.stdout.splitlines()[0].startswith("lesson.md:11:")
    assert result.stdout.splitlines()[-1].strip() == "daytona-validate run lesson.md:11"


@pytest.mark.parametrize("report_format", ["text", "jsonl"])
def test_report_that_cannot_be_meant_stops_before_anything_runs(
    invoke: Invoke, page: Path, report_format: str
) -> None:
    fake = _fake()
    result = invoke("check", "lesson.md", "--report", f"{report_format}=no/x", provider=fake)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"error: --report {report_format}=no/x: there is no folder no"
    ]
    assert fake.asked == 0


def test_a_report_that_cannot_be_opened_leaves_nothing_of_the_others(
    invoke: Invoke, page: Path
) -> None:
    Path("loop.xml").symlink_to("loop.xml")
    before = sorted(Path().iterdir())
    reports = ("--report", "json=whole.json", "--report", "junit=loop.xml")
    result = invoke("check", "lesson.md", *reports, provider=_fake())
    assert (result.exit_code, sorted(Path().iterdir())) == (2, before)


def test_the_line_that_repeats_a_failure_works_as_printed(invoke: Invoke, in_folder: Path) -> None:
    """Fields and language of the records, spaces in their path and the time limit included."""
    records = [{"prog": "fine"}, {"prog": "boom"}]
    path = in_folder / "my data.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    options = ("--code-field", "prog", "--default-language", "js", "--timeout", "2.5", "--tests")
    checked = invoke("check", path.name, *options, provider=_fake())
    (line,) = [each for each in checked.stdout.splitlines() if each.startswith("    daytona")]
    program, *words = shlex.split(line)
    assert program == "daytona-validate"
    fake = _fake()
    repeated = invoke(*words, provider=fake)
    assert repeated.exit_code == 1
    (snippet,) = fake.snippets
    assert (snippet.code, snippet.language, snippet.timeout_s) == ("boom", "javascript", 2.5)
    assert snippet.run_tests


def test_outputs_are_compared_as_the_options_say(invoke: Invoke, in_folder: Path) -> None:
    record = {"language": "python", "code": "x", "expected_output": "0.33333333"}
    (in_folder / "data.jsonl").write_text(
        json.dumps(record) + "\n" + json.dumps({**record, "compare": "exact"}) + "\n"
    )

    def fake() -> FakeProvider:
        return FakeProvider(lambda _snippet: ran("0.3333333\n"))

    assert "2 wrong_output" in invoke("check", "data.jsonl", provider=fake()).stdout
    checked = invoke("check", "data.jsonl", "--compare=float=1e-5", provider=fake())
    assert "data.jsonl:2: wrong_output: line 1 of the output is" in checked.stdout
    assert "(compared exactly)" in checked.stdout
    assert "1 passed, 1 wrong_output" in checked.stdout
    assert "run --compare=float=1e-5 data.jsonl:2" in checked.stdout
    for way, code in (("tokens", 1), ("float", 0)):
        ran_once = invoke("run", "data.jsonl:1", "--compare", way, provider=fake())
        assert ran_once.exit_code == code
    for command in ("check", "run"):
        refused = invoke(command, "data.jsonl", "--compare", "flaot", provider=fake())
        assert refused.exit_code == 2
        assert refused.stderr == (
            "error: --compare flaot: accepts exact, lines, tokens, float, or float=1e-6 with a "
            "tolerance below 1\n"
        )


def test_a_snippet_of_stdin_is_repeated_from_stdin(invoke: Invoke, page: Path) -> None:
    text = page.read_text()
    options = ("-", "--stdin-filename", "other.md")
    checked = invoke("check", *options, provider=_fake(), stdin=text)
    (line,) = [each for each in checked.stdout.splitlines() if each.startswith("    daytona")]
    repeated = invoke(*shlex.split(line)[1:], provider=_fake(), stdin=text)
    assert repeated.exit_code == 1
    assert "boom is not defined" in repeated.stderr


def test_fragments_are_counted_and_listed_if_asked_for(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "cell.py").write_text(">>> 1\n")
    magic = ran(stderr='  File "main.py", line 1\n    >>> 1\nSyntaxError: no\n', exit_code=1)
    quiet, listed, strict = (
        invoke("check", "cell.py", *options, provider=FakeProvider(magic))
        for options in ((), ("-v",), ("--strict",))
    )
    assert "cell.py:1" not in quiet.stdout
    assert "1 not_runnable (-v lists all)" in quiet.stdout
    assert "cell.py:1: not_runnable" in listed.stdout
    assert "daytona-validate run cell.py:1" in strict.stdout
    assert (quiet.exit_code, listed.exit_code, strict.exit_code) == (0, 0, 1)


def test_explain_lists_the_places_of_each_cause(invoke: Invoke, page: Path) -> None:
    plain = invoke("check", "lesson.md", provider=_fake()).stdout
    explained = invoke("check", "lesson.md", "--explain", provider=_fake()).stdout
    place = "\n    lesson.md:11: ReferenceError: boom is not defined"
    assert "(--explain lists their places)" in plain
    assert place not in plain
    assert place in explained
