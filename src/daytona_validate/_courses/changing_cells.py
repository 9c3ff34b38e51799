"""Cells of a notebook whose output is another each time: they ask for chance, the time or an id.

Or for what is not set, as memory that nobody has filled, or the sign of an eigenvector. So does a
cell that goes on with what such a cell has made: a name, or a file that it wrote. It errs towards
the author: chance with a seed is chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_CHANGES = re.compile(
    r"(\bdef[ \t]{1,9})?(\.)?"
    r"\b(?:id|hash|time(?:_ns)?|perf_counter|monotonic|(?:utc)?now|today|random|rand\w*|choices?"
    r"|shuffle|sample|uuid[14]|getpid|default_rng)\s*\("
    r"|\b(?:np|numpy)\.empty(?:_like)?\s*\(|\blinalg\.(?:svd|eigh?)\s*\("
)
_CALLED = re.compile(r"\s*\($")
_DEFINED = re.compile(r"^def[ \t]+(\w{1,80})", re.MULTILINE)
_MADE = re.compile(
    r"^[ \t]*((?:\w{1,80},[ \t]*){0,20}\w{1,80})[ \t]*([-+*/|&@]?=)(?!=)", re.MULTILINE
)
_WRITES = re.compile(r"\b(?:save|dump|write|to_|open)\w*\(")
_FILE = re.compile(r"[\"']([\w./-]{1,100}?)(?:\.\w{1,8})?[\"']")
_WORD = re.compile(r"\w+")


def changes(code: str, own: frozenset[str] = frozenset()) -> bool:
    """Return whether code asks itself for what is another each time.

    Args:
        code: Of a cell.
        own: Functions of the notebook that do not ask for such a thing, by whatever names.
    """
    asked = (found for found in _CHANGES.finditer(code) if found[1] is None)
    return any(found[2] is not None or _CALLED.sub("", found[0]) not in own for found in asked)


def changing(codes: Iterable[str]) -> Iterator[bool]:
    """Yield of each cell whether its output is another each time.

    Args:
        codes: Of the cells, in order.
    """
    names: set[str] = set()
    files: set[str] = set()
    own: frozenset[str] = frozenset()
    for code in codes:
        defined, named = frozenset(_DEFINED.findall(code)), _FILE.findall(code)
        is_used, anew = _used(code, names)
        is_changing = is_used or changes(code, own | defined) or not files.isdisjoint(named)
        if is_changing:
            own -= defined
            names |= defined.union(*(_WORD.findall(found[1]) for found in _MADE.finditer(code)))
            files.update(named if _WRITES.search(code) else ())
        else:
            names -= anew
            own |= defined
        yield is_changing


def _used(code: str, names: set[str]) -> tuple[bool, set[str]]:
    """Return whether a cell uses any of some names as they were, and the names it makes anew."""
    is_used, anew = False, set[str]()
    for line in code.split("\n"):
        found = _MADE.match(line)
        made = found if found is not None and found[2] == "=" else None
        words = _WORD.findall(line if made is None else line[made.end() :])
        is_used = is_used or any(each in names and each not in anew for each in words)
        if made is not None and not line[0].isspace():
            anew.update(_WORD.findall(made[1]))
    return is_used, anew
