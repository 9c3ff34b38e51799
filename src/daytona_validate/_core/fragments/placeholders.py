"""Recognizers of placeholders: `...` and `<your code>` where a program would have code.

A placeholder counts only where its language takes it for none of its own signs, and beside the line
of the error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import has_balanced_parentheses
from daytona_validate._core.fragments.code_text import bare_lines, bare_text, code_line
from daytona_validate._core.python_tree import python_tree
from daytona_validate._models import CodeValidationResult, Outcome

_LEFT_OUT = re.compile(r"(?:\.\.\.|…)[,;]?$")
_DOTS = r"(?:\.\.\.|…)"
_INLINE = re.compile(
    rf"[({{,]\s*{_DOTS}\s*[,)}}]|(?:[=:]|=>|\breturn)\s*{_DOTS}\s*(?:[;,)}}\]]|$)|,\s*{_DOTS}\s*\]"
)
_COMMENT = r"\s{0,9}/\*{1,2}[^*\n]{1,200}\*{1,2}/\s{0,9}"
_COMMENT_AS_CODE = re.compile(
    rf"\b(?:if|while|switch)\s{{0,9}}\({_COMMENT}\)|[=?:]{_COMMENT}(?:[;,:)?]|$)"
)
_SCRIPT = re.compile(rf"\[\s*{_DOTS}\s*\]")
_INLINE_OF = {"javascript": _SCRIPT, "typescript": _SCRIPT}
"""What more there is in languages in which the dots have fewer meanings."""
_ANY_DOTS = re.compile(_DOTS)
_NEAR_DOTS = re.compile(r'syntax error at or near "(?:\.|…)')
_INLINE_PYTHON = re.compile(
    rf"\bdef\s+\w+\s*\([^()]*{_DOTS}|\bfor\s+{_DOTS}|\bimport\s+{_DOTS}|^\s*{_DOTS}\s*\w|…|[\w)\]]\s+{_DOTS}$"
)
_NAMED = re.compile(r"<[a-z]+(?:[ _-][a-z]+)+>")
_NAMED_ALONE = re.compile(
    r"(?:^|[(=,]|\b(?:return|in|from|import|table|into))\s*<[a-z_][\w-]*>", re.IGNORECASE
)
_OF_TYPES = re.compile(r"\b(?:extends|infer|keyof|typeof|readonly|unique|is|in|of|super)\b")
_OF_ELLIPSIS = re.compile(
    r"(?:Type|Attribute)Error: (?:'ellipsis' object|.{0,80}\b(?:not|got) '?ellipsis\b)"
)
_AS_VALUE = re.compile(r"[=(\[{,]\s{0,100}\.\.\.(?=[,)\]}\s]|$)")
_WITH_TAGS = frozenset({"java", "typescript", "javascript"})
"""Languages with generic types or tags, where a name between < and > may be meant."""


def placeholder(code: str, result: CodeValidationResult) -> str | None:
    """Return what a block says of code that it leaves out; None if it leaves out none."""
    lines = bare_lines(code, result.language)
    if result.language == "python" and _lacks_what_dots_are(lines, result):
        return "a '...' in place of a value stands for code that is left out"
    is_syntax = result.outcome is Outcome.COMPILE_ERROR or result.language == "sql"
    return _in_code(code, lines, result) if is_syntax else None


def _in_code(code: str, lines: list[str], result: CodeValidationResult) -> str | None:
    """Return what refused code says of code that it leaves out."""
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith(("...", "…")):
        return "it starts with '...', in place of code that is left out"
    at_error = list(_at_error(lines, result))
    if result.language in _WITH_TAGS | {"sql"} and _has_nothing_else(code, at_error, result):
        return "a comment or a '...' stands for code that is left out"
    left_out = next((line for line in at_error if _LEFT_OUT.match(line.strip())), None)
    if left_out is not None and result.language != "python":
        return f"the '...' in line {lines.index(left_out) + 1} stands for code that is left out"
    if left_out is not None and _lacks_comma(code, lines):
        return "the '...' in a list stands for code that is left out"
    if result.language in _INLINE_OF and not has_balanced_parentheses(
        bare_text(code, result.language)
    ):
        return None
    found = (_inline(line, result.language) for line in at_error)
    return next((f"{each} stands for code that is left out" for each in found if each), None)


def _lacks_what_dots_are(lines: list[str], result: CodeValidationResult) -> bool:
    """Return whether code failed for using a `...` that it has in place of a value."""
    is_used = result.outcome is Outcome.RUNTIME_ERROR and _OF_ELLIPSIS.match(cause(result.details))
    return bool(is_used) and _AS_VALUE.search("\n".join(lines)) is not None


def _has_nothing_else(code: str, at_error: list[str], result: CodeValidationResult) -> bool:
    """Return whether a comment stands where code must, or dots where SQL has none."""
    if result.language == "sql":
        is_refused = _NEAR_DOTS.search(result.details) is not None
        return is_refused and any(map(_ANY_DOTS.search, at_error))
    line = code_line(code.split("\n"), result.error_line)
    is_one = has_balanced_parentheses(bare_text(code, result.language))
    return is_one and _COMMENT_AS_CODE.search(line) is not None


def _lacks_comma(code: str, lines: list[str]) -> bool:
    """Return whether lines of `...` lack a comma behind them, and code lacks nothing else."""
    with_comma = [
        f"{each.rstrip()}," if bare.strip() == "..." else each
        for each, bare in zip(code.split("\n"), lines, strict=True)
    ]
    return python_tree("\n".join(with_comma)) is not None


def _inline(line: str, language: str) -> str | None:
    """Return what stands for code in a line."""
    inline = _INLINE_PYTHON if language == "python" else _INLINE
    more = _INLINE_OF.get(language)
    if inline.search(line) or (more is not None and more.search(line)):
        return "a '...'"
    named = _NAMED.search(line)
    if named is None and language not in _WITH_TAGS:
        named = _NAMED_ALONE.search(line)
    is_named = named is not None and not _OF_TYPES.search(named[0])
    return "a name between < and >" if is_named else None


def _at_error(lines: list[str], result: CodeValidationResult) -> Iterator[str]:
    """Yield the line of the error and those beside it, where parsers may see it."""
    if result.error_line is not None:
        yield from lines[max(result.error_line - 2, 0) : result.error_line + 1]
