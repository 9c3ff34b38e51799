from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.info_string import InfoString, parse_info
from for_each import for_each


@for_each(
    ("info", "word"),
    [
        ("python", "python"),
        ("Python", "python"),
        ("  py  ", "py"),
        ("js run", "js"),
        ('python title="a b.py"', "python"),
        ("python:snippets/demo.py -s 2 -e 3", "python"),
        ("ts,ignore", "ts"),
        ("js{1,3}", "js"),
        ("ts twoslash {1}", "ts"),
        ("C++", "c++"),
        ("", ""),
        ("{", ""),
        ("{}", ""),
        ("{=html}", ""),
        (",python", ""),
        ("{.python .numberLines}", "python"),
        ("{#fib .python}", "python"),
        ("{python}", "python"),
        ("{python, echo=FALSE}", "python"),
        ("{code-block} JavaScript", "javascript"),
        ("{code-cell} python", "python"),
        ("{code-cell} ipython3", "python"),
        ("{code-cell}", "code-cell"),
        ("{note} Mind this", "note"),
    ],
)
def test_the_language_is_the_first_word_in_every_dialect(info: str, word: str) -> None:
    assert parse_info(info).word == word


@pytest.mark.parametrize(
    ("info", "attrs", "flags"),
    [
        ('python title="a b.py" linenums=1 run', {"title": "a b.py", "linenums": "1"}, ("run",)),
        ("js title='x y'", {"title": "x y"}, ()),
        ("rust,ignore,no_run", {}, ("ignore", "no_run")),
        ("js{1,3}", {}, ("1", "3")),
        ("py hl={1 2} live", {"hl": "{1 2}"}, ("live",)),
        ("{.python #fib .wide key=value}", {"key": "value", "id": "fib"}, ("wide",)),
        ("{python, echo=FALSE}", {"echo": "FALSE"}, ()),
        ("{code-block} python name=x", {"name": "x"}, ()),
    ],
)
def test_the_rest_is_pairs_and_flags(
    info: str, attrs: dict[str, str], flags: tuple[str, ...]
) -> None:
    read = parse_info(info)
    assert (dict(read.attrs), read.flags) == (attrs, flags)


@pytest.mark.parametrize(
    ("info", "is_named"),
    [
        ("ruby", True),
        ("{.ruby}", True),
        ("{code-cell} ruby", True),
        ("{code-cell}", True),
        ("{note}", False),
        ("{figure} a.png", False),
        ("", False),
    ],
)
def test_a_directive_that_holds_no_code_names_no_language(info: str, is_named: bool) -> None:
    assert parse_info(info).names_language is is_named


@given(st.text())
def test_any_info_string_is_accepted(info: str) -> None:
    assert isinstance(parse_info(info), InfoString)


@given(
    st.from_regex(r"[A-Za-z0-9+#.\-]{1,12}", fullmatch=True),
    st.sampled_from(["", " ", "{", ",", ":", "\t"]),
    st.text(),
)
def test_the_word_ends_at_the_four_marks(word: str, mark: str, rest: str) -> None:
    assert parse_info(word + (mark + rest if mark else "")).word == word.lower()
