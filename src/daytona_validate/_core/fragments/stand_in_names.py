"""Names that stand for code of the reader's: `do_something`, `yourConfig`, `foo`.

A closed list of words: what a program may well call its own things is none of them. It says nothing
of a name that is nearly another one; whoever asks looks for that.
"""

from __future__ import annotations

import re

_ALONE = frozenset(
    (
        *("foo", "bar", "baz", "qux", "quux", "foobar", "condition", "expression", "statement"),
        *("statements", "something", "whatever", "dosomething", "iterable"),
    )
)
_FIRST = frozenset(("your", "my", "some", "any", "another", "example", "placeholder", "imaginary"))
_ANYWHERE = frozenset(("something", "somewhere", "somehow", "stuff", "whatever", "the", "that"))
_LAST = frozenset(("statement", "expression", "condition", "here", "placeholder"))
_OF_NAMES = frozenset(("function", "class", "variable", "method", "array", "module", "package"))
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_stand_in(name: str) -> bool:
    """Return whether a name reads as one for what its reader has, by the words that it is made of.

    Args:
        name: As in code: `do_something`, `doSomething`.
    """
    words = [each.lower() for each in _PART.findall(name)]
    named = [each for each in words if not each.isdigit()]
    if len(named) < 2:  # noqa: PLR2004 - one word
        return "".join(named) in _ALONE
    is_of_names = named[-1] == "name" and named[0] in _OF_NAMES
    is_marked = named[0] in _FIRST or named[-1] in _LAST or not _ANYWHERE.isdisjoint(named)
    return is_marked or is_of_names
