"""Changes of Python that make code of an older version fail, by the error they lead to.

A table of what is allowed: an error that is none of these is a mistake in any version.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

_Change: TypeAlias = tuple[tuple[int, int], str, str]

_DICT = r"'(?:dict|OrderedDict|defaultdict|Counter|_Environ)' object"
_VIEW = r"(?:dict_keys|dict_values|dict_items|range|map|filter|zip)"
_ITERATOR = (
    r"'(?:generator|\w*iterator|map|filter|zip|enumerate|reversed|_io\.TextIOWrapper)' object"
)
_NAMES = "|".join(
    """apply basestring buffer cmp coerce execfile file intern long raw_input reduce reload unichr
    unicode xrange StandardError imap izip ifilter""".split()  # noqa: SIM905 - a table of words
)


def _lost(gone: tuple[int, int], owner: str, names: str) -> _Change:
    """Return the change that took names from a type or a module."""
    return gone, rf"AttributeError: {owner} has no attribute '(?:{names})'", ""


CHANGES: tuple[_Change, ...] = (
    ((3, 0), rf"NameError: name '(?:{_NAMES})' is not defined", ""),
    _lost((3, 0), _DICT, "iter(?:items|keys|values)|view(?:items|keys|values)|has_key"),
    _lost((3, 0), _ITERATOR, "next"),
    _lost((3, 0), f"'{_VIEW}' object", "sort|append|index|pop"),
    _lost((3, 0), "'str' object", "decode"),
    _lost((3, 0), "'function' object", "func_(?:name|code|defaults)"),
    _lost((3, 0), "'(?:function|method)' object", "im_(?:func|self)"),
    _lost((3, 0), "module 'string'", "maketrans|letters|lowercase|uppercase|join"),
    _lost(
        (3, 10),
        "module 'collections'",
        "(?:Mutable)?(?:Mapping|Sequence|Set)|Iterable|Iterator|Callable|Hashable",
    ),
    _lost((3, 8), "module 'time'", "clock"),
    _lost((3, 11), "module 'inspect'", "getargspec"),
    _lost((3, 11), "module 'asyncio'", "coroutine"),
    _lost((3, 0), r"'\w+' object", "assertItemsEqual"),
    _lost((3, 12), r"'\w+' object", "assert(?:Not)?Equals"),
    _lost((3, 14), "module 'asyncio'", r"[gs]et_child_watcher|\w*ChildWatcher"),
    _lost((3, 14), "module 'ast'", "Num|Str|Bytes|NameConstant|Ellipsis"),
    _lost((3, 14), "module 'pkgutil'", "(?:find|get)_loader"),
    ((3, 14), r"RuntimeError: There is no current event loop in thread 'MainThread'", ""),
    # For lines without the signs of Python 2 that `python_signs` goes by on every page.
    ((3, 0), r"SyntaxError: Missing parentheses in call to '(?:print|exec)'", ""),
    ((3, 0), r"SyntaxError: (?:multiple exception types|cannot assign to (?:True|False)\b)", ""),
    ((3, 0), r"SyntaxError: (?:Function|Lambda expression) parameters cannot be paren", ""),
    ((3, 0), r"SyntaxError: leading zeros in decimal integer literals", ""),
    ((3, 0), r"SyntaxError: invalid decimal literal", r"(?<![\w.])\d+[lL]\b"),
    ((3, 0), r"SyntaxError: invalid hexadecimal literal", r"\b0x[\da-fA-F]+[lL]\b"),
    ((3, 0), r"SyntaxError: invalid syntax", r"`[^`]{1,80}`|<>|\braise\s+\w+\s*,"),
    ((3, 8), r"SyntaxError: 'yield' inside (?:\w+ comprehension|generator expression)", ""),
    ((3, 7), r"SyntaxError: invalid syntax", r"\b(?:async|await)\s*[=,)]"),
    ((3, 0), r"TabError: inconsistent use of tabs", ""),
    ((3, 0), r"RuntimeError: dictionary (?:keys changed|changed size) during iteration", ""),
    ((3, 7), r"RuntimeError: generator raised StopIteration", ""),
    ((3, 0), rf"TypeError: '{_VIEW}' object is not subscriptable", ""),
    ((3, 0), r"TypeError: object of type '(?:map|filter|zip)' has no len\(\)", ""),
    ((3, 0), rf'TypeError: can only concatenate list \(not "{_VIEW}"\) to list', ""),
    ((3, 0), rf"TypeError: unsupported operand type\(s\) for \+: '{_VIEW}' and '", ""),
    ((3, 0), r"TypeError: 'cmp' is an invalid keyword argument for sort", ""),
    ((3, 0), r"TypeError: 'float' object cannot be interpreted as an integer", r"/"),
    ((3, 0), r"TypeError: \w+ indices must be integers(?: or slices)?, not float", r"/"),
)
"""The version that does not know it any more, what its error begins with, and what its line has."""


def is_changed(error: str, line: str, first: tuple[int, int]) -> bool:
    """Return whether an error comes of a change since a version.

    Args:
        error: With its kind, as in `NameError: name 'xrange' is not defined`.
        line: The code of its line.
        first: The version that the code is for, or the first of them.
    """
    return any(
        first < gone and message.match(error) and form.search(line)
        for gone, message, form in _compiled()
    )


@cache  # not where it is imported: few runs have a page that states a version
def _compiled() -> tuple[tuple[tuple[int, int], re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((gone, re.compile(error), re.compile(line)) for gone, error, line in CHANGES)
