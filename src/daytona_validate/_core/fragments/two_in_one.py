"""Recognizers of blocks that show two programs: one way and another, or two files.

Only an error counts that comes of their standing together, such as a name that is declared twice,
and only where a comment says between them that there are two, or both begin with the same call
and nothing uses the one before the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.compiler_errors import NO_NAME, compiler_errors
from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import outermost
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._core.fragments.known_names import OWN_NAMES
from daytona_validate._core.fragments.near_names import has_misspelt
from daytona_validate._models import CodeValidationResult

_TWICE = re.compile(
    r"SyntaxError: Identifier '([\w$]+)' has already been declared"
    r"|TS(?:2451|2300|2440): (?:Cannot redeclare block-scoped variable|Duplicate identifier"
    r"|Import declaration conflicts with local declaration of) '([\w$]+)'"
)
_OF_UNKNOWN = re.compile("TS7006: ")
"""A parameter has no type, as what takes the function has none."""
_LONGEST_COMMENT = 200
_COMMENT = re.compile(r"\s*(?://+|/\*+)\s*(.*?)\s*(?:\*/\s*)?$")
_OTHER_WAY = re.compile(
    r"\W*(?:(?:or|vs|versus|later|before|after|instead|alternative(?:ly)?|es ?\d{1,4}|option \w"
    r"|the (?:same|old|new) way|common ?js|cjs|es ?m(?:odules?)?|typescript)\b\W*(?:$|[:,(] ?)"
    r"|same as\b|v?\d{1,4}(?:\.[\dx]{1,4}){1,2} ?[-:] "
    r"|(?:or|alternatively),? (?:with|using|use|you can)\b"
    r"|[\w -]{0,40}\b(?:variation|variant|alternative|equivalent)\b\W*$)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?:file(?:name)?: *)?((?:[\w.-]+/)*[\w.-]+\.(?:jsx?|tsx?|mjs|cjs|mts|cts)):?",
    re.IGNORECASE,
)
_DECLARES = (
    r"\s*(?:export\s+)?(?:(?:const|let|var|(?:async\s+)?function\*?|class)\s+|import\b.*[{{,\s])"
    r"{name}(?![\w$])"
)
_VALUE = re.compile(r"[^=]*=\s*(?:await\s+)?([\w$.]+)\s*\(")
_WORD = re.compile(r"[^\W\d][\w$]*")
_OF_MODULES = re.compile(r"ReferenceError: (?:require|module|exports) is not defined in ES module ")
_LABEL = r"(?:\W*$|\W?[:(/]| (?:import|require|syntax|style|usage|version|example)\b)"
_KINDS = (
    re.compile(rf"\W*(?:es ?m|es modules?)\b{_LABEL}", re.IGNORECASE),
    re.compile(rf"\W*c(?:ommon ?)?js\b{_LABEL}", re.IGNORECASE),
)
"""What comments are that tell of an ES module, and of CommonJS."""
_NO_FILE = re.compile(r"Error \[ERR_MODULE_NOT_FOUND\]: Cannot find module '[^']*?([\w.-]+)'")


def alternatives(code: str, result: CodeValidationResult) -> str | None:
    """Return that a block makes one name in two ways; None: it may be a mistake."""
    found = _TWICE.match(cause(result.details))
    errors = [message for _, message in compiler_errors(result)]
    if found is None or not _are_explained(errors, code, result.language):
        return None
    name = found[1] or found[2]
    declares = re.compile(_DECLARES.format(name=re.escape(name)))
    bare = _declarations(code, result.language)
    at = [number for number, line in enumerate(bare) if declares.match(line)]
    if len(at) < 2:  # noqa: PLR2004 - the one way and the other
        return None
    lines = code.split("\n")
    said = any(
        _OTHER_WAY.match(each) or _FILE.fullmatch(each) for each in _above(lines, at[1], at[0])
    )
    values = [_VALUE.match(bare[each]) for each in at[:2]]
    is_same = None not in values and len({each[1] for each in values if each}) == 1
    between = "\n".join(bare_start(code, result.language).split("\n")[at[0] + 1 : at[1]])
    is_used = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", between) is not None
    is_apart = is_same and not is_used and any(not line.strip() for line in lines[at[0] : at[1]])
    return f"it makes {name} in two ways" if said or is_apart else None


def _declarations(code: str, language: str) -> list[str]:
    """Return the lines of code with blanks within brackets, but for those of imports."""
    bare = bare_start(code, language)
    outer = outermost(bare).split("\n")
    return [
        line if line.lstrip().startswith("import") else out
        for line, out in zip(bare.split("\n"), outer, strict=True)
    ]


def _are_explained(errors: list[str], code: str, language: str) -> bool:
    """Return whether all that a compiler tells is of names twice, or of names of another place."""
    words = OWN_NAMES[language].union(_WORD.findall(bare_start(code, language)))
    unknowns = {found[1] for found in map(NO_NAME.match, errors) if found is not None}
    if has_misspelt(unknowns, words):
        return False
    own = (NO_NAME, _TWICE, _OF_UNKNOWN) if unknowns else (_TWICE,)
    return all(any(each.match(error) for each in own) for error in errors)


def _above(lines: list[str], start: int, end: int) -> Iterator[str]:
    """Yield the comments above a line, back to another one, as far as nothing else stands there."""
    for line in reversed(lines[end + 1 : start]):
        comment = _COMMENT.match(line[:_LONGEST_COMMENT])
        if comment is not None:
            yield comment[1]
        elif line.strip() and not line.lstrip().startswith("import"):
            return


def two_kinds(code: str, result: CodeValidationResult) -> str | None:
    """Return that a block is an ES module and CommonJS at once, if its comments tell of both."""
    if _OF_MODULES.match(cause(result.details)) is None:
        return None
    lines = (line[:_LONGEST_COMMENT] for line in code.split("\n"))
    comments = [each[1] for each in map(_COMMENT.match, lines) if each is not None]
    is_both = all(any(kind.match(each) for each in comments) for kind in _KINDS)
    return "it shows an ES module, and the same in CommonJS" if is_both else None


def two_files(code: str, result: CodeValidationResult) -> str | None:
    """Return which files a block has, if it imports one of them that it has itself."""
    found = _NO_FILE.match(cause(result.details))
    lines = (line[:_LONGEST_COMMENT] for line in code.split("\n"))
    comments = filter(None, map(_COMMENT.match, lines))
    files = [file[1] for each in comments if (file := _FILE.fullmatch(each[1]))]
    names = {each.rpartition("/")[2] for each in files}
    stems = {each.partition(".")[0] for each in names}
    is_own = found is not None and (found[1] in names or found[1] in stems)
    return (
        f"several files in one block: {', '.join(files[:3])}" if is_own and len(names) > 1 else None
    )
