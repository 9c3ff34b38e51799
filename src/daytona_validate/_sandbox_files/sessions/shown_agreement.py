"""Whether the output of an input is the one that its session shows.

It stands beside `shown_session.py` in sandboxes. It errs towards the author: what differs from run
to run, from version to version or by the way it is written down agrees.
"""

from __future__ import annotations

import ast
import doctest
import re
import time
from types import FunctionType
from typing import Any

ADDRESS = re.compile(
    r"(\bat |<[^<>\n]{0,200}?\b)0x[0-9A-Fa-f]+\b"
    r"|\b0x(?:c[0-9a-f]{9}|(?:7f|5[56])[0-9a-f]{10})\b"
)
"""As `_core/shown_line.py` has it."""
SCALAR = re.compile(
    r"\bnp\.(?:float|int|uint|longdouble|complex|str|bool)\d{0,3}_?\(([^()\n]{0,200})\)"
    r"|\bnp\.(True|False)_(?!\w)|(?<=\]), shape=\([\d, ]{1,80}\)(?=\))"
)
"""As `_core/shown_line.py` has it: what numpy 2 adds to a value."""
HEX = re.compile(r"\b0x[0-9A-Fa-f]+\b")
DAY_S = 24 * 3600
RECENT_S = 300
FORGIVING = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
checker = doctest.OutputChecker()
WARNING = re.compile(r"^[^\n]{0,300}: \w*Warning: [^\n]*(?:\n[ \t]+[^\n]*)*\n?", re.MULTILINE)
CHANGING = re.compile(
    r"id|hash|time(?:_ns)?|perf_counter|monotonic|timeit|(?:utc)?now|today|random|randint|randrange"
    r"|choices?|shuffle|sample|urandom|uuid[14]|getpid|getsizeof|getrefcount|asizeof"
)
ATTRIBUTES = {"id", "time", "choice", "choices", "sample", "today", "now"}
"""Names that a function may use for what never changes."""
MODULES = {"random", "time", "datetime", "date", "uuid", "numpy", "np", "secrets", "os"}
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CLASS = re.compile(r"<class '([\w.]+)'>")
DIGITS = re.compile(r"\d+")
OWN_MODULE = "__main__."
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
STAMP = re.compile(
    r"\b(?:(?P<date>\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?"
    r"(?:Z\b|[+-]\d\d:?\d\d\b)?|(?P<time>\d\d:\d\d:\d\d)(?:[.,]\d+)?"
    r"|(?P<epoch>1\d{9})(?:\.\d+)?)(?!\w|[:-]\d)"
)
"""A point in time: a date, perhaps with a time of day; a time of day alone; seconds since 1970."""


def plain(text: str) -> str:
    """Return a text with one address in place of all."""
    return ADDRESS.sub(r"\g<1>0x0", text)


def is_changing(source: str, names: dict[str, Any]) -> bool:
    """Whether an input calls what returns another value each time, itself or in its functions."""
    try:
        called = [each.func for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call)]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return any(calls_changing(each, names) for each in called)


def calls_changing(called: ast.expr, names: dict[str, Any]) -> bool:
    """Whether what is called changes by its name, or by those that the page's own code has."""
    name = getattr(called, "attr", getattr(called, "id", ""))
    root = called
    while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
        root = root.func if isinstance(root, ast.Call) else root.value
    value = names.get(root.id) if isinstance(root, ast.Name) else None
    if not is_own(value, names):
        is_known = isinstance(called, ast.Name) or value is not None
        return is_known and CHANGING.fullmatch(name) is not None
    if isinstance(called, ast.Attribute):
        classes = value.__mro__ if isinstance(value, type) else type(value).__mro__
        value = next((vars(each)[name] for each in classes if name in vars(each)), None)
    if type(value) is not FunctionType:
        return False
    used = {*value.__code__.co_names}
    return any(map(CHANGING.fullmatch, used if used & MODULES else used - ATTRIBUTES))


def is_own(value: object, names: dict[str, Any]) -> bool:
    """Whether a value, or its class, was made by the page itself."""
    made = value if isinstance(value, (type, FunctionType)) else type(value)
    return value is not None and made.__module__ == names.get("__name__")


def with_stamps_of(want: str, got: str, now_s: float) -> str:
    """Return what happened with the stamps that are shown, where its own are of this very moment.

    A date that was computed is another one than today's, and stays as it is.
    """
    shown, happened = ([*STAMP.finditer(each)] for each in (want, got))
    if [form(each[0]) for each in shown] != [form(each[0]) for each in happened]:
        return got
    parts, start = [], 0
    for own, other in zip(happened, shown, strict=True):
        parts += [got[start : own.start()], other[0] if is_now(own, now_s) else own[0]]
        start = own.end()
    return "".join([*parts, got[start:]])


def form(stamp: str) -> str:
    return DIGITS.sub("0", stamp)


def is_now(stamp: re.Match[str], now_s: float) -> bool:
    """Whether a stamp is of this moment: of its day, or of the last minutes."""
    if stamp["date"]:
        days = (time.gmtime(now_s + apart_s) for apart_s in (-DAY_S, 0, DAY_S))
        return stamp["date"] in [time.strftime("%Y-%m-%d", each) for each in days]
    if stamp["epoch"]:
        return abs(now_s - int(stamp["epoch"])) <= RECENT_S
    hours, minutes, seconds = map(int, stamp["time"].split(":"))
    now = time.localtime(now_s)
    passed_s = (now.tm_hour - hours) * 3600 + (now.tm_min - minutes) * 60 + now.tm_sec - seconds
    return passed_s % DAY_S <= RECENT_S


def agrees(want: str, got: str, changes: bool, now_s: float = 0.0) -> bool:
    """Whether what is shown is what happened, up to what differs from run to run."""
    want, got = (plain(COLOURS.sub("", WARNING.sub("", each))) for each in (want, got))
    if OWN_MODULE not in want:
        got = got.replace(OWN_MODULE, "")
    if not SCALAR.search(want):
        got = SCALAR.sub(r"\g<1>\g<2>", got)
    got = with_stamps_of(want, got, now_s)
    if changes:
        want, got = (HEX.sub("0x0", each) for each in (want, got))
    numbers = (["." in number for number in NUMBER.findall(each)] for each in (want, got))
    if next(numbers) == next(numbers) and changes:
        want, got = (NUMBER.sub("0", each) for each in (want, got))
    want = want if want.strip() else ""
    if checker.check_output(want, got, FORGIVING) or want.split() == got.split():
        return True
    # Quotes of the other kind, and classes by their bare names, as IPython shows them.
    one, other = (CLASS.sub(r"\1", each.replace('"', "'")).split() for each in (want, got))
    return one == other or is_in_other_order(want, got)


def is_in_other_order(want: str, got: str) -> bool:
    """Whether both are sets or dicts of the same parts, as a Python before 3.7 ordered them."""
    if not want.lstrip().startswith("{"):
        return False
    try:
        shown, happened = (ast.parse(each.strip(), mode="eval").body for each in (want, got))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return type(shown) is type(happened) and parts(shown) == parts(happened) is not None


def parts(braced: ast.expr) -> list[tuple[str, ...]] | None:
    """Return the parts of a set or dict in an order of our own; None: it is neither."""
    if isinstance(braced, ast.Set):
        return sorted((ast.dump(each),) for each in braced.elts)
    if not isinstance(braced, ast.Dict):
        return None
    keys = (ast.dump(each) if each else "**" for each in braced.keys)
    return sorted(zip(keys, map(ast.dump, braced.values), strict=False))
