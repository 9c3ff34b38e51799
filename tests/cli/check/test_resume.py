"""`--resume`: results of a former run are taken over, and only the rest runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from daytona_validate import Snippet
from daytona_validate._errors import SandboxUnavailable
from daytona_validate.testing import Execution, FakeProvider
from daytona_validate.testing import ran as execution

Check = Callable[..., tuple[list[str], Result]]
RESUME = ("--resume", "r.jsonl", "--report", "jsonl=r.jsonl")


@pytest.fixture
def check(invoke: Callable[..., Result], in_folder: Path) -> Check:
    """Check a page; return the programs that ran, and the command's result."""

    def call(*options: str, codes: str = "") -> tuple[list[str], Result]:
        seen: list[str] = []

        def answer(snippet: Snippet) -> Execution:
            code = snippet.code.strip()
            seen.append(code)
            if code == "u":
                raise SandboxUnavailable("none today")
            return (
                execution(stderr="ValueError: no\n", exit_code=1)
                if code == "f"
                else execution("fine\n")
            )

        if codes:
            blocks = [f"```python\n{code}\n```\n" for code in codes]
            (in_folder / "lesson.md").write_text("\n".join(blocks))
        done = invoke("check", "lesson.md", *options, provider=FakeProvider(answer))
        return sorted(seen), done

    return call


def rows(path: str = "r.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def cut(path: str, lines: int, *, rest: str = "") -> None:
    """Leave of a report what a killed run leaves."""
    kept = Path(path).read_text().splitlines(keepends=True)[:lines]
    Path(path).write_text("".join(kept) + rest)


def test_only_the_rest_runs_and_the_same_report_becomes_whole(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", "-j1", codes="fpqr")
    whole = rows()
    cut("r.jsonl", 2, rest='{"type": "result", "ou')
    programs, result = check(*RESUME, "--report", "json=all.json")
    assert (programs, result.exit_code) == (["q", "r"], 1)
    assert "1 line is broken in r.jsonl, and left out" in result.stderr
    assert "2 results taken over from r.jsonl, 2 to run" in result.stderr
    assert "lesson.md:1: runtime_error" in result.stdout, "also in the reports of this run"
    again = rows()
    assert [each.get("index") for each in again] == [0, 1, 2, 3, None]
    assert again[:2] == whole[:2]
    assert again[-1]["count"] == 4
    assert len(json.loads(Path("all.json").read_text())["results"]) == 4


def test_a_part_that_a_killed_run_left_can_be_named(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", "-j1", codes="pqr")
    cut("r.jsonl", 2)
    Path("r.jsonl").rename("r.jsonl.part")
    programs, _ = check("--resume", "r.jsonl.part", "--report", "jsonl=r.jsonl")
    assert programs == ["r"]
    assert [each.get("index") for each in rows()] == [0, 1, 2, None]
    assert not Path("r.jsonl.part").exists()


def test_what_could_not_be_judged_runs_again(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", codes="pu")
    assert check(*RESUME)[0] == ["u"]


def test_a_whole_report_leaves_nothing_to_run(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", codes="pf")
    programs, result = check(*RESUME)
    assert (programs, result.exit_code) == ([], 1)
    assert rows()[-1]["count"] == 2


def test_a_taken_over_failure_stops_nothing(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", "-j1", codes="fp")
    cut("r.jsonl", 1)
    assert check(*RESUME, "--fail-fast")[0] == ["p"]


def test_a_moved_page_keeps_its_results_that_name_no_lines(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", codes="fp")
    page = Path("lesson.md")
    page.write_text(f"# More\n\nwords\n\n# Here\n\n{page.read_text()}")
    assert check(*RESUME)[0] == ["f"]
    places = {each["index"]: (each["outcome"], each["location"]["line"]) for each in rows()[:-1]}
    assert places == {0: ("runtime_error", 7), 1: ("passed", 11)}


def test_all_of_a_changed_page_runs_again(check: Check) -> None:
    """Any block may count for any other."""
    check("--report", "jsonl=r.jsonl", codes="pq")
    assert check(*RESUME, codes="pr")[0] == ["p", "r"]


def test_what_lies_around_a_page_counts_for_all_of_it(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", codes="pq")
    Path("conf.py").write_text("doctest_global_setup = 'x = 1'")
    assert check(*RESUME)[0] == ["p", "q"]
    Path("other.md").write_text("    from parcels import p\n" * 4)
    assert check(*RESUME)[0] == ["p", "q"]
    assert check(*RESUME)[0] == []


def test_the_same_code_that_must_print_something_else_runs(
    invoke: Callable[..., Result], in_folder: Path
) -> None:
    record = {"code": "p", "language": "python"}
    for expected in ("fine\n", "else\n"):
        line = json.dumps({**record, "expected_output": expected})
        (in_folder / "data.jsonl").write_text(line + "\n")
        options = ["--report", "jsonl=r.jsonl"]
        if Path("r.jsonl").exists():
            options += ["--resume", "r.jsonl"]
        fake = FakeProvider(execution("fine\n"))
        done = invoke("check", "data.jsonl", *options, provider=fake)
    assert done.exit_code == 1
    assert [each.get("outcome") for each in rows()] == ["wrong_output", None]


@pytest.mark.parametrize(
    "text",
    ['{"type": "summary"}\n', '{"type": "result", "input_fingerprint": "x"}\n', "[]\n", "\xff", ""],
)
def test_where_nothing_is_of_this_course_all_run_and_it_says_so(check: Check, text: str) -> None:
    Path("r.jsonl").write_text(text, encoding="latin-1")
    programs, result = check(*RESUME, codes="pq")
    assert programs == ["p", "q"]
    assert "no result in r.jsonl is of these snippets; all run" in result.stderr


def test_a_result_that_is_none_is_a_broken_line(check: Check) -> None:
    check("--report", "jsonl=r.jsonl", codes="p")
    row = {**rows()[0], "outcome": "splendid"}
    Path("r.jsonl").write_text(json.dumps(row) + "\n")
    programs, result = check(*RESUME)
    assert programs == ["p"]
    assert "1 line is broken" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-", "--resume", "lesson.md"), "not stdin"),
        (("lesson.md", "--resume", "lesson.md", "--list"), "not with --list"),
        (("lesson.md", "--resume", "absent"), "does not exist"),
        (("lesson.md", "--resume", "/dev/null"), "cannot read"),
    ],
)
def test_what_cannot_be_resumed_is_refused(
    invoke: Callable[..., Result], page: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = invoke("check", *arguments, stdin="")
    assert refused.exit_code == 2
    assert words in refused.stderr
