"""Files that a Python block reads and that are not there: whose fault that is.

A file that no block of the page makes is its reader's, unless its name is nearly another; one that
an earlier block would have made follows from that block's failure. Code that writes any file and
has this one's name may make it: that errs towards the block's own mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.fragments.code_text import READ_CHARACTERS
from daytona_validate._core.fragments.near_names import is_misspelt

_STRING = re.compile(r"['\"]([^'\"\n]{1,200})['\"]")
_WRITES = re.compile(
    r"['\"][rb]?[wax]b?\+?b?['\"]|\b(?:np\.)?(?:save\w*|write\w*|dump|to_[a-z]+|touch|copy\w*|rename"
    r"|replace|move|symlink\w*|urlretrieve|extract\w*|basicConfig|FileHandler)\("
)
_ENDING = re.compile(r"(?<=\w)\.\w{1,5}$")


def makes_file(code: str, name: str) -> bool:
    """Return whether code may make a file: it has its name, perhaps without ending, and writes."""
    code = code[:READ_CHARACTERS]
    is_named = not {name, _ENDING.sub("", name)}.isdisjoint(_STRING.findall(code))
    return is_named and _WRITES.search(code) is not None


def is_readers(name: str, code: str, others: Sequence[str]) -> bool:
    """Return whether a file is to be brought by whoever reads the page.

    Args:
        name: The file's.
        code: The block that reads it.
        others: The page's other blocks.
    """
    strings = set(_STRING.findall(code[:READ_CHARACTERS]))
    if name not in strings or any(makes_file(each, name) for each in (code, *others)):
        return False
    near = strings.union(*(_STRING.findall(each[:READ_CHARACTERS]) for each in others))
    return not is_misspelt(name, (each for each in near if "." in each))
