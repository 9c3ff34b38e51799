"""Detects the dialect of a page by what stands on it.

It errs towards the dialect that reads more: its forms are rarely written by anybody else, and a
block that is found may still be marked; one that is not found is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from daytona_validate._core.dialect import Dialect
from daytona_validate._core.fence_line import bare, fence_line
from daytona_validate._courses.directives import has_markdown
from daytona_validate._courses.info_string import CODE_DIRECTIVES, parse_info

_BY_SUFFIX = {".mdx": Dialect.MDX, ".qmd": Dialect.QUARTO, ".rmd": Dialect.QUARTO}
_MYST_KEYS = ("jupytext", "kernelspec", "myst", "mystnb", "file_format")
_SIGNS = (
    (Dialect.MKDOCS, re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*[\w\"'].*|===[!+]{0,2}[ \t]+[\"'].*")),
    (Dialect.MKDOCS, re.compile(r"/{3,}[ \t]+[\w-]+(?:[ \t]*\|.*)?")),
    (Dialect.MYST, re.compile(r":{3,}\{[\w:-]+\}.*|\([\w:-]+\)=")),
    (
        Dialect.MDX,
        re.compile(r"import\s.{1,500}\sfrom\s+['\"].*|export\s+(?:const|default|function)\b.*"),
    ),
    (Dialect.MDX, re.compile(r"</?[A-Z]\w*[a-z]\w*(?:[\s/>.].*)?|\{/\*.*")),
)
_BEGINNINGS = frozenset("!?=/:(ie<{")
_ORDER = (Dialect.MKDOCS, Dialect.MYST, Dialect.MDX)
_MOST_CHARACTERS = 1000


def dialect_of(
    path: str,
    lines: Sequence[str],
    front_matter: Mapping[str, str],
    *,
    language_of: Callable[[str], str | None],
) -> Dialect:
    """Return the dialect that a page is written in.

    Args:
        path: Its name; the suffix may tell.
        lines: Its lines.
        front_matter: What stands above its text.
        language_of: The table of languages.
    """
    by_suffix = _BY_SUFFIX.get(PurePath(path).suffix.lower())
    if by_suffix is not None:
        return by_suffix
    if any(key.partition(".")[0] in _MYST_KEYS for key in front_matter):
        return Dialect.MYST
    found = _found(lines, language_of)
    return next((dialect for dialect in _ORDER if dialect in found), Dialect.COMMONMARK)


def _found(lines: Sequence[str], language_of: Callable[[str], str | None]) -> set[Dialect]:
    """Return the dialects that have a sign outside of fences."""
    found: set[Dialect] = set()
    marks = ""
    for line in lines:
        text = bare(line[:_MOST_CHARACTERS])
        fence = fence_line(text)
        if marks:
            is_end = fence is not None and fence.marks.startswith(marks) and not fence.info.strip()
            marks = "" if is_end else marks
        elif fence is not None:
            name = parse_info(fence.info).directive
            is_body = has_markdown(name) and language_of(name) is None
            if is_body or name in CODE_DIRECTIVES:
                found.add(Dialect.MYST)
            marks = "" if is_body else fence.marks
        elif text[:1] in _BEGINNINGS:
            found |= {dialect for dialect, sign in _SIGNS if sign.fullmatch(text)}
    return found
