"""What is a fence to all readers that look at lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.failure_hints import is_markdown
from daytona_validate._core.fence_line import FenceLine, bare, fence_line
from daytona_validate._courses.fenced_answer import program_of
from daytona_validate._courses.unread_fences import unread_fences
from for_each import for_each
from growth import assert_linear

PREFIXES = ["", "  ", "\t", "> ", ">> ", "- ", "  * ", "12. ", "3) ", "> - ", "- 1. ", "-   > "]


@for_each("prefix", PREFIXES)
@for_each("marks", ["```", "`````", "~~~", "~~~~"])
def test_a_fence_stands_after_quote_and_list_marks(prefix: str, marks: str) -> None:
    assert fence_line(f"{prefix}{marks} py") == FenceLine(prefix, marks, " py")
    assert fence_line(f"{prefix}{marks}") == FenceLine(prefix, marks, "")
    assert bare(f"{prefix}{marks}") == marks


@for_each("prefix", PREFIXES)
def test_all_readers_see_the_same_fence(prefix: str) -> None:
    page = f"So:\n{prefix}```python\n{' ' * len(prefix)}x\n{' ' * len(prefix)}```\n"
    assert is_markdown(page)
    assert [each.line for each in unread_fences(page.split("\n"), [], language_of=str)] == [2]
    assert program_of(page, which="last", language="python").code.strip() == "x"


@pytest.mark.parametrize("line", ["", "``", "~~", "a ```", "-```", "1.```", "```x```", "+ ``` `"])
def test_other_lines_are_none(line: str) -> None:
    assert fence_line(line) is None


@given(st.text(alphabet="`~>-1. \tpy", max_size=30))
def test_nothing_of_a_line_is_lost(line: str) -> None:
    fence = fence_line(line)
    assert line.endswith(bare(line))
    assert fence is None or fence.prefix + fence.marks + fence.info == line


@pytest.mark.parametrize("line", [" - ", "1. ", "> ", "`", "~", "```x", " ", "-  "])
def test_no_line_costs_more_than_its_length(line: str) -> None:
    assert_linear(lambda text: (fence_line(text), bare(text)), line)
