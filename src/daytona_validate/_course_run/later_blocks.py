"""Names that only a later block of the page defines: the page shows their use first.

A slip of the pen is defined nowhere, and an import that was forgotten is an import elsewhere, too:
that one is no definition here. All that a compiler complains of must be such a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from daytona_validate._core.compiler_errors import compiler_errors
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._models import CodeValidationResult, Location, MissingKind, Outcome

_DEFINED = frozenset({MissingKind.NAME, MissingKind.TYPE})
_SCRIPTS = (
    r"^(?:export\s+)?(?:default\s+)?(?:declare\s+|abstract\s+|async\s+)*"
    r"(?:const|let|var|function\*?|class|interface|type|enum|namespace)\s+"
    r"{name}(?![\w$])(?!.*\brequire\([^()\n]{0,200}\)[\s;]*$)"
)
_MADE = {
    "python": r"^(?:async\s+def|def|class)\s+{name}\b",
    "javascript": _SCRIPTS,
    "typescript": _SCRIPTS,
    "go": r"^(?:func|type|var|const)\s+{name}\b",
    "java": r"\b(?:class|interface|enum|record|@interface)\s+{name}\b"
    r"|^[ \t]*(?:[\w<>\[\],.?]{1,200}[ \t]{1,20}){1,6}{name}[ \t]?\([^;{}\n]{0,500}\)\s{0,100}"
    r"(?:throws [\w., ]{1,500})?\{",
}
"""What defines a name at the outermost level, by language; in Java anywhere."""
_LACKS = re.compile(
    r"TS(?:2304|2552|2503): Cannot find (?:name|namespace) '(\w+)'|undefined: (\w+)$"
    r"|cannot find symbol: (?:class|variable|method|interface) (\w+)"
)
_MOST_NAMES = 20
_MOST_BLOCKS = 200
"""Of a page, below the one that waits; what is further below is not looked at."""


def waits_for(page: CoursePage, position: int, result: CodeValidationResult) -> str | None:
    """Return the reason why a block cannot run yet: what it lacks is defined below it.

    Args:
        page: Its page.
        position: Its place there.
        result: Of the block, which failed.
    """
    language, missing = page.languages[position], result.missing
    if language not in _MADE or missing is None or missing.kind not in _DEFINED:
        return None
    later = range(position + 1, len(page.snippets))
    below = [*islice((n for n in later if page.languages[n] == language), _MOST_BLOCKS)]
    names = _lacking(result)
    if names is None or len(names) > _MOST_NAMES:
        return None
    found = _maker(page, below, missing.name, language)
    others = (_maker(page, below, each, language) for each in names - {missing.name})
    if found is None or None in others:
        return None
    return f"it needs {missing.name}, which a later block{_place(page, found)} defines"


def _maker(page: CoursePage, below: Iterable[int], name: str, language: str) -> int | None:
    """Return the first of some blocks that defines a name."""
    if name in FORGOTTEN_NAMES.get(language, frozenset()) or not re.fullmatch(r"[\w$]+", name):
        return None
    makes = re.compile(_MADE[language].replace("{name}", re.escape(name)), re.MULTILINE)
    return next(
        (each for each in below if makes.search(bare_start(page.code(each), language))),
        None,
    )


def _lacking(result: CodeValidationResult) -> set[str] | None:
    """Return all names that a compiler did not find; None: it complains of other things, too."""
    if result.outcome is not Outcome.COMPILE_ERROR:
        return set()
    lacking = [_LACKS.match(message) for _, message in compiler_errors(result)]
    names = {next(filter(None, each.groups())) for each in lacking if each is not None}
    return None if None in lacking else names or None


def _place(page: CoursePage, position: int) -> str:
    location: Location | None = page.snippets[position].snippet.location
    return "" if location is None else f" (line {location.line})"
