"""A block that only includes a file is that file, if it lies in the folder; or says why not."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from collected import snippets_of
from daytona_validate._courses.collect import collect, find
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._models import Snippet
from for_each import for_each

CODE = "one\n# --8<-- [start:part]\n  two\n    three\n# --8<-- [end:part]\nfour\n"


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "site/docs/pages").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "site")
    write("docs/pages/beside.py", CODE)
    write("src/above.py", "above\n")
    write("../secret.py", "secret\n")
    return tmp_path


def write(path: str, content: str | bytes) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def block(include: str, language: str = "python") -> str:
    return f"# Page\n\n```{language}\n{include}\n```\n"


def found(include: str, *paths: str, language: str = "python") -> Snippet:
    write("docs/pages/page.md", block(include, language))
    snippets = collect(paths or ["."])
    return next(
        each for each in snippets_of(snippets) if str(each.location) == "docs/pages/page.md:3"
    )


def reason(include: str, *paths: str, language: str = "python") -> str:
    snippet = found(include, *paths, language=language)
    assert snippet.not_runnable is not None, snippet.code
    return snippet.not_runnable


@for_each(
    ("include", "code"),
    [
        ('--8<-- "beside.py"', CODE),
        ('--8<-- "docs/pages/beside.py"', CODE),
        ('--8<-- "src/above.py"', "above\n"),
        ("{!src/above.py!}", "above\n"),
        ("{* ../../src/above.py hl[1] *}", "above\n"),
        ("<<< @/src/above.py", "above\n"),
        ("{{#include ../../src/above.py}}", "above\n"),
        ("{{< include ../../src/above.py >}}", "above\n"),
        (".. literalinclude:: /src/above.py", "above\n"),
        ('--8<-- "beside.py:6:6"', "\n\n\n\n\nfour\n"),
        (
            '--8<-- "beside.py:4"',
            "\n\n\n  three\n# --8<-- [end:part]\nfour\n".replace("  three", "    three"),
        ),
        ('--8<-- "beside.py:part"', "\n\ntwo\n  three\n"),
        ("--8<--\nsrc/above.py\nbeside.py:1:1\n--8<--", "above\none\n"),
    ],
)
def test_an_included_file_is_the_snippet_of_its_block(include: str, code: str) -> None:
    snippet = found(include)
    assert (snippet.code, snippet.not_runnable) == (code, None)
    assert snippet.location is not None
    assert snippet.location.included is not None
    assert (snippet.location.path, snippet.location.line) == ("docs/pages/page.md", 3)


@pytest.mark.parametrize(
    ("marks", "include"),
    [
        ("// ANCHOR: a\n{}\n// ANCHOR_END: a", "{{#include x.js:a}}"),
        ("// #region a\n{}\n// #endregion a", "<<< ./x.js#a"),
        ("# region a\n{}\n# endregion", "<<< ./x.js#a"),
        (
            "// ANCHOR: ab\nno\n// ANCHOR_END: ab\n// ANCHOR: a\n{}\n// ANCHOR_END: a",
            "{{#include x.js:a}}",
        ),
    ],
)  # fmt: skip
def test_a_part_stands_between_the_marks_of_its_builder(marks: str, include: str) -> None:
    write("docs/pages/x.js", marks.format("  wanted"))
    assert found(include, language="js").code.strip("\n") == "wanted"


@pytest.mark.parametrize(
    ("include", "telling"),
    [
        ('--8<-- "no.py"', "an include of no.py: there is no such file"),
        ('--8<-- "../../../secret.py"', "the path leads out of the folder"),
        ("{{#include ../../../secret.py}}", "the path leads out of the folder"),
        ("{{#include src/above.py}}", "no such file"),
        ("<<< ./src/above.py", "no such file"),
        ('--8<-- "/etc/passwd"', "no such file in the folder"),
        ('--8<-- "~/x.py"', "no such file"),
        ('--8<-- "https://example.org/x.py"', "URLs are not fetched"),
        ('--8<-- "beside.py:nowhere"', "no part called nowhere"),
        ('--8<-- "beside.py:70:80"', "no such lines"),
        ('--8<-- "beside.py:1:2,4:5"', "builder"),
        ('--8<-- "beside.js"', "the file is no Python source file"),
        ('--8<-- "settings.toml"', "the file is no Python source file"),
        ('--8<-- ".hidden.py"', "hidden"),
        ('--8<-- "node_modules/x.py"', "hidden, or in a folder that is never read"),
        ('--8<-- "twice.py"', "the path matches several files"),
        ('--8<-- "folder.py"', "cannot be read"),
        ('--8<-- "pipe.py"', "cannot be read: the path is no plain file"),
        ('--8<-- "out.py"', "the link leads out"),
        ('--8<-- "folder-out/secret.py"', "the link leads out"),
        ('--8<-- "to-hidden.py"', "hidden"),
        ('--8<-- "to-settings.py"', "the file is no Python source file"),
        ('--8<-- "loop.py"', "cannot be read"),
        ('--8<-- "large.py"', "larger than 600 bytes"),
        ('--8<-- "binary.py"', "NUL"),
        ('--8<-- "latin.py:1:1"', "not UTF-8"),
        ("\n".join(['--8<-- "beside.py"'] * 21), "more than 20 files"),
    ],
)
def test_what_cannot_or_must_not_be_included_says_so(
    course: Path, include: str, telling: str
) -> None:
    for name in ("beside.js", "settings.toml", ".hidden.py", "node_modules/x.py", "twice.py"):
        write(f"docs/pages/{name}", "x\n")
    write("twice.py", "y\n")
    write("docs/pages/large.py", "x" * 601)
    write("docs/pages/binary.py", "\0")
    write("docs/pages/latin.py", b"'\xe9'\n")
    pages = Path("docs/pages")
    (pages / "folder.py").mkdir()
    os.mkfifo(pages / "pipe.py")
    (pages / "out.py").symlink_to(course / "secret.py")
    (pages / "folder-out").symlink_to(course)
    (pages / "to-hidden.py").symlink_to(".hidden.py")
    (pages / "to-settings.py").symlink_to("settings.toml")
    (pages / "loop.py").symlink_to("loop.py")
    write("docs/pages/page.md", block(include))
    snippets = collect(["."], options=CollectOptions(max_file_bytes=600))
    snippet = next(
        each for each in snippets_of(snippets) if str(each.location) == "docs/pages/page.md:3"
    )
    assert snippet.not_runnable is not None
    assert telling in snippet.not_runnable


def test_a_page_named_by_itself_includes_from_its_own_folder_only() -> None:
    assert found('--8<-- "beside.py"', "docs/pages/page.md").code == CODE
    assert "no such file" in reason('--8<-- "src/above.py"', "docs/pages/page.md")
    assert "out of" in reason("{{#include ../../src/above.py}}", "docs/pages/page.md")
    assert find("docs/pages/page.md:3").not_runnable is not None


def test_a_file_of_another_encoding_is_included_as_its_bytes() -> None:
    write("docs/pages/bad.py", b"'\xe9'\n")
    write("docs/pages/good.py", "# coding: gbk\n'你'\n".encode("gbk"))
    assert found('--8<-- "bad.py"').source == b"'\xe9'\n"
    assert found('--8<-- "good.py"').code == "# coding: gbk\n'你'\n"


def test_a_file_with_line_ends_of_windows_has_the_same_lines() -> None:
    write("docs/pages/x.py", "one\r\ntwo\r\nthree\r\n")
    assert found('--8<-- "x.py:2:2"').code == "\ntwo\n"


def test_a_page_on_stdin_and_a_record_have_no_folder() -> None:
    page = io.BytesIO(block('--8<-- "beside.py"').encode())
    (snippet,) = snippets_of(collect(["-"], stdin=page))
    assert (snippet.code, snippet.not_runnable) == ('--8<-- "beside.py"\n', None)
    record = io.BytesIO(b'{"code": "{!beside.py!}", "language": "py"}')
    named = CollectOptions(stdin_filename="docs/pages/x.jsonl")
    (snippet,) = snippets_of(collect(["-"], options=named, stdin=record))
    assert snippet.code == "{!beside.py!}"


def test_blocks_with_code_of_their_own_include_nothing() -> None:
    assert found('x\n--8<-- "beside.py"').code == 'x\n--8<-- "beside.py"\n'


def test_a_folder_that_the_user_names_holds_what_pages_include() -> None:
    write("docs/pages/page.md", block('--8<-- "src/above.py"'))
    options = CollectOptions(include_folder=".")
    assert find("docs/pages/page.md:3", options=options).code == "above\n"
    (snippet,) = snippets_of(
        collect(["docs/pages/page.md"], options=CollectOptions(include_folder="src"))
    )
    assert snippet.not_runnable is not None
    write("docs/pages/page.md", block('--8<-- "above.py"'))
    (snippet,) = snippets_of(
        collect(["docs/pages/page.md"], options=CollectOptions(include_folder="src"))
    )
    assert snippet.code == "above\n"


def test_only_what_stands_in_a_page_is_a_block() -> None:
    write("a.md", '```py\n--8<-- "no.py"\n```\n')
    write("b.py", '--8<-- "no.py"\n')
    write("c.jsonl", json.dumps({"code": '--8<-- "no.py"', "language": "py"}))
    assert [each.is_block for each in snippets_of(collect(["a.md", "b.py", "c.jsonl"]))] == [
        True,
        False,
        False,
    ]
