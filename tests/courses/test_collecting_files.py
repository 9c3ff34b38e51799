from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from collected import snippets_of
from daytona_validate._core.not_read import Why
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.file_formats import not_opened
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Snippet

PAGE = "```python\nx\n```\n"


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, content: str | bytes = PAGE) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def places(*paths: str) -> list[str]:
    return [str(snippet.location) for snippet in snippets_of(collect(paths))]


def only(path: str, options: CollectOptions | None = None) -> Snippet:
    (snippet,) = snippets_of(collect([path], options=options or CollectOptions()))
    return snippet


def test_a_folder_is_read_in_sorted_order() -> None:
    for path in ("c/b/2.md", "c/b/10.md", "c/a.py", "c/z.jsonl", "c/b.js", "c/readme.txt"):
        write(path, '{"code": "x", "language": "js"}' if path.endswith("jsonl") else PAGE)
    assert places("c") == ["c/a.py:1", "c/b/10.md:1", "c/b/2.md:1", "c/b.js:1", "c/z.jsonl:1"]


@pytest.mark.parametrize(
    "path",
    [".hidden/a.md", ".a.md", "node_modules/x/a.md", "__pycache__/a.py", "venv/a.py", "env/a.py"],
)
def test_what_is_no_course_is_skipped_in_folders_but_read_when_named(path: str) -> None:
    write(path)
    write("env/pyvenv.cfg", "")
    assert places(".") == []
    assert places(path) == [f"{path}:1"]


def test_links_cannot_lead_in_a_circle() -> None:
    write("a/b/page.md")
    Path("a/b/up").symlink_to(Path("a").resolve(), target_is_directory=True)
    Path("a/self.md").symlink_to("self.md")
    Path("a/linked.md").symlink_to("b/page.md")
    assert places("a") == ["a/b/page.md:1"]
    assert places("a/linked.md") == ["a/linked.md:1"]


def test_a_file_named_twice_is_read_once() -> None:
    write("c/a.md")
    assert places("c/a.md", "c", "./c/a.md") == ["c/a.md:1"]


def test_paths_are_shown_as_given_without_a_leading_dot() -> None:
    write("a.md")
    assert places(".") == places("./a.md") == ["a.md:1"]


def test_files_of_a_folder_are_opened_only_when_their_turn_comes() -> None:
    write("c/a.md")
    write("c/b.md")
    snippets = collect(["c"])
    assert str(next(snippets).snippet.location) == "c/a.md:1"
    write("c/b.md", "\n" + PAGE)
    assert str(next(snippets).snippet.location) == "c/b.md:2"


@pytest.mark.parametrize("path", ["a.txt", "README", "a.md.bak"])
def test_a_named_file_of_an_unknown_kind_is_refused_at_once(path: str) -> None:
    write(path)
    with pytest.raises(ConfigurationError, match=r"\.md.*\.jsonl.*\.py") as refusal:
        collect([path])
    assert str(refusal.value).startswith(path)


def test_without_a_working_folder_only_whole_paths_can_be_meant(in_folder: Path) -> None:
    write("kept/a.md")
    gone = in_folder / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    with pytest.raises(ConfigurationError, match=r"^a\.md .*the working folder is gone"):
        collect(["a.md"])
    assert len(list(snippets_of(collect([str(in_folder / "kept" / "a.md")])))) == 1


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read() -> None:
    write("a.md")
    with pytest.raises(ConfigurationError, match=r"^b\.md does not exist$"):
        collect(["a.md", "b.md"])
    with pytest.raises(ConfigurationError, match="only `run` takes a line"):
        collect(["a.md:1"])


