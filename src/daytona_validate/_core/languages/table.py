"""The table of languages, and their look-up by name or alias.

To add a language takes a record here, a toolchain, a Dockerfile and their files: CONTRIBUTING.md.
"""

from __future__ import annotations

import difflib

from daytona_validate._core.languages.go import GO
from daytona_validate._core.languages.java import JAVA
from daytona_validate._core.languages.javascript import JAVASCRIPT
from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.languages.sql import SQL
from daytona_validate._core.languages.typescript import TYPESCRIPT

LANGUAGES: dict[str, Language] = {
    language.name: language for language in (PYTHON, JAVASCRIPT, TYPESCRIPT, JAVA, GO, SQL)
}


def find_language(name: str) -> Language | None:
    """Return the language of a name or alias in any letter case, or None."""
    wanted = name.strip().lower()
    known = LANGUAGES.get(wanted)
    if known is not None:
        return known
    return next((each for each in LANGUAGES.values() if wanted in each.aliases), None)


def nearest_name(name: str) -> str | None:
    """Return the known name or alias most like a mistyped one, or None if none is near."""
    names = [n for each in LANGUAGES.values() for n in (each.name, *each.aliases)]
    near = difflib.get_close_matches(name.strip().lower(), names, n=1)
    return near[0] if near else None
