"""Names that so many blocks of a page need that none of them has misspelt it: `R.map`, `reply`.

A slip of the pen is made once, or copied with its block: whatever is near to such a name must stand
in fewer blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from daytona_validate._core.fragments.code_text import bare_text
from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES, OWN_NAMES
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._course_run.page_words import words_of

SCRIPTS = frozenset({"javascript", "typescript"})
_WORD = re.compile(r"[\w$]+")
_DECLARED = re.compile(r"\b(?:const|let|var)\s+([\w$]+)(?=\s*[=:;])")
_LEAST_OTHERS = 4


def is_value(name: str, codes: Sequence[str], language: str) -> bool:
    """Return whether a script's name is no module's there: `url`, and nowhere `url.parse`."""
    uses = re.compile(rf"(?<![\w$.]){re.escape(name)}\s{{0,9}}[.(]")
    is_one = language in SCRIPTS and name.islower()
    return is_one and not any(uses.search(bare_text(each, language)) for each in codes)


def has_unread_value(name: str, code: str, language: str) -> bool:
    """Return whether a script declares a value that it never reads, and that a name may mean.

    What is declared by the name itself is none: `const answer = app.ask()`.
    """
    bare = bare_text(code, language)
    counts = Counter(_WORD.findall(bare))
    lines = (line for line in bare.split("\n") if name not in _WORD.findall(line))
    return any(counts[each] == 1 for line in lines for each in _DECLARED.findall(line))


def is_usual(name: str, others: Sequence[str], language: str) -> bool:
    """Return whether a name that nothing defines stands in many other blocks.

    Args:
        name: The name.
        others: The page's other blocks in the same language.
        language: The table's name of it.
    """
    if name in FORGOTTEN_NAMES[language] | OWN_NAMES[language]:
        return False
    counts = Counter(word for code in others for word in words_of(code, language))
    least = counts[name]
    as_often = (word for word, count in counts.items() if count >= least)
    return least >= _LEAST_OTHERS and not is_misspelt(name, (*as_often, *OWN_NAMES[language]))
