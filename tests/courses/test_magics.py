"""What is left of a notebook's cell without what it says to IPython."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.magics import without_magics
from for_each import for_each
from growth import assert_linear

KEPT = {
    "matplotlib": ("%matplotlib inline\nx = 1", "\nx = 1"),
    "extension": ("%load_ext autoreload\n%autoreload 2\nx = 1", "\n\nx = 1"),
    "pip": (
        "%pip install numpy\n!pip install numpy\n!python3 -m pip install a\nx = 1",
        "\n\n\nx = 1",
    ),
    "in a block": ("if True:\n    %time f(1)\n    x = 1", "if True:\n    f(1)\n    x = 1"),
    "time": ("%time x = f(1)", "x = f(1)"),
    "timeit": ("%timeit -n 10 -r3 f(1)", "f(1)"),
    "a negative number": ("%timeit -n 10 -x + 1", "-x + 1"),
    "whole cell": ("%%time\nx = 1", "\nx = 1"),
    "capture": ("%%capture out\nx = 1", "\nx = 1"),
    "set-up": ("%%timeit x = 1\nf(x)", "x = 1\nf(x)"),
    "help": ("x = 1\nx?\n?x\nx.y??", "x = 1\n\n\n"),
    "none": ("x = 7 % 2\nprint('%d' % x)", "x = 7 % 2\nprint('%d' % x)"),
    "in a bracket": ("x = (7\n%time)", "x = (7\n%time)"),
    "in a text": ("x = '''\n%%bash\n!ls'''", "x = '''\n%%bash\n!ls'''"),
    "after a backslash": ("x = 7 \\\n%time", "x = 7 \\\n%time"),
    "after an escape": ("x = '''\\'''\n%time\n'''\n%time y", "x = '''\\'''\n%time\n'''\ny"),
    "quotes in a comment": ("# it's (\n%time y", "# it's (\ny"),
    "an open quote": ("x = 'a\n%time y", "x = 'a\ny"),
    "brackets in a text": ("x = '(['\n%time y)", "x = '(['\ny)"),
    "a bracket too many": ("x)\n%time y", "x)\ny"),
    "blank": ("", ""),
    "comparison": ("x == 1\nx != y", "x == 1\nx != y"),
}


@for_each(("code", "left"), KEPT.values(), ids=KEPT.keys())
def test_soft_magics_are_taken_out_and_lines_keep_their_numbers(code: str, left: str) -> None:
    assert without_magics(code) == (left, None)


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("%%bash\nls", "%%bash"),
        ("%%writefile a.py\nx = 1", "%%writefile"),
        ("x = 1\n%run other.py", "%run"),
        ("!ls -l", "!ls"),
        ("files = !ls", "files = !ls"),
        ("rows = %sql select 1", "rows = %sql select 1"),
    ],
)
def test_a_cell_with_other_magics_is_no_program(code: str, named: str) -> None:
    assert without_magics(code) == (code, f"a notebook magic or shell line: {named}")


def test_a_cell_of_soft_magics_alone_is_no_program() -> None:
    assert without_magics("%pip install numpy\n")[1] == "a notebook's cell without code of its own"


@given(st.text(alphabet="%!?x= \t\n'\"#\\()time", max_size=60))
def test_any_cell_keeps_the_numbers_of_its_lines(code: str) -> None:
    left, _ = without_magics(code)
    assert left.count("\n") == code.count("\n")


@pytest.mark.parametrize("part", ["%", "x?", "'", "\\", "(", "%time -n", "x.y[", "!pip ", "= "])
def test_hostile_cells_take_time_in_proportion(part: str) -> None:
    assert_linear(without_magics, part)
