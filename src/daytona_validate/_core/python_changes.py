"""Changes of Python that make code of an older version fail, by the error they lead to.

A table of what is allowed: an error that is none of these is a mistake in any version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DICT = r"'(?:dict|OrderedDict|defaultdict|Counter|_Environ)' object"
_VIEW = r"(?:dict_keys|dict_values|dict_items|range|map|filter|zip)"
_ITERATOR = (
    r"'(?:generator|\w*iterator|map|filter|zip|enumerate|reversed|_io\.TextIOWrapper)' object"
)
_NAMES = r"""apply|basestring|buffer|cmp|coerce|execfile|file|intern|long|raw_input|reduce|reload
|unichr|unicode|xrange|StandardError|imap|izip|ifilter""".replace("\n", "")
_NO = "has no attribute"


@dataclass(frozen=True, slots=True)
class _Change:
    """Breaking change of the language or its library."""

    gone: tuple[int, int]
    """The version that does not know it any more."""
    error: re.Pattern[str]
    """What the error says, from its start."""
    line: re.Pattern[str] | None = None
    """What the line of the error has; None: the error says enough."""


def _change(gone: tuple[int, int], error: str, line: str | None = None) -> _Change:
    return _Change(gone, re.compile(error), None if line is None else re.compile(line))


_CHANGES = (
    _change((3, 0), rf"NameError: name '(?:{_NAMES})' is not defined"),
    _change(
        (3, 0),
        rf"AttributeError: {_DICT} {_NO}"
        r" '(?:iter(?:items|keys|values)|view(?:items|keys|values)|has_key)'",
    ),
    _change((3, 0), rf"AttributeError: {_ITERATOR} {_NO} 'next'"),
    _change((3, 0), rf"AttributeError: '{_VIEW}' object {_NO} '(?:sort|append|index|pop)'"),
    _change((3, 0), rf"AttributeError: 'str' object {_NO} 'decode'"),
    _change((3, 0), rf"AttributeError: 'function' object {_NO} 'func_(?:name|code|defaults)'"),
    _change((3, 0), rf"AttributeError: '(?:function|method)' object {_NO} 'im_(?:func|self)'"),
    _change(
        (3, 0),
        rf"AttributeError: module 'string' {_NO} '(?:maketrans|letters|lowercase|uppercase|join)'",
    ),
    _change(
        (3, 10),
        rf"AttributeError: module 'collections' {_NO}"
        r" '(?:(?:Mutable)?(?:Mapping|Sequence|Set)|Iterable|Iterator|Callable|Hashable)'",
    ),
    _change((3, 8), rf"AttributeError: module 'time' {_NO} 'clock'"),
    _change((3, 11), rf"AttributeError: module 'inspect' {_NO} 'getargspec'"),
    _change((3, 11), rf"AttributeError: module 'asyncio' {_NO} 'coroutine'"),
    _change((3, 0), rf"AttributeError: '\w+' object {_NO} 'assertItemsEqual'"),
    _change((3, 12), rf"AttributeError: '\w+' object {_NO} 'assert(?:Not)?Equals'"),
    _change((3, 0), r"SyntaxError: Missing parentheses in call to '(?:print|exec)'"),
    _change((3, 0), r"SyntaxError: (?:multiple exception types|cannot assign to (?:True|False)\b)"),
    _change((3, 0), r"SyntaxError: (?:Function|Lambda expression) parameters cannot be paren"),
    _change((3, 0), r"SyntaxError: leading zeros in decimal integer literals"),
    _change((3, 0), r"SyntaxError: invalid decimal literal", r"(?<![\w.])\d+[lL]\b"),
    _change((3, 0), r"SyntaxError: invalid hexadecimal literal", r"\b0x[\da-fA-F]+[lL]\b"),
    _change((3, 0), r"SyntaxError: invalid syntax", r"`[^`]{1,80}`|<>|\braise\s+\w+\s*,"),
    _change((3, 8), r"SyntaxError: 'yield' inside (?:\w+ comprehension|generator expression)"),
    _change((3, 7), r"SyntaxError: invalid syntax", r"\b(?:async|await)\s*[=,)]"),
    _change((3, 0), r"TabError: inconsistent use of tabs"),
    _change((3, 0), r"RuntimeError: dictionary (?:keys changed|changed size) during iteration"),
    _change((3, 7), r"RuntimeError: generator raised StopIteration"),
    _change((3, 0), rf"TypeError: '{_VIEW}' object is not subscriptable"),
    _change((3, 0), r"TypeError: object of type '(?:map|filter|zip)' has no len\(\)"),
    _change((3, 0), rf'TypeError: can only concatenate list \(not "{_VIEW}"\) to list'),
    _change((3, 0), rf"TypeError: unsupported operand type\(s\) for \+: '{_VIEW}' and '"),
    _change((3, 0), r"TypeError: 'cmp' is an invalid keyword argument for sort"),
    _change((3, 0), r"TypeError: 'float' object cannot be interpreted as an integer", r"/"),
    _change((3, 0), r"TypeError: \w+ indices must be integers(?: or slices)?, not float", r"/"),
)


def is_changed(error: str, line: str, first: tuple[int, int]) -> bool:
    """Return whether an error comes of a change since a version.

    Args:
        error: With its kind, as in `NameError: name 'xrange' is not defined`.
        line: The code of its line.
        first: The version that the code is for, or the first of them.
    """
    return any(
        first < each.gone
        and each.error.match(error) is not None
        and (each.line is None or each.line.search(line) is not None)
        for each in _CHANGES
    )
