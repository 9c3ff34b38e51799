"""Each change of Python is found by its error, from the version that it came with."""

from __future__ import annotations

import re

from daytona_validate._core.python_changes import CHANGES, is_changed
from for_each import for_each

NO = "has no attribute"
WITH_VIEW = '(not "dict_keys") to list'


EXAMPLES = (
    ((3, 0), "NameError: name 'unichr' is not defined", "x"),
    ((3, 0), f"AttributeError: 'OrderedDict' object {NO} 'iteritems'", "x"),
    ((3, 0), f"AttributeError: 'list_iterator' object {NO} 'next'", "x"),
    ((3, 0), f"AttributeError: 'map' object {NO} 'append'", "x"),
    ((3, 0), f"AttributeError: 'str' object {NO} 'decode'", "x"),
    ((3, 0), f"AttributeError: 'function' object {NO} 'func_name'", "x"),
    ((3, 0), f"AttributeError: 'method' object {NO} 'im_self'", "x"),
    ((3, 0), f"AttributeError: module 'string' {NO} 'letters'", "x"),
    ((3, 10), f"AttributeError: module 'collections' {NO} 'MutableMapping'", "x"),
    ((3, 8), f"AttributeError: module 'time' {NO} 'clock'", "x"),
    ((3, 11), f"AttributeError: module 'inspect' {NO} 'getargspec'", "x"),
    ((3, 11), f"AttributeError: module 'asyncio' {NO} 'coroutine'", "x"),
    ((3, 0), f"AttributeError: 'CartTest' object {NO} 'assertItemsEqual'", "x"),
    ((3, 12), f"AttributeError: 'CartTest' object {NO} 'assertEquals'", "x"),
    ((3, 14), f"AttributeError: module 'asyncio' {NO} 'get_child_watcher'", "x"),
    ((3, 14), f"AttributeError: module 'ast' {NO} 'Num'", "x"),
    ((3, 14), f"AttributeError: module 'pkgutil' {NO} 'find_loader'", "x"),
    ((3, 14), "RuntimeError: There is no current event loop in thread 'MainThread'.", "x"),
    ((3, 0), "SyntaxError: Missing parentheses in call to 'exec'", "x"),
    ((3, 0), "SyntaxError: multiple exception types must be parenthesized", "x"),
    ((3, 0), "SyntaxError: Lambda expression parameters cannot be parenthesized", "x"),
    ((3, 0), "SyntaxError: leading zeros in decimal integer literals are not", "x"),
    ((3, 0), "SyntaxError: invalid decimal literal", "fare = 7L"),
    ((3, 0), "SyntaxError: invalid hexadecimal literal", "fare = 0xFFL"),
    ((3, 0), "SyntaxError: invalid syntax", "raise CartError, 'full'"),
    ((3, 8), "SyntaxError: 'yield' inside generator expression", "x"),
    ((3, 7), "SyntaxError: invalid syntax", "load(async=1)"),
    ((3, 0), "TabError: inconsistent use of tabs and spaces in indentation", "x"),
    ((3, 0), "RuntimeError: dictionary changed size during iteration", "x"),
    ((3, 7), "RuntimeError: generator raised StopIteration", "x"),
    ((3, 0), "TypeError: 'zip' object is not subscriptable", "x"),
    ((3, 0), "TypeError: object of type 'filter' has no len()", "x"),
    ((3, 0), f"TypeError: can only concatenate list {WITH_VIEW}", "x"),
    ((3, 0), "TypeError: unsupported operand type(s) for +: 'range' and 'list'", "x"),
    ((3, 0), "TypeError: 'cmp' is an invalid keyword argument for sort()", "x"),
    ((3, 0), "TypeError: 'float' object cannot be interpreted as an integer", "fares[n / 2]"),
    ((3, 0), "TypeError: list indices must be integers or slices, not float", "fares[n / 2]"),
)
"""One for each row of the table."""


@for_each(("gone", "error", "line"), EXAMPLES)
def test_a_change_is_one_for_the_versions_before_it(
    gone: tuple[int, int], error: str, line: str
) -> None:
    before = (gone[0], gone[1] - 1) if gone[1] else (2, 7)
    assert is_changed(error, line, before)
    assert not is_changed(error, line, gone)
    assert not is_changed(f"it said {error}", line, before)
    rows = [each for each in CHANGES if re.match(each[1], error) and re.search(each[2], line)]
    assert [each[0] for each in rows] == [gone]
    has_form = rows[0][2] != ""
    assert is_changed(error, "fares[2]", before) is not has_form


def test_no_change_is_without_an_example() -> None:
    assert len(EXAMPLES) == len(CHANGES)
