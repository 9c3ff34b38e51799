"""A program's text and its file are one program, in every encoding that its language knows."""

from __future__ import annotations

import codecs
import encodings
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.diagnosis import COMPILER_REPORT
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.source_text import file_bytes, file_text, work_files
from daytona_validate._models import Limits, Snippet, Stage
from daytona_validate.testing import ran
from for_each import for_each
from growth import assert_linear

from .intakes import refused, taken

PYTHON = LANGUAGES["python"]
OTHERS = [language for language in LANGUAGES.values() if language is not PYTHON]


@for_each(
    ("line", "words", "encoding"),
    [
        ("# coding: latin-1", "café", "latin-1"),
        ("# coding=cp1252", "€", "cp1252"),
        ("# -*- coding: gbk -*-", "你好吗", "gbk"),
        ("# vim: set fileencoding=euc-jp :", "ああ", "euc-jp"),
        ("# -*- Encoding: Shift_JIS -*-", "カタカナ", "shift_jis"),
        ("# coding: iso-2022-jp", "ああ", "iso-2022-jp"),
        ("# coding: UTF-8", "→", "utf-8"),
        ("# -*- coding: utf-8-unix -*-", "→", "utf-8"),
        ("# -*- coding: Latin_1-dos -*-", "café", "latin-1"),
        ("# coding: iso8859.1", "café", "latin-1"),
        (f"# coding: latin{'-' * 99}1", "café", "utf-8"),
        ("#!/usr/bin/env python\n# coding: koi8-r", "привет", "koi8-r"),
        ("\n# coding: latin-1", "café", "latin-1"),
        ("#\n#\n# coding: latin-1", "café", "utf-8"),
        ("x = 1\n# coding: latin-1", "café", "utf-8"),
    ],
)
def test_python_text_is_the_file_that_its_second_line_at_most_says_it_is(
    line: str, words: str, encoding: str
) -> None:
    text = f"{line}\r\nprint('{words}')\r\n"
    content = text.encode(encoding)
    assert file_bytes(text, PYTHON) == content
    assert file_text(content, PYTHON) == (text, None)


@pytest.mark.parametrize(
    "text",
    [
        "# coding: ascii\n'é'\n",
        "# coding: latin-1\n'→'\n",
        "# coding: no-such-codec\n'é'\n",
        "# coding: rot13\n'é'\n",
        "# coding: undefined\n'é'\n",
        "# coding: unicode_escape\n'é'\n",
        "\ufeff# coding: latin-1\n'é'\n",
        "\ufeff# coding: utf-8\n'é'\n",
        "\ufeff'é'\n",
    ],
)
def test_text_that_its_encoding_cannot_hold_goes_to_python_as_it_came(text: str) -> None:
    assert file_bytes(text, PYTHON) == text.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"print('caf\xe9')\n",
        b"#\xe9\n1\n",
        b"# coding: utf-8\n'\xe9'\n",
        b"# coding: ascii\n'\xe9'\n",
        b"# coding: no-such-codec\n'\xe9'\n",
        b"\xef\xbb\xbf# coding: latin-1\n'\xe9'\n",
        b"# coding: utf-7\n'+AOk-'\n",
    ],
)
def test_a_file_that_no_text_stands_for_runs_as_its_bytes(content: bytes) -> None:
    text, source = file_text(content, PYTHON)
    assert source == content
    snippet = Snippet(code=text, source=source, language="python")
    assert work_files(snippet, PYTHON) == {"main.py": content}
    assert isinstance(taken(snippet, max_code_bytes=len(content) * 3), Job)


@pytest.mark.parametrize("codec", ["punycode", "idna", "utf-7", "gb18030", "iso-2022-jp-ext", "hz"])
def test_what_an_encoding_costs_grows_with_the_text_and_no_faster(codec: str) -> None:
    """Else the author of a program could hold the loop that all others wait for."""
    line = f"# coding: {codec}\n#"

    def there_and_back(text: str) -> None:
        """Read and write what gives each kind of codec some work."""
        letters = "".join(map(chr, range(0x4E00, 0x4E00 + len(text))))
        file_text(f"{line}{text}-{'a0' * len(text)}".encode(), PYTHON)
        file_text(f"# coding: {codec} {text}-{'a0' * len(text)}é".encode(), PYTHON)
        file_text(f"#{'coding: ' * len(text)}{codec}{text}".encode(), PYTHON)
        file_bytes(f"{line}é{text}-{letters}", PYTHON)

    assert_linear(there_and_back, "a")


