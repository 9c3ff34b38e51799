"""What a session of Python shows agrees with what happened up to what differs from run to run."""

from __future__ import annotations

import runpy
import time
from typing import Any

import pytest

from daytona_validate._core.shown_line import ADDRESS, SCALAR
from daytona_validate._sandbox_files import sandbox_files
from for_each import for_each
from growth import assert_linear

RULES = runpy.run_path(str(sandbox_files("sessions") / "shown_agreement.py"))

PAGE = """\
import datetime
import random
import time
import random as dice
from time import time as seconds


class Cart:
    def id(self): return 9
    def sample(self): return 9
    def total(self): return random.random()


def time_of(): return 5
def stamp(): return time.time()


cart, made = Cart(), random.Random()
"""


def test_both_comparisons_take_the_same_for_an_address_and_for_numpys_values() -> None:
    assert RULES["ADDRESS"].pattern == ADDRESS.pattern
    assert RULES["SCALAR"].pattern == SCALAR.pattern


@for_each(
    ("want", "got", "changes", "is_same"),
    [
        ("<Cart object at 0x7f01>\n", "<Cart object at 0x9>\n", False, True),
        ("<f 0x7f01>\n", "<f 0x9>\n", False, True),
        ("'0x123456'\n", "'0xabcdef'\n", False, False),
        ("'0x12345678'\n", "'0xabcdef12'\n", False, False),
        ("'0x7f1234567'\n", "'0x9abc'\n", True, True),
        ("0xc000012028\n", "0xc000012040\n", False, True),
        ("46\n", "np.int64(46)\n", False, True),
        ("(0.5, True)\n", "(np.float64(0.5), np.True_)\n", False, True),
        ("47\n", "np.int64(46)\n", False, False),
        ("True\n", "np.False_\n", False, False),
        ("np.int32(46)\n", "np.int64(46)\n", False, False),
        ("46\n", "np.load(46)\n", False, False),
        ("7\n", "9\n", False, False),
        ("7\n", "9\n", True, True),
        ("1\n", "a.py:1: DeprecationWarning: x\n  f()\n1\n", False, True),
        ("2\n", "a.py:1: DeprecationWarning: x\n  f()\n1\n", False, False),
    ],
)
def test_outputs_that_agree(want: str, got: str, changes: bool, is_same: bool) -> None:
    assert RULES["agrees"](want, got, changes) is is_same


NOW_S = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC


@pytest.mark.parametrize(
    ("want", "got", "is_same"),
    [
        ("<Cart object at ...>", "<__main__.Cart object at 0x9>", True),
        ("<class 'Cart'>", "<class '__main__.Cart'>", True),
        ("[<class 'Cart'>]", "[<class '__main__.Cart'>]", True),
        ("made by <class 'Cart'>.", "made by <class '__main__.Cart'>.", True),
        ("<class 'Cart'>", "<class '__main__.Card'>", False),
        ("<class 'shop.Cart'>", "<class '__main__.Cart'>", False),
        ("<class '__main__.Cart'>", "<class '__main__.Card'>", False),
        ("2020-01-02 03:04:05 [info] paid", "2023-11-14 22:13:20 [info] paid", True),
        ("2020-01-02T03:04:05.123456Z", "2023-11-14T22:13:20.000001Z", True),
        ('{"at": "2020-01-02"}', '{"at": "2023-11-15"}', True),
        ("[03:04:05] paid", "[22:12:59] paid", True),
        ("INFO:1600000000.25:paid", "INFO:1699999999.75:paid", True),
        ("2020-01-02 paid", "\x1b[2m2023-11-14\x1b[0m paid", True),
        ("2020-01-02 03:04:05 [info] paid", "2023-11-14 22:13:20 [info] paid twice", False),
        ("2020-01-02 03:04:05 [info] paid", "2024-02-01 22:13:20 [info] paid", False),
        ("2020-01-02 03:04:05", "2023-11-14", False),
        ("2020-01-02", "2023-11-14 22:13:20", False),
        ("2020-01-02 to 2020-01-02", "2023-11-14 to 2020-01-03", False),
        ("2020-01-02, 2020-01-02", "2023-11-14", False),
        ("paid", "2023-11-14 paid", False),
        ("[03:04:05] paid", "[21:12:59] paid", False),
        ("[03:04:05] paid", "[22:14:59] paid", False),
        ("1600000000", "1500000000", False),
        ("version 1.2.3", "version 1.2.4", False),
        ("127.0.0.1:80", "127.0.0.1:81", False),
    ],
)
def test_the_pages_own_module_and_the_present_are_told_as_they_are_shown(
    want: str, got: str, is_same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert RULES["agrees"](f"{want}\n", f"{got}\n", False, NOW_S) is is_same


@pytest.mark.parametrize(
    ("source", "is_changing"),
    [
        ("id(cart)", True),
        ("hex(id(cart))", True),
        ("random.choice([1])", True),
        ("dice.sample([1], 1)", True),
        ("random.Random().randint(1, 6)", True),
        ("made.randint(1, 6)", True),
        ("datetime.datetime.now().isoformat()", True),
        ("time.time()", True),
        ("stamp()", True),
        ("cart.total()", True),
        ("Cart().total()", True),
        ("cart.id()", False),
        ("Cart().id()", False),
        ("Cart().sample()", False),
        ("[each.id() for each in [cart]]", False),
        ("time_of()", False),
        ("cart.none()", False),
        ("[1].sample()", False),
        ("print(", False),
    ],
)
def test_only_what_is_not_the_page_s_own_changes_by_its_name(
    source: str, is_changing: bool
) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(PAGE, names)
    assert RULES["is_changing"](source, names) is is_changing


@pytest.mark.parametrize(
    "piece",
    ["a", ": ", "Warning", "0x", "<", "at 0x", "a: Warning: ", "\n ", "2023-11-14 ", "22:13:20.1",
     "1700000000", "\x1b[", "__main__.", "9"],
)  # fmt: skip
def test_hostile_output_costs_its_length(piece: str) -> None:
    assert_linear(lambda text: RULES["agrees"](f"{text}x", text, True), piece)
