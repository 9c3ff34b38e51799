"""Which blocks `check` takes by their marks, and what it takes out of their code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate.testing import FakeProvider, ran

Invoke = Callable[..., Result]

PAGE = """\
```python run
1
```
```python demo
2
```
```python {.Run .demo}
3
```
```python
4
```
"""


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ([], [1, 4, 7, 10]),
        (["--only-marked", "run"], [1, 7]),
        (["--skip-marked", ".Demo"], [1, 10]),
        (["--only-marked", "run", "--only-marked", "demo", "--skip-marked", "demo"], [1]),
    ],
)
def test_blocks_are_selected_by_their_words(
    invoke: Invoke, in_folder: Path, options: list[str], lines: list[int]
) -> None:
    (in_folder / "lesson.md").write_text(PAGE)
    result = invoke("check", "lesson.md", "--list", "--output-format", "jsonl", *options)
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    ran = [each["location"]["line"] for each in listed if each["becomes"] != "left_out"]
    assert ran == lines


def test_a_folders_configuration_selects_where_no_option_does(
    invoke: Invoke, in_folder: Path
) -> None:
    (in_folder / "lesson.md").write_text(PAGE)
    (in_folder / "daytona-validate.toml").write_text('skip_marked = "demo"\nonly_marked = "run"\n')
    assert (
        "lesson.md:1 python\nlesson.md:4 python left out: " in invoke("check", ".", "--list").stdout
    )
    result = invoke("check", ".", "--list", "--skip-marked", "run", "--only-marked", "demo")
    assert "left out: marked run (skip_marked)\nlesson.md:4 python\n" in result.stdout


@pytest.mark.parametrize("option", [[], ["--list"]])
def test_what_marks_leave_out_is_counted(
    invoke: Invoke, in_folder: Path, option: list[str]
) -> None:
    (in_folder / "lesson.md").write_text(PAGE)
    (in_folder / "daytona-validate.toml").write_text('skip_marked = "run"\n')
    said = invoke("check", ".", *option, provider=FakeProvider()).output
    assert "not read: 2 blocks left out by skip_marked or only_marked (lesson.md:1, …)" in said


@pytest.mark.parametrize("command", ["check", "run"])
def test_an_authors_marks_are_taken_out_of_the_code(
    invoke: Invoke, in_folder: Path, command: str
) -> None:
    fake = FakeProvider({"\nprint(1)\n\n": ran(stderr="ValueError: x\n", exit_code=1)})
    (in_folder / "lesson.md").write_text("```python\n*!*\nprint(1)\n*/!*\n```\n")
    options = ("--strip", "*!*", "--strip", "*/!*")
    assert invoke(command, "lesson.md", *options, provider=fake).exit_code == 1
