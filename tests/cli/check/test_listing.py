"""`check --list`: what would become of each block."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

INCLUDE = "an include of ./a.js, which only its page's builder reads"
LESSON = """\
# A

```py
x
```

<!-- skip -->
```py id=two
y
```

```py should-fail=ValueError
```

```py should-fail
x
```

```py no_run
x
```

```ruby
```

```
out
```

```{mermaid}
```

words

    ```py
    z
    ```

```{python}
x
```

```js file=./a.js
```
"""


@pytest.fixture
def lesson(in_folder: Path) -> Path:
    (in_folder / "lesson.md").write_text(LESSON)
    return in_folder


def test_what_is_skipped_is_not_counted_as_what_would_run(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "a.md").write_text("```py skip\nx\n```\n\n```py\nx\n```\n")
    assert "snippets that would run: 1\n" in invoke("check", ".", "--list").stderr


def test_each_block_is_listed_with_what_would_become_of_it(invoke: Invoke, lesson: Path) -> None:
    result = invoke("check", "lesson.md", "--list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "lesson.md:3 python",
        "lesson.md:8 python id=two skipped: marked skip",
        "lesson.md:12 python meant to fail: with ValueError",
        "lesson.md:15 python meant to fail: in any way",
        "lesson.md:19 python checked: it is compiled, not run",
        "lesson.md:23 ruby not read: block in a language not known here",
        "lesson.md:26 unknown language not read: fence without a language",
        "lesson.md:35 python not read: block in an unsupported form",
        "lesson.md:39 python run: after the cells before it",
        f"lesson.md:43 javascript not runnable: {INCLUDE}",
    ]


def test_as_jsonl_it_has_the_section_and_a_word(invoke: Invoke, lesson: Path) -> None:
    result = invoke("check", "lesson.md", "--list", "--output-format", "jsonl")
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["becomes"] for each in listed] == [
        "run",
        "skip",
        "should_fail",
        "should_fail",
        "check_only",
        "not_read",
        "not_read",
        "not_read",
        "run",
        "not_runnable",
    ]
    assert listed[0]["section"] == "A"
    assert [each["is_cell"] for each in listed].count(True) == 1
    assert listed[5]["language"] == "ruby"


def test_of_one_language_only_its_blocks_are_listed(invoke: Invoke, lesson: Path) -> None:
    result = invoke("check", "lesson.md", "--list", "--language", "js")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["lesson.md:43"]
    (lesson / "broken.ipynb").write_text("{")
    listed = invoke("check", "broken.ipynb", "--list").stdout
    assert listed.startswith("broken.ipynb:1 unknown language unreadable: the notebook is broken")


def test_what_is_left_out_by_its_marks_has_a_row_with_the_reason(
    invoke: Invoke, in_folder: Path
) -> None:
    blocks = ("py demo", "py run", "py", "js demo", "py skip run")
    (in_folder / "page.md").write_text("".join(f"\n```{word}\nx\n```\n" for word in blocks))
    options = ("page.md", "--list", "--language", "python")
    skipping = invoke("check", *options, "--skip-marked", "demo")
    assert skipping.stdout.splitlines() == [
        "page.md:2 python left out: marked demo (skip_marked)",
        "page.md:6 python",
        "page.md:10 python",
        "page.md:18 python skipped: marked skip",
    ]
    only = invoke("check", *options, "--only-marked", "run", "--output-format", "jsonl")
    rows = [json.loads(line) for line in only.stdout.splitlines()]
    assert [each["becomes"] for each in rows] == ["left_out", "run", "left_out", "skip"]
    assert rows[2]["reason"] == "not marked run (only_marked)"
    assert rows[2]["location"]["line"] == 10
    (in_folder / "daytona-validate.toml").write_text('only_marked = ["never"]')
    nothing = invoke("check", *options)
    assert nothing.exit_code == 5
    assert nothing.stdout.count("left out: not marked never (only_marked)") == 4
