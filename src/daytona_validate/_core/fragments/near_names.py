"""Names that look misspelt: one slip away from a known one, so a mistake is likelier than a gap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

_MAX_ENDING = 2
_MIN_CHARACTERS = 2
_MIN_FOR_OTHER_LETTER = 4
"""Shorter names with one other letter are often two names: `req` and `res`."""
_MOST_NAMES = 20
"""Of a block that are compared with all of its words."""
_LONGEST_WORD = 100
"""Of which other spellings are listed."""


def is_misspelt(name: str, known: Iterable[str]) -> bool:
    """Return whether a name that nothing defines is nearly one of some known names.

    A slip is a letter too many, too few, or wrong, two that changed places, another letter case, or
    an ending of two letters at most. Numbers tell names apart on purpose, and a plural is another
    name: `for row in rows`.

    Args:
        name: The unknown name.
        known: Names in use around it; the name itself among them does not count.
    """
    return any(_is_one_slip(name, each) for each in known if each != name)


def has_misspelt(names: Collection[str], known: Iterable[str]) -> bool:
    """Return whether any of some names is misspelt; yes of more than are compared.

    Args:
        names: That nothing defines.
        known: As in `is_misspelt`.
    """
    words = frozenset(known)
    return len(names) > _MOST_NAMES or any(is_misspelt(each, words) for each in names)


def slip_keys(name: str) -> Iterator[str]:
    """Yield texts of which two names share one, if either may be a slip of the pen for the other.

    Others share some, too. There are no more than a few for each letter.
    """
    yield name.casefold()
    if _MIN_CHARACTERS < len(name) <= _LONGEST_WORD:
        yield from ((name[:n] + name[n + 1 :]).casefold() for n in range(len(name)))
    if _MIN_CHARACTERS + _MAX_ENDING <= len(name) <= _LONGEST_WORD:
        yield name[:-_MAX_ENDING].casefold()


def is_within(one: str, other: str, edits: int) -> bool:
    """Return whether so many letters added, left out or changed make one name of another.

    Args:
        one: A name.
        other: Another.
        edits: How many at most (the Levenshtein distance); the cost grows with its power of 3.
    """
    start = _common(one, other)
    one, other = one[start:], other[start:]
    if not one or not other or not edits:
        return max(len(one), len(other)) <= edits
    rests = ((one[1:], other), (one, other[1:]), (one[1:], other[1:]))
    return any(is_within(*each, edits - 1) for each in rests)


def _is_one_slip(name: str, known: str) -> bool:
    shorter, longer = sorted((len(name), len(known)))
    is_comparable = shorter >= _MIN_CHARACTERS and longer - shorter <= _MAX_ENDING
    if not is_comparable or longer == _MIN_CHARACTERS or name in (f"{known}s", f"{known}es"):
        return False
    if name.casefold() == known.casefold():  # a variable has its type's name, a constant capitals
        return name[0] == known[0] and not (name.isupper() or known.isupper())
    start = _common(name, known)
    end = _common(name[start:][::-1], known[start:][::-1])
    rest, known_rest = name[start : len(name) - end], known[start : len(known) - end]
    if (rest + known_rest).isdigit():
        return False
    longest = max(len(rest), len(known_rest))
    is_swapped = rest == known_rest[::-1] and longest == 2  # noqa: PLR2004 - two letters
    is_ending = not end and not known_rest
    is_letter = longest <= 1 and (shorter < longer or longer >= _MIN_FOR_OTHER_LETTER)
    return is_letter or is_swapped or is_ending


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their start."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
