"""The value of a cell's last expression in a plain interpreter, as a notebook shows it in text."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._models import Outcome
from daytona_validate._sandbox_files import contents

from .python_session import run

FILES = {name: text.decode() for name, text in contents("notebook").items()}
SHOWS = FILES["cell_values.py"]
CASES = {
    "sets_in_order": ("{'b', 'a', 'c'}", "{'a', 'b', 'c'}"),
    "sets_without_order": ("{1, None} - {None}", "{1}"),
    "empty": ("set(), frozenset(), (), [], {}", "(set(), frozenset(), (), [], {})"),
    "classes": ("[int, type, A]", "[int, type, __main__.A]"),
    "functions": ("f", "<function __main__.f(a, *, b=1)>"),
    "own_repr": ("[B()]", "[B!]"),
    "pretty": ("{1: C()}", "{1: C(1, [int])}"),
    "a_list_of_its_own_class": ("L([int])", "[int]"),
    "defaults": ("defaultdict(list, {1: int})", "defaultdict(list, {1: int})"),
    "ordered": (
        "OrderedDict([('a', 1)]), OrderedDict()",
        "(OrderedDict([('a', 1)]), OrderedDict())",
    ),
    "counted": ("Counter('aab')", "Counter({'a': 2, 'b': 1})"),
    "a_cycle": ("c", "[[...]]"),
    "long": ("[0] * 1001", f"[{'0, ' * 1000}...]"),
    "text": ("'a'", "'a'"),
    "one": ("(1,)", "(1,)"),
    "frozen": ("frozenset([2, 1])", "frozenset({1, 2})"),
    "an_awaited_one": ("await g()", "7"),
    "not_quiet": ("'a;'  # ;", "'a;'"),
    "nothing": ("None", ""),
    "quiet": ("1;  # one", ""),
    "no_expression": ("x = 1", ""),
    "shown_in_another_way": ("D()", ""),
}
NAMES = """\
from collections import Counter, OrderedDict, defaultdict
class A: pass
class B:
    def __repr__(self): return 'B!'
class C:
    def _repr_pretty_(self, p, cycle):
        with p.group(1, 'C(', ')'):
            p.text('1,'); p.breakable(); p.pretty([int])
class D:
    def _ipython_display_(self): pass
class L(list): pass
def f(a, *, b=1): pass
async def g(): return 7
c = []
c.append(c)
"""


@pytest.mark.slow
def test_each_value_is_shown_as_in_a_notebook(tmp_path: Path) -> None:
    told = [f"print('---')\n{code}" for code, _ in CASES.values()]
    codes = [SHOWS, NAMES, FILES["cell_names.py"], *told]
    verdict, step = run(tmp_path, codes, "display({2, 1}, A)\nA()")
    assert verdict.outcome is Outcome.PASSED, step.stderr
    values = [each.output.removeprefix("---\n") for each in verdict.earlier[3:]]
    assert values == [f"{text}\n" if text else "" for _, text in CASES.values()]
    *shown, last = step.stdout.decode().splitlines()
    assert shown == ["{1, 2}", "__main__.A"]
    assert last.startswith("<__main__.A at 0x")


@pytest.mark.slow
def test_an_error_of_a_value_is_that_of_its_line(tmp_path: Path) -> None:
    code = "class A:\n    def __repr__(self):\n        return 1 / 0\n\n\nA()"
    verdict, _ = run(tmp_path, [SHOWS], code)
    assert (verdict.outcome, verdict.error_line) == (Outcome.RUNTIME_ERROR, 3)
