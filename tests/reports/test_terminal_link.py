"""A place as a link: its address leads to the file, whatever its name."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._reports.formats import text_format
from daytona_validate._reports.terminal_link import linked
from daytona_validate._reports.text import TextStyle
from made_results import made_reported

BASE = "file://host/work/"
LINKS = TextStyle(link_base=BASE)


def address(path: str, line: int | None = 7) -> str:
    start, _, rest = linked("x", path, line, base=BASE).partition("\x1b\\")
    assert rest == "x\x1b]8;;\x1b\\"
    return start.removeprefix("\x1b]8;;")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a/lesson.md", "file://host/work/a/lesson.md#7"),
        ("../lesson.md", "file://host/lesson.md#7"),
        ("/etc/a b.md", "file://host/etc/a%20b.md#7"),
        ("//other/x.md", "file://host/other/x.md#7"),
        ("http://x/y.md", "file://host/work/http%3A/x/y.md#7"),
    ],
)
def test_paths_start_from_the_working_folder(path: str, found: str) -> None:
    assert address(path) == found


@given(st.text(st.characters(exclude_characters="/\ufffd", codec="utf-8"), min_size=1, max_size=40))
def test_no_name_gets_out_of_its_address(name: str) -> None:
    found = address(f"a{name}")
    assert found.isascii()
    assert found.isprintable()
    parts = urlsplit(found)
    assert (parts.netloc, unquote(parts.path), parts.query, parts.fragment) == (
        "host", f"/work/a{name}", "", "7",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["a\ufffd.md", "a" * 3000])
def test_what_has_no_address_is_shown_without(path: str) -> None:
    assert linked("x", path, 1, base=BASE) == "x"
    assert linked("x", "a.md", 1, base=None) == "x"


def test_of_a_notebook_the_file_is_opened() -> None:
    assert address("a.ipynb", None) == "file://host/work/a.ipynb"
    row = made_reported(path="a.ipynb", cell=2)
    assert "a.ipynb\x1b\\a.ipynb:cell[2]:12\x1b]8;;" in text_format(LINKS).each(row)


def test_a_failure_links_to_its_line_and_stdin_to_nothing() -> None:
    row: dict[str, Any] = {"code": "a = 1\nprint(b)\n", "code_line": 13, "error_line": 2}
    text = text_format(LINKS).each(made_reported(**row))
    assert text.startswith(f"\x1b]8;;{BASE}lesson.md#14\x1b\\lesson.md:14\x1b]8;;\x1b\\: ")
    piped = TextStyle(link_base=BASE, stdin_path="lesson.md")
    assert "\x1b" not in text_format(piped).each(made_reported(**row))
