"""Whether the output of an input is the one that its session shows.

It stands beside `shown_session.py` in sandboxes. It errs towards the author: what differs from run
to run, from version to version or by the way it is written down agrees.
"""

from __future__ import annotations

import ast
import doctest
import re
from types import FunctionType
from typing import Any

ADDRESS = re.compile(r"(?<=\bat )0x[0-9A-Fa-f]+\b|\b0x[0-9A-Fa-f]{6,}\b")
FORGIVING = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
checker = doctest.OutputChecker()
WARNING = re.compile(r"[^\n]*: \w*Warning: [^\n]*(?:\n[ \t]+[^\n]*)*\n?", re.MULTILINE)
CHANGING = re.compile(
    r"id|hash|time(?:_ns)?|perf_counter|monotonic|timeit|(?:utc)?now|today|random|randint|randrange"
    r"|choices?|shuffle|sample|urandom|uuid[14]|getpid|getsizeof|getrefcount|asizeof"
)
ATTRIBUTES = {"id", "time", "choice", "choices", "sample", "today", "now"}
"""Names that a function may use for what never changes."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CLASS = re.compile(r"<class '([\w.]+)'>")


def is_changing(source: str, names: dict[str, Any]) -> bool:
    """Whether an input calls what returns another value each time, itself or in its functions."""
    try:
        called = [each.func for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call)]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    for each in called:
        name = getattr(each, "attr", getattr(each, "id", ""))
        function = names.get(name) if isinstance(each, ast.Name) else None
        code = function.__code__ if type(function) is FunctionType else None
        used = {*code.co_names} - ATTRIBUTES if code else set()
        if any(map(CHANGING.fullmatch, [name, *used])):
            return True
    return False


def agrees(want: str, got: str, changes: bool) -> bool:
    """Whether what is shown is what happened, up to what differs from run to run."""
    want, got = (ADDRESS.sub("0x0", WARNING.sub("", each)) for each in (want, got))
    numbers = (["." in number for number in NUMBER.findall(each)] for each in (want, got))
    if next(numbers) == next(numbers) and changes:
        want, got = (NUMBER.sub("0", each) for each in (want, got))
    want = want if want.strip() else ""
    if checker.check_output(want, got, FORGIVING) or want.split() == got.split():
        return True
    # Quotes of the other kind, and classes by their bare names, as IPython shows them.
    one, other = (CLASS.sub(r"\1", each.replace('"', "'")).split() for each in (want, got))
    return one == other or is_quoted(want, got) or is_in_other_order(want, got)


def is_quoted(want: str, got: str) -> bool:
    """Whether a line is shown with quotes that printing it does not write."""
    want, got = want.strip(), got.removesuffix("\n")
    if "\n" in want or want not in (f"'{got}'", f'"{got}"'):
        return False
    try:
        ast.literal_eval(got)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return True  # words that were printed, and no value
    return False


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
