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
_MOST_WORDS = 8


def is_stand_in(name: str) -> bool:
    """Return whether a name reads as one for what its reader has, by the words that it is made of.

    Args:
        name: As in code: `do_something`, `doSomething`.
    """
    named = _words(name)
    if len(named) < 2:  # noqa: PLR2004 - one word
        return "".join(named) in _ALONE
    is_of_names = named[-1] == "name" and named[0] in _OF_NAMES
    return len(named) <= _MOST_WORDS and (bool(marks_of(name)) or is_of_names)


def marks_of(name: str) -> frozenset[str]:
    """Return the words of a name that make it a stand-in: a page that has them uses them."""
    named = _words(name)
    first, last = _FIRST.intersection(named[:1]), _LAST.intersection(named[-1:])
    return first | last | _ANYWHERE.intersection(named)


def things_of(name: str) -> frozenset[str]:
    """Return what a stand-in may be a slip for: `items`, `item_list` for `my_item_list`."""
    named, marks = _words(name)[:_MOST_WORDS], marks_of(name)
    rest = [each for each in named if each not in marks]
    camel = "".join([*rest[:1], *(each.capitalize() for each in rest[1:])])
    long = (each for each in rest if len(each) > 2)  # noqa: PLR2004 - `do` is none
    return frozenset([*long, "_".join(rest), camel]) - {"", name}


def _words(name: str) -> list[str]:
    words = (each.lower() for each in _PART.findall(name))
    return [each for each in words if not each.isdigit()]
