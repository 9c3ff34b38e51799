"""Recognizers of a link without its chain: `.with(…)` first, or a decorator with nothing below it.

Nothing else may be wrong with it, as far as its language has read on: the brackets match, and a
compiler that tells of all errors has no other one.
"""

from __future__ import annotations

import re
from itertools import islice

from daytona_validate._core.compiler_errors import compiler_errors
from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import is_balanced, statements
from daytona_validate._core.fragments.code_text import bare_lines, bare_text, code_line
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._models import CodeValidationResult

_LINK = re.compile(r"\s*\??\.[^\W\d]\w*\s*[(<]")
_REFUSED = {
    "python": re.compile(r"SyntaxError: invalid syntax \(line \d+\)$"),
    "javascript": re.compile(r"SyntaxError: Unexpected token '\??\.' \(line \d+\)$"),
    "java": re.compile(r"illegal start of (?:expression|type) \(line \d+\)$"),
    "typescript": re.compile(r"TS1128: Declaration or statement expected\."),
}
_ANNOTATIONS = re.compile(r"(?:\s*@[A-Z][\w.]*(?:\([^()]*\))?)+\s*")
_ANNOTATION = re.compile(r"@([A-Z]\w*)")
_OWN_ANNOTATIONS = frozenset(
    ("Override", "Deprecated", "SuppressWarnings", "FunctionalInterface", "SafeVarargs", "Test")
)
_DECORATOR = re.compile(r"@[^\W\d][\w.]*\s*(?:\(|$)")
_CARET = re.compile(r"\s*\^+\s*")


def chain_link(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that begins with a link of a chain of calls."""
    bare = bare_lines(code, result.language)
    first = next((number for number, line in enumerate(bare) if line.strip()), None)
    if first is None or not _LINK.match(bare[first]) or result.error_line != first + 1:
        return None
    is_refused = _REFUSED[result.language].match(cause(result.details)) is not None
    others = [*compiler_errors(result)][1:]
    is_alone = all(_follows(message, code_line(bare, line)) for line, message in others)
    is_alone = is_alone or result.language == "java"  # which reads on as if it were a class
    text = "\n".join(bare)
    if not is_refused or not is_alone or not is_balanced(text) or _goes_on(text):
        return None
    return "it begins in the middle of a chain of calls"


def _goes_on(bare: str) -> bool:
    """Return whether other statements stand below the first one: a program lost its head."""
    return len([*islice(statements(bare), 2)]) > 1


def _follows(message: str, line: str) -> bool:
    """Return whether an error only comes of the missing chain: its arguments are no sequence."""
    return message.startswith("TS1109:") and line.lstrip()[:1] in (")", ".")


def decorators_alone(code: str, result: CodeValidationResult) -> str | None:
    """Return what code is that ends in a decorator, with nothing below that it decorates.

    Python's compiler marks the place of an error with a caret, but not the end of the code.
    """
    if _REFUSED["python"].match(cause(result.details)) is None or _has_caret(result.error or ""):
        return None
    lines = bare_text(code, "python").rstrip().split("\n")
    last = next((at for at in reversed(range(len(lines))) if lines[at].lstrip()[:1] == "@"), None)
    if last is None or not _DECORATOR.match(lines[last].strip()):
        return None
    decorator = "\n".join(lines[last:])
    is_one = is_balanced(decorator) and not _goes_on(decorator)
    return "a decorator, without what it decorates" if is_one else None


def annotations_alone(code: str, result: CodeValidationResult) -> str | None:
    """Return what Java is that has annotations and nothing else."""
    is_refused = _REFUSED["java"].match(cause(result.details)) is not None
    bare = bare_text(code, "java")
    is_slip = any(is_misspelt(each, _OWN_ANNOTATIONS) for each in _ANNOTATION.findall(bare))
    is_one = is_refused and not is_slip and _ANNOTATIONS.fullmatch(bare)
    return "an annotation, without what it stands at" if is_one else None


def _has_caret(error: str) -> bool:
    return any(_CARET.fullmatch(line) for line in error.rstrip().split("\n")[-3:])
