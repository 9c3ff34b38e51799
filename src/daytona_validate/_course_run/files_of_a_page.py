"""Files that a block reads or imports and that are not there: whose fault that is.

A file that no block of the page makes is its reader's, unless its name is nearly another; one that
an earlier block would have made follows from that block's failure. Code that writes any file and
has this one's name may make it: that errs towards the block's own mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.fragments.code_text import READ_CHARACTERS
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import Missing, MissingKind

_STRING = re.compile(r"['\"]([^'\"\n]{1,200})['\"]")
_WRITES = re.compile(
    r"[,=(][ \t]{0,9}['\"][rb]?[wax]b?\+?b?['\"]|\b(?:np\.)?(?:save\w*|write\w*|dump|to_[a-z]+"
    r"|touch|copy\w*|rename|replace|move|symlink\w*|urlretrieve|extract\w*|basicConfig|FileHandler"
    r"|Write\w*|Create)\("
)
_WRITES_CODE = re.compile(r"\b(?:write|append|copy|output)File\w*\(|\bcreateWriteStream\(")
"""What writes a script's modules: `replace` and the like are mostly methods of strings there."""
_RELATIVE = re.compile(r"(?:\.{1,2}/){1,20}")
_OF_PACKAGE = re.compile(r"^[ \t]*from[ \t]+(\.[\w.]*)[ \t]+import\b", re.MULTILINE)
_READS = frozenset({"python", "javascript", "typescript", "go", "java"})
_SCRIPTS = frozenset({"javascript", "typescript"})
_ENDING = re.compile(r"(?<=\w)\.\w{1,5}$")


def makes_file(code: str, name: str) -> bool:
    """Return whether code may make a file: it has its name, perhaps without ending, and writes."""
    code = code[:READ_CHARACTERS]
    is_named = not {name, _ENDING.sub("", name)}.isdisjoint(_STRING.findall(code))
    return is_named and _WRITES.search(code) is not None


def _makes_alike(code: str, name: str) -> bool:
    """Return whether code may make a file by that name elsewhere, or in other letters."""
    code = code[:READ_CHARACTERS]
    strings = _STRING.findall(code) if _WRITES.search(code) is not None else ()
    return _last(name) in map(_last, strings)


def _last(path: str) -> str:
    return path.rpartition("/")[2].casefold()


def files_in(code: str) -> frozenset[str]:
    """Return the names, without their folders, of all that a block may read or import."""
    return frozenset(each.rpartition("/")[2] for each in _STRING.findall(code[:READ_CHARACTERS]))


def named_file(missing: Missing, code: str, language: str) -> str | None:
    """Return the file that a block names and that is not there, as the block names it.

    Args:
        missing: What it lacks.
        code: The block.
        language: Its language.
    """
    strings = _STRING.findall(code[:READ_CHARACTERS])
    if language not in _READS or missing.kind not in (MissingKind.FILE, MissingKind.MODULE):
        return None
    if missing.kind is MissingKind.FILE:
        is_joined = missing.name.startswith("/") and language in _SCRIPTS
        last = missing.name.rpartition("/")[2] if is_joined else missing.name
        return next((each for each in (missing.name, last) if each in strings), None)
    if missing.name.startswith("/") and missing.name in strings:
        return missing.name
    paths = (each for each in strings if _RELATIVE.match(each))  # Node tells where they lead
    tail = _RELATIVE.sub("", missing.name, count=1)
    return next((each for each in paths if tail.endswith(_RELATIVE.sub("", each, count=1))), None)


def package_of_block(missing: Missing, code: str, language: str) -> str | None:
    """Return what a block of Python imports from the package that it is a part of."""
    found = _OF_PACKAGE.search(code[:READ_CHARACTERS]) if language == "python" else None
    is_relative = missing.kind is MissingKind.MODULE and missing.name == "relative import"
    return found[1] if found is not None and is_relative else None


def is_readers_module(name: str, code: str, others: Sequence[str], titles: Sequence[str]) -> bool:
    """Return whether a script's module is to be brought by whoever reads the page.

    One that another block imports as well is nearly another's name on purpose: `./map`, `./tap`.
    """
    start = [each[:READ_CHARACTERS] for each in (code, *others)]
    if any(_last(name) in map(_last, _STRING.findall(e)) and _WRITES_CODE.search(e) for e in start):
        return False
    is_twice = any(name in _STRING.findall(each) for each in start[1:])
    return is_twice or not _is_nearly_another(name, start, titles)


def is_readers(name: str, code: str, others: Sequence[str], titles: Sequence[str] = ()) -> bool:
    """Return whether a file is to be brought by whoever reads the page.

    Args:
        name: The file's, as the block names it.
        code: The block that reads it.
        others: The page's other blocks.
        titles: The files that blocks of the page are.
    """
    if any(makes_file(each, name) or _makes_alike(each, name) for each in (code, *others)):
        return False
    start = [each[:READ_CHARACTERS] for each in (code, *others)]
    return not _is_nearly_another(name, start, titles)


def _is_nearly_another(name: str, codes: Sequence[str], titles: Sequence[str]) -> bool:
    near = {*titles}.union(*(_STRING.findall(each) for each in codes))
    plain = [_RELATIVE.sub("", each, count=1) for each in near if "." in each]
    has_ending = _ENDING.search(name) is not None
    known = plain if has_ending else [_ENDING.sub("", each) for each in plain]
    return is_misspelt(_RELATIVE.sub("", name, count=1), known)
