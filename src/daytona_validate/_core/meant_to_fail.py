"""Errors that a block's author has on purpose: a comment in the very line says so.

A rule that excuses must not excuse a mistake. So the error must have happened in that line, and the
comment must name its type, quote its message, or begin with a word such as `error:`. A comment that
is the whole line above must begin so; one below, or elsewhere in the block, says nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from daytona_validate._core.details import as_expected_details, cause
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_COMMENTS = {"python": "#", "sql": "--"}
_OTHER_COMMENTS = "//"
_ERROR_NAME = re.compile(r"(?:Uncaught )?(?:\w+\.)*([A-Z]\w*(?:Error|Exception)\w*|TS\d+)\b")
_SAYS_SO = re.compile(
    r"[\W_]*(?:(?:compile(?:r|-time)?|compilation|syntax|type|runtime) )?"
    r"(?:error|raises|throws|fails|(?:does(?: not|n't)|won't|will not|can(?:not|'t)) compile"
    r"|illegal|panics?)(?:\s*(?:[:!.,;()-]|$)| an? (?:\w+ )?(?:error|exception)\b)",
    re.IGNORECASE,
)
_SAYS_SO_ELSEWHERE = re.compile(
    r"[\W_]*(?:编译(?:期|时)?(?:错误|报错|不通过|失败)|运行时?(?:错误|报错)|报错|コンパイルエラー"
    r"|(?:error de compilaci|erreur de compilation|fehler\s*[:!.]))",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"[\W_]*(?:(?:this|it|that|the (?:next )?line(?: below)?) )?(?:(?:will|should|would) )?"
    r"(?:raise|throw|fail)s?(?:\s*(?:[:!.,;()-]|$)| (?:because|since|to compile|with an)\b"
    r"| an? [`\w ]{0,40}(?:error|exception)\b)",
    re.IGNORECASE,
)
"""Beginning of a comment above the line that it tells of."""
_TYPESCRIPT = re.compile(r"TS(\d+): ")
_TWOSLASH = re.compile(r"^[ \t]*// ?@errors:([ \t\d,]+)$", re.MULTILINE)
_SHORTEST_QUOTE = 12
_READ_CHARACTERS = 300


def is_meant_to_fail(snippet: Snippet, result: CodeValidationResult) -> bool:
    """Return whether a block failed in a line whose comment says that it is meant to.

    Args:
        snippet: The block; never a program that stands alone.
        result: Its result, whose `error_line` is a line of the code.
    """
    if not snippet.is_block or result.outcome not in _FAILED or result.error_line is None:
        return False
    if _is_allowed(snippet, cause(result.details)):
        return True
    lines = snippet.code.split("\n")
    if not 0 < result.error_line <= len(lines):
        return False
    said = cause(result.details)[:_READ_CHARACTERS]
    comment = _comment(lines[result.error_line - 1], snippet.language)
    if comment is not None:
        return _names(comment, said)
    above = lines[result.error_line - 2].strip() if result.error_line > 1 else ""
    mark = _COMMENTS.get(snippet.language, _OTHER_COMMENTS)
    return above.startswith(mark) and _announces(above.removeprefix(mark)[:_READ_CHARACTERS], said)


def as_meant_result(result: CodeValidationResult) -> CodeValidationResult:
    """Return the result of a block that failed as it was meant to: it has passed."""
    row = outcome_row(Outcome.PASSED)
    return replace(
        result,
        outcome=Outcome.PASSED,
        fault=row.fault,
        status=row.status,
        details=as_expected_details(cause(result.details)),
        missing=None,
    )


def _is_allowed(snippet: Snippet, said: str) -> bool:
    """Return whether the code names the compiler's error as twoslash does: `// @errors: 2322`."""
    code = _TYPESCRIPT.match(said)
    if code is None or snippet.language != "typescript":
        return False
    return any(code[1] in re.findall(r"\d+", each) for each in _TWOSLASH.findall(snippet.code))


def _comment(line: str, language: str) -> str | None:
    """Return the comment at the end of a line that has code before it."""
    code, mark, comment = line.rpartition(_COMMENTS.get(language, _OTHER_COMMENTS))
    return comment[:_READ_CHARACTERS].strip() if mark and code.strip() else None


def _names(comment: str, said: str) -> bool:
    """Return whether a comment names an error, quotes it, or begins with such a word."""
    name = _ERROR_NAME.match(said)
    if name is not None and re.search(rf"(?<!\w){re.escape(name[1])}(?!\w)", comment):
        return True
    other = _ERROR_NAME.search(comment)
    if other is not None and name is not None:
        return False  # it is meant to fail in another way
    if _SAYS_SO_ELSEWHERE.match(comment):
        return True
    quote = comment.strip(" .!`'\"")
    is_quoted = len(quote) >= _SHORTEST_QUOTE and quote in said
    return is_quoted or _SAYS_SO.match(comment) is not None


def _announces(comment: str, said: str) -> bool:
    """Return whether a comment above begins with the word for an error, and names no other."""
    name, other = _ERROR_NAME.match(said), _ERROR_NAME.search(comment)
    is_other = other is not None and (name is None or name[1] != other[1])
    signs = (_SAYS_SO, _SAYS_SO_ELSEWHERE, _ANNOUNCES)
    return not is_other and any(each.match(comment) for each in signs)
