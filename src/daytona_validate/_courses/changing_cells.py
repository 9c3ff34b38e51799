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
        made = {name for found in _MADE.finditer(code) for name in _WORD.findall(found[1])}
        anew: set[str] = set()
        is_changing = changes(code, own.union(_DEFINED.findall(code))) or bool(
            {*_FILE.findall(code)} & files
        )
        for line in code.split("\n"):
            assigned = _MADE.match(line)
            is_new = assigned is not None and assigned[2] == "="
            used = {*_WORD.findall(line[assigned.end() :] if assigned and is_new else line)}
            is_changing = is_changing or bool(used & names - anew)
            if assigned and is_new and not line[0].isspace():
                anew.update(_WORD.findall(assigned[1]))
        if is_changing:
            names |= made.union(_DEFINED.findall(code))
            files.update(_FILE.findall(code) if _WRITES.search(code) else ())
        names -= set() if is_changing else anew
        defined = frozenset(_DEFINED.findall(code))
        own = own - defined if is_changing else own | defined
        yield is_changing
