"""What authors say about a block: in which spelling and place, and what is only prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.info_string import parse_info
from daytona_validate._courses.mark_spellings import DENIED, VALUES, WORDS
from daytona_validate._courses.marks import NO_MARKS, Marks
from daytona_validate._courses.read_marks import marks_of
from for_each import for_each
from growth import assert_linear


def of_info(text: str) -> Marks:
    return marks_of(parse_info(text))


def of_comment(text: str) -> Marks:
    return marks_of(parse_info("python"), comments=[text])


@pytest.mark.parametrize(
    ("info", "mark"),
    [
        ("python notest", "notest"),
        ("python skip", "skip"),
        ("rust,ignore", "ignore"),
        ('python test="skip"', "test=skip"),
        ("{.python .no-eval}", "no-eval"),
        ("{python, eval=FALSE}", "eval=FALSE"),
        ("python skip=true", "skip"),
        ("python {skip-test}", "skip-test"),
        ("python run=false", "run=false"),
    ],
)
def test_marks_that_leave_a_block_out(info: str, mark: str) -> None:
    assert of_info(info).skip == mark


@pytest.mark.parametrize(
    "info",
    [
        "js run",
        "python skip=false",
        "python title=skip",
        "python test",
        "python test=true",
        "python eval=later",
        'python title="skip me"',
        "skip",
        "python {1,3}",
        "python skipper",
        "ts twoslash",
    ],
)
def test_other_words_leave_nothing_out(info: str) -> None:
    assert of_info(info).skip is None


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("python should-fail", ""),
        ("python should-fail=ValueError", "ValueError"),
        ("python should_fail=true", ""),
        ("python should-fail=no", None),
        ("rust,should_panic", ""),
        ("rust,compile_fail", ""),
        ("python expect-error", ""),
        ("python raises=TypeError", "TypeError"),
        (f"python raises={'x' * 201}", None),
    ],
)
def test_marks_of_blocks_that_are_meant_to_fail(info: str, name: str | None) -> None:
    assert of_info(info).should_fail == name


@for_each(
    ("info", "marks"),
    [
        ("rust,no_run", Marks(check_only=True, words=frozenset({"no-run"}))),
        ("py continuation", Marks(continues=True, words=frozenset({"continuation"}))),
        ("py standalone", Marks(stands_alone=True, words=frozenset({"standalone"}))),
        ("py group=a", Marks(session="a")),
        ("py session=b", Marks(session="b")),
        ("py timeout=2.5", Marks(timeout_s=2.5)),
        ('py timeout="500 ms"', Marks(timeout_s=0.5)),
        ("py timeout=0", NO_MARKS),
        ("py timeout=soon", NO_MARKS),
        ("{.python #first}", Marks(snippet_id="first")),
        ('py title="src/app.py"', Marks(file="src/app.py")),
        ("py filename=./app.py", Marks(file="app.py")),
        (r'py title="src\app.py"', Marks(file="src/app.py")),
        ('py title="../app.py"', NO_MARKS),
        ('py title="a/.git/app.py"', NO_MARKS),
        ('py title="The app"', NO_MARKS),
        ('py title="Version 1.2"', NO_MARKS),
        (f'py title="{"a" * 300}.py"', NO_MARKS),
        ("py run", Marks(words=frozenset({"run"}))),
        ("", NO_MARKS),
    ],
)
def test_other_marks_of_info_strings(info: str, marks: Marks) -> None:
    assert of_info(info) == marks


@for_each(
    "comment",
    [
        "skip",
        " skip: next ",
        "notest",
        "pytest.mark.skip",
        'pytest.mark.skip(reason="no network")',
        "pytest-codeblocks:skip",
        "phmdoctest-skip",
        "phmdoctest-mark.skip",
        "daytona-validate: skip",
        "daytona: this one is known; skip",
        "test: skip",
        "eval: false",
    ],
)
def test_comments_that_leave_a_block_out(comment: str) -> None:
    assert of_comment(comment).skip is not None


@pytest.mark.parametrize(
    "comment",
    [
        "skip this part if you know it",
        "TODO: skip",
        "ignore the warning",
        "skip: start",
        "pytest.mark.skipif(on_windows)",
        "pytest-codeblocks:importorskip(numpy)",
        "run",
        "test",
        "",
        "skip " * 300,
        "daytona-validate: id=x",
        "prettier-ignore",
    ],
)
def test_comments_that_say_something_else_leave_nothing_out(comment: str) -> None:
    assert of_comment(comment).skip is None


def test_a_comment_of_ours_says_many_things() -> None:
    marks = of_comment("daytona-validate: should-fail: KeyError id: first timeout=3 demo solo:")
    assert marks == Marks(
        should_fail="KeyError",
        snippet_id="first",
        timeout_s=3,
        words=frozenset({"demo", "solo"}),
    )
    assert of_comment("daytona: skip: id=x").skip == "skip"


def test_words_select_also_from_comments_and_tags() -> None:
    marks = marks_of(parse_info("py a"), comments=["Demo"], tags=["c"], options={"d": "true"})
    assert marks.words == {"a", "demo", "c", "d"}


@pytest.mark.parametrize(
    ("options", "tags", "marks"),
    [
        ({"eval": "false"}, (), Marks(skip="eval=false")),
        ({"error": "true"}, (), Marks(should_fail="", words=frozenset({"error"}))),
        ({"label": "first"}, (), Marks(snippet_id="first")),
        ({"caption": "app.py"}, (), Marks(file="app.py")),
        ({}, ("raises-exception",), Marks(should_fail="", words=frozenset({"raises-exception"}))),
        ({}, ("nbval-skip",), Marks(skip="nbval-skip", words=frozenset({"nbval-skip"}))),
    ],
)
def test_options_and_tags_of_cells(
    options: dict[str, str], tags: tuple[str, ...], marks: Marks
) -> None:
    assert marks_of(parse_info("python"), options=options, tags=tags) == marks


@pytest.mark.parametrize(
    ("front_matter", "marks"),
    [
        ({"execute.eval": "false"}, Marks(skip="execute.eval=false")),
        ({"mystnb.execution_mode": "off"}, Marks(skip="mystnb.execution_mode=off")),
        ({"daytona-validate": "skip, demo"}, Marks(skip="skip", words=frozenset({"skip", "demo"}))),
        ({"daytona-validate.timeout": "9"}, Marks(timeout_s=9)),
        ({"title": "app.py", "skip": "true", "id": "x", "eval": "false"}, NO_MARKS),
    ],
)
def test_front_matter_counts_for_all_blocks_of_its_page(
    front_matter: dict[str, str], marks: Marks
) -> None:
    assert marks_of(parse_info("py"), front_matter=front_matter) == marks


def test_what_is_nearer_to_the_code_counts() -> None:
    page = {"execute.eval": "false"}
    assert marks_of(parse_info("py eval=true"), front_matter=page).skip is None
    assert marks_of(parse_info("py skip=no"), comments=["skip"]).skip is None
    assert marks_of(parse_info("py title=Cart"), comments=["daytona: file=a.py"]).file == "a.py"


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("# app.py\nx\n", "app.py"),
        ("\n// src/util.js\nx", "src/util.js"),
        ("-- schema.sql\nx", "schema.sql"),
        ("/* File: App.java */\nx", "App.java"),
        ("# filename: `app.py`\nx", "app.py"),
        ("#!/usr/bin/env python\nx", None),
        ("# see app.py\nx", None),
        ("# e.g.\nx", None),
        ("x = 1  # app.py\n", None),
        ("", None),
    ],
)
def test_a_first_line_that_is_only_a_file_name_names_the_file(code: str, file: str | None) -> None:
    assert marks_of(parse_info("py"), code=code).file == file


KNOWN = {*WORDS, *VALUES, *DENIED}
TEXT = st.text(max_size=40)
PAIRS = st.dictionaries(TEXT, TEXT, max_size=3)


@given(info=TEXT, code=TEXT, comments=st.lists(TEXT), options=PAIRS, tags=st.lists(TEXT))
def test_any_text_can_be_read(
    info: str, code: str, comments: list[str], options: dict[str, str], tags: list[str]
) -> None:
    marks_of(
        parse_info(info),
        code=code,
        comments=comments,
        options=options,
        tags=tags,
        front_matter=options,
    )


@given(words=st.lists(st.from_regex(r"[a-z0-9_.={}-]{1,12}", fullmatch=True), max_size=6))
def test_a_block_without_a_known_spelling_is_not_left_out(words: list[str]) -> None:
    text = " ".join(words)
    named = {part.strip(".#:%").replace("_", "-") for word in words for part in _parts(word)}
    if not named & KNOWN:
        assert of_info(f"python {text}").skip is None
        assert of_comment(text).skip is None


def _parts(word: str) -> list[str]:
    return [word, *word.replace("{", "=").replace("}", "=").split("="), *word.split(".")]


@pytest.mark.parametrize("piece", ["a=", "skip ", "a:", "(", "a='", 'x="', "{", "pytest.", " "])
def test_hostile_texts_cost_their_length(piece: str) -> None:
    assert_linear(of_info, piece)
    assert_linear(of_comment, piece)
    assert_linear(lambda text: marks_of(parse_info("ts twoslash"), code=text), piece)