@pytest.mark.parametrize(
    ("path", "content", "telling"),
    [
        ("a.md", b"\x89PNG\0", "binary"),
        ("a.md", "x".encode("utf-16"), "not UTF-8"),
        ("a.py", b"\0", "binary"),
        ("a.jsonl", b"\0\n{}\n", "binary"),
        ("a.md", b"x" * 101, "larger than 100 bytes"),
        ("a.py", b"x" * 101, "larger than 100 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_its_place(
    path: str, content: bytes, telling: str
) -> None:
    write(path, content)
    snippet = only(path, CollectOptions(max_file_bytes=100))
    assert telling in (snippet.unreadable or "")
    assert str(snippet.location) == f"{path}:1"


def test_a_file_that_vanishes_says_so_in_its_place() -> None:
    write("a.md")
    write("b.md")
    snippets = collect(["a.md", "b.md"])
    Path("a.md").unlink()
    first, second = snippets_of(snippets)
    assert "No such file" in (first.unreadable or "")
    assert second.unreadable is None


def test_a_record_too_large_costs_only_itself() -> None:
    small = '{"code": "x", "language": "js"}'
    write("a.jsonl", f"{small}\n{'x' * 5000}\n\n{small}")
    snippets = list(snippets_of(collect(["a.jsonl"], options=CollectOptions(max_file_bytes=100))))
    assert [str(each.location) for each in snippets] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:4"]
    assert [bool(each.unreadable) for each in snippets] == [False, True, False]


def test_records_are_streamed() -> None:
    """The second record is not read before it is asked for: the file may be larger than memory."""
    line = b'{"code": "x", "language": "js"}\n'

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower
            buffer[: len(line)] = line
            return len(line)

    options = CollectOptions(stdin_filename="x.jsonl")
    snippets = collect(["-"], options=options, stdin=io.BufferedReader(Endless(), 64))
    lines = [
        each.location.line
        for each, _ in zip(snippets_of(snippets), range(1000), strict=False)
        if each.location
    ]
    assert lines[-1] == 1000


def test_a_byte_order_mark_is_no_part_of_a_page_or_a_data_set_but_of_a_program() -> None:
    write("a.jsonl", b'\xef\xbb\xbf{"code": "x", "language": "js"}\n')
    write("a.md", b"\xef\xbb\xbf" + PAGE.encode())
    write("a.py", b"\xef\xbb\xbfx")
    assert [each.code for each in snippets_of(collect(["a.jsonl", "a.md", "a.py"]))] == [
        "x",
        "x\n",
        "\ufeffx",
    ]


def test_a_source_file_is_read_as_its_language_reads_it() -> None:
    write("a.py", b"# coding: latin-1\nx = '\xe9'\n")
    write("b.py", b"x = '\xe9'\n")
    named, unnamed = snippets_of(collect(["a.py", "b.py"]))
    assert (named.code, named.source) == ("# coding: latin-1\nx = '\xe9'\n", None)
    assert (unnamed.source, unnamed.unreadable) == (b"x = '\xe9'\n", None)


@pytest.mark.parametrize(
    ("path", "language"),
    [("a.py", "python"), ("a.JS", "javascript"), ("a.mjs", "javascript"), ("a.cjs", "javascript")],
)
def test_a_source_file_is_one_snippet(path: str, language: str) -> None:
    write(path, "x\r\n")
    snippet = only(path)
    assert (snippet.language, snippet.code) == (language, "x\r\n")


def test_stdin_is_markdown_unless_named_otherwise() -> None:
    (page,) = snippets_of(collect(["-"], stdin=io.BytesIO(PAGE.encode())))
    collection = collect(
        ["-"],
        options=CollectOptions(stdin_filename="data/x.jsonl", default_language="js"),
        stdin=io.BytesIO(b'{"code": "x"}'),
    )
    (record,) = snippets_of(collection)
    assert (str(page.location), str(record.location)) == ("-:1", "data/x.jsonl:1")
    with pytest.raises(ConfigurationError, match=r"^x\.org is of no known format"):
        collect(["-"], options=CollectOptions(stdin_filename="x.org"))


def test_blocks_in_unknown_languages_are_counted_by_their_word() -> None:
    write("a.md", "```ruby\n```\n```sh\n```\n```Ruby x\n```\n```\n```\n```{note}\n```\n" + PAGE)
    write("b.md", "```sh\n```\n```\x1b[31m\n```\n")
    snippets = collect(["a.md", "b.md"])
    assert len(list(snippets)) == 1
    not_read = snippets.not_read()
    assert not_read.words == {"ruby": 2, "sh": 2}
    assert not_read.counts == {Why.UNKNOWN_LANGUAGE: 4, Why.NO_LANGUAGE: 1}
    assert not_read.first == {Why.UNKNOWN_LANGUAGE: "a.md:1", Why.NO_LANGUAGE: "a.md:7"}


def test_consoles_are_read_and_jsx_is_counted() -> None:
    write("a.md", "```pycon\n>>> 1\n1\n```\n```jsx\n<A/>\n```\n```tsx\n<A/>\n```\n")
    snippets = collect(["a.md"])
    assert [each.snippet.language for each in snippets] == ["python"]
    assert snippets.not_read().counts == {Why.JSX: 2}


def test_blocks_that_an_unclosed_fence_swallows_are_counted() -> None:
    write("a.md", "```py\nx\n\nwords\n\n```py\ny\n```\n")
    snippets = collect(["a.md"])
    assert len(list(snippets)) == 1
    assert snippets.not_read().first == {Why.UNCLOSED: "a.md:6"}


def test_a_folder_that_cannot_be_listed_says_so_in_its_place() -> None:
    write("c/a.md")
    write("c/d/a.md")
    write("c/e.md")
    snippets = collect(["c"])
    assert str(next(snippets).snippet.location) == "c/a.md:1"
    shutil.rmtree("c/d")
    gone, after = snippets_of(snippets)
    assert (str(gone.location), str(after.location)) == ("c/d:1", "c/e.md:1")
    assert "cannot be listed" in (gone.unreadable or "")


def test_what_is_closed_to_the_user_is_told_with_what_to_do() -> None:
    closed = not_opened("cannot be listed", PermissionError(13, "Denied"), path="c")
    assert closed.course is not None
    assert closed.course.snippet.unreadable == (
        "cannot be listed: Denied (let your user read it, or leave it out by --exclude)"
    )


def test_a_name_of_any_bytes_can_be_shown() -> None:
    write(os.fsdecode(b"c/\xff.md"))
    assert places("c") == ["c/\ufffd.md:1"]
