from __future__ import annotations

import io
from pathlib import Path

import pytest

from daytona_validate._courses.collect import find
from daytona_validate._errors import ConfigurationError

PAGE = """\
# Page

```python
a
```

```ruby
b
```

> ```js
> c
> ```
"""
RECORDS = """\
{"language": "js", "code": "a"}

{"language": "js"}
{"language": "js", "code": "d"}
"""


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "data.jsonl").write_text(RECORDS)
    (tmp_path / "one.md").write_text("\n~~~js\nx\n~~~\n")
    (tmp_path / "hello.py").write_text("x\n")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("page.md:3", "a\n"),
        ("page.md:4", "a\n"),
        ("page.md:5", "a\n"),
        ("page.md:11", "c\n"),
        ("data.jsonl:1", "a"),
        ("data.jsonl:4", "d"),
        ("hello.py:1", "x\n"),
        ("hello.py:99", "x\n"),
        ("hello.py", "x\n"),
        ("one.md", "x\n"),
    ],
)
def test_a_line_names_the_snippet_around_it(target: str, code: str) -> None:
    assert find(target).code == code


@pytest.mark.parametrize(
    ("target", "telling"),
    [
        ("page.md:1", "page.md has no snippet at line 1; the nearest begin at line 3"),
        ("page.md:6", "page.md has no snippet at line 6; the nearest begin at lines 3 and 11"),
        ("page.md:99", "page.md has no snippet at line 99; the nearest begin at line 11"),
        ("page.md:8", "the block at page.md:7 is in `ruby`, which is not known here"),
        ("page.md", "page.md has 2 snippets: name one by its line, as in page.md:3"),
        ("data.jsonl:2", "data.jsonl has no snippet at line 2; the nearest begin at lines 1 and 3"),
        ("none.md:3", "none.md does not exist"),
        (".", ". is a folder: name one file in it"),
        (".:3", ". is a folder: name one file in it"),
    ],
)
def test_a_line_without_a_snippet_is_an_error_that_names_the_nearest(
    target: str, telling: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        find(target)
    assert str(error.value) == telling


def test_a_file_without_snippets_says_so() -> None:
    Path("none.md").write_text("words\n```\nx\n```\n")
    with pytest.raises(ConfigurationError, match="the file has none"):
        find("none.md:1")
    with pytest.raises(ConfigurationError, match="names no language"):
        find("none.md:3")
    with pytest.raises(ConfigurationError, match="no snippet that can be run"):
        find("none.md")


def test_an_unreadable_record_is_found_too() -> None:
    assert "no code" in (find("data.jsonl:3").unreadable or "")


def test_a_colon_may_be_part_of_a_files_name() -> None:
    Path("a:b.md").write_text("```js\nin a:b\n```\n")
    Path("page.md:3").mkdir()
    Path("x:7").mkdir()
    Path("x:7/c.md").write_text("```js\nin a folder\n```\n")
    assert find("a:b.md").code == "in a:b\n"
    assert find("a:b.md:2").code == "in a:b\n"
    assert find("x:7/c.md:1").code == "in a folder\n"


def test_stdin_can_be_asked_for_a_line() -> None:
    assert find("-:11", stdin=io.BytesIO(PAGE.encode())).code == "c\n"
