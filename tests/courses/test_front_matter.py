"""What stands above a page's text, and the part of YAML that it is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.flat_yaml import flat_yaml, items
from daytona_validate._courses.front_matter import front_matter
from growth import assert_linear


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("a: b", {"a": "b"}, id="scalar"),
        pytest.param("a: b # c\n# d\n", {"a": "b"}, id="comments"),
        pytest.param('a: \'b # c\'\n"d e": "f" # g', {"a": "b # c", "d e": "f"}, id="quoted"),
        pytest.param("a: [b, 'c']\nd:\n  - e\n  - f\n", {"a": "b, c", "d": "e, f"}, id="lists"),
        pytest.param("a:\n- b\n-\nc: d", {"a": "b, ", "c": "d"}, id="list as deep as its key"),
        pytest.param(
            "kernelspec:\n  name: p3\n  language: python\nx: y",
            {"kernelspec": "", "kernelspec.name": "p3", "kernelspec.language": "python", "x": "y"},
            id="mapping",
        ),
        pytest.param("a: |\n  b: c\n  d\ne: f", {"a": "b: c, d", "e": "f"}, id="text of lines"),
        pytest.param("a\n- b\n: c\n{}\n", {}, id="none"),
        pytest.param(
            "time: 12:30\nurl: http://x", {"time": "12:30", "url": "http://x"}, id="colon"
        ),
    ],
)
def test_yaml_becomes_flat_texts(text: str, values: dict[str, str]) -> None:
    assert flat_yaml(text.split("\n")) == values


def test_the_items_of_a_list() -> None:
    assert items("[a, 'b',]") == items("a, b") == ("a", "b")
    assert items("") == ()


@pytest.mark.parametrize(
    ("text", "values", "lines"),
    [
        pytest.param("---\na: b\n---\nx", {"a": "b"}, 3, id="YAML"),
        pytest.param("---\na: b\n...\nx", {"a": "b"}, 3, id="ended as a document"),
        pytest.param(
            '+++\na = "b"\nd = [1, 2]\ne = true\n[extra]\nc = 1.5\n+++\n',
            {"a": "b", "d": "1, 2", "e": "true", "extra.c": "1.5"},
            7,
            id="TOML",
        ),
        pytest.param("+++\na b\n+++\n", {}, 0, id="no TOML"),
        pytest.param("+++\na = 1979-05-27\n+++\n", {"a": ""}, 3, id="a date"),
        pytest.param("---\na: b\n", {}, 0, id="never ended"),
        pytest.param("---\nwords, words\n---\n", {}, 0, id="a page that opens with a rule"),
        pytest.param("---\na: b\n  ```py\n---\n", {}, 0, id="a fence"),
        pytest.param("a: b\n---\n", {}, 0, id="not at the top"),
        pytest.param("", {}, 0, id="empty"),
    ],
)
def test_front_matter_is_told_from_a_page_between_rules(
    text: str, values: dict[str, str], lines: int
) -> None:
    found = front_matter(text.split("\n"))
    assert (found.values, found.lines) == (values, lines)


@given(st.text(st.sampled_from("ab:-[]'\"|>#. \t\n{}")))
def test_any_text_is_read(text: str) -> None:
    flat_yaml(text.split("\n"))
    assert front_matter(["---", *text.split("\n"), "---"]).lines >= 0


@pytest.mark.parametrize(
    "piece", ["a: b\n", " ", "a:\n ", "- ", "a", "'", "[", "a: |\n", "#", '"a']
)
@pytest.mark.parametrize("end", ["", "\n---\n"])
def test_front_matter_is_read_in_linear_time(piece: str, end: str) -> None:
    def read(text: str) -> None:
        front_matter(text.split("\n"))

    assert_linear(read, piece, start="---\n", end=end)