def test_an_encoding_that_is_told_is_one_of_text_files() -> None:
    """So a line in ASCII can name it, and a program in ASCII is what it seems."""
    seen = {each.name for each in pkgutil.iter_modules(encodings.__path__)}
    told = {name for name in seen if PYTHON.file_encoding(f"# coding: {name}".encode()) != "utf-8"}
    assert len(told) > 70
    for name in told:
        assert codecs.lookup(name).name not in ("punycode", "idna", "undefined")
        assert "# coding: x\nprint(1)".encode(name) == b"# coding: x\nprint(1)"


@pytest.mark.parametrize("language", OTHERS, ids=lambda each: each.name)
def test_other_languages_are_utf_8_whatever_a_comment_says(language: object) -> None:
    text = "// coding: latin-1\n\ufeff'é'\n"
    assert file_bytes(text, language) == text.encode()  # type: ignore[arg-type]  # a record
    found = file_text(b"// coding: latin-1\n'\xe9'\n", language)  # type: ignore[arg-type]  # as above
    assert found == ("// coding: latin-1\n'\ufffd'\n", b"// coding: latin-1\n'\xe9'\n")


@given(
    text=st.text(st.characters(exclude_categories=["Cs"])), name=st.sampled_from(list(LANGUAGES))
)
def test_any_text_survives_the_way_to_its_file_and_back(text: str, name: str) -> None:
    assert file_text(file_bytes(text, LANGUAGES[name]), LANGUAGES[name]) == (text, None)


@given(content=st.binary(), name=st.sampled_from(list(LANGUAGES)))
def test_the_bytes_that_run_are_the_bytes_of_the_file(content: bytes, name: str) -> None:
    language = LANGUAGES[name]
    text, source = file_text(content, language)
    snippet = Snippet(code=text, source=source, language=name)
    assert work_files(snippet, language)[language.entry_file] == content


def test_more_files_are_written_as_their_own_language_has_them() -> None:
    files: dict[str, str | bytes] = {
        "words.py": "# coding: gbk\n'你好'\n",
        "data.txt": "# coding: gbk\né",
        "raw.py": b"\xe9",
    }
    snippet = Snippet(code="é", language="go", files=files)
    assert work_files(snippet, LANGUAGES["go"]) == {
        "words.py": "# coding: gbk\n'你好'\n".encode("gbk"),
        "data.txt": "# coding: gbk\né".encode(),
        "raw.py": b"\xe9",
        "main.go": "é".encode(),
    }


def test_the_bytes_of_a_file_count_for_the_size_of_its_code() -> None:
    snippet = Snippet(code="x", source=b"x" * 11, language="python")
    assert "more than 10 bytes" in refused(snippet, max_code_bytes=10).details
    assert isinstance(taken(snippet, max_code_bytes=11), Job)


def details(snippet: Snippet, stderr: str, stdout: str = "") -> str:
    execution = ran(stdout, stderr, exit_code=1, stage=Stage.COMPILE)
    return classify(execution, Job(snippet, LANGUAGES[snippet.language], Limits())).details


def test_a_failed_file_says_what_to_do_about_its_bytes() -> None:
    text, source = file_text(b"// \xe9\n", LANGUAGES["java"])
    spoilt = Snippet(code=text, source=source, language="java")
    message = "unmappable character (0xE9) for encoding UTF-8"
    report = f"{COMPILER_REPORT}\t1\t\t\t{message}\n"
    told = details(spoilt, f"Main.java:1: error: {message}\n", report)
    assert told.endswith("(line 1) (the file is not UTF-8 at its byte 4: save it as UTF-8)")
    marked = Snippet(code="\ufeffclass A {}", language="java")
    told = details(marked, "Main.java:1: error: illegal character: '\\ufeff'\n")
    assert told.endswith("(the file begins with a byte-order mark: save it without)")


@pytest.mark.parametrize(
    "snippet",
    [
        Snippet(code="\ufeffclass A {", language="java"),
        Snippet(code="class A {", source=b"class A {", language="java"),
        Snippet(code="class A {", language="java"),
        Snippet(code="x", source=b"# coding: utf-7\n+", language="python"),
    ],
)
def test_other_failures_are_not_put_down_to_bytes(snippet: Snippet) -> None:
    told = details(snippet, "Main.java:1: error: reached end of file while parsing\n")
    assert "byte" not in told


def test_a_byte_order_mark_does_not_hide_a_session() -> None:
    stderr = '  File "/work/main.py", line 1\n    >>> 1\n    ^^\nSyntaxError: invalid syntax\n'
    execution = ran("", stderr, exit_code=1)
    snippet = Snippet(code="\ufeff>>> 1\n", language="python")
    assert classify(execution, Job(snippet, PYTHON, Limits())).outcome == "not_runnable"
