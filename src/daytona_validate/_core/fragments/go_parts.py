"""Recognizers of parts of Go: fields of a literal, names of constants, calls with their types.

Each goes by a form of the whole block that no slip of the pen gives to statements.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import is_balanced, outermost, parts, statements
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._models import CodeValidationResult, Outcome

_NO_PACKAGE = re.compile(r"expected 'package', found \w")
_FIELD = re.compile(r"[A-Z]\w*:(?!=).*", re.DOTALL)
_NO_COMMA = re.compile(r"[^\s,{(\[]\s*\n\s*[})\]]")
"""What a literal must not have before a bracket on the next line; a function's body may."""
_NAMES = re.compile(r"[A-Z]\w*(?:\.[A-Z]\w*)?|[a-z]\w*(?:\.[A-Za-z]\w*)+")
_TYPED_CALL = re.compile(r"(?:[A-Za-z_]\w*\.){0,3}[A-Z]\w*\s*\(\s*\)[^={}]*")
_TYPE = re.compile(
    r"\s*\w+\s+(?:\.\.\.)?(?:\*[\w.]+|(?:\[\]|map\[|func\(|chan\s)[^{}]*|(?:u?int(?:8|16|32|64)?|string|bool"
    r"|byte|rune|error|any|float(?:32|64)|interface\{\s*\}))\s*",
    re.DOTALL,
)
"""A parameter whose type no value can be: with a comma left out, there would be two values."""
_IN_ARGUMENTS = re.compile(r"syntax error: unexpected .* in argument list")
_IMPORT = re.compile(r"\S*: ?invalid import path: \S*[{<]\w+[}>]")


def go_part(code: str, result: CodeValidationResult) -> str | None:
    """Return which part of a program a block of Go is; None: it may be a whole one."""
    said = cause(result.details)
    if result.outcome is not Outcome.COMPILE_ERROR:
        return None
    if _IMPORT.match(said):
        return "a name in brackets stands for a path that is left out"
    bare = bare_start(code, "go")
    found = [*statements(bare)]
    if not found or not is_balanced(bare):
        return None
    if _NO_PACKAGE.match(said):
        is_names = len(found) > 1 and all(map(_NAMES.fullmatch, found))
        return "names, without code" if is_names else _fields(found)
    is_call = _IN_ARGUMENTS.match(said) is not None and all(map(_is_typed_call, found))
    return "a signature, without a body" if is_call else None


def _fields(found: list[str]) -> str | None:
    is_one = all(map(_FIELD.fullmatch, found)) and all(each.endswith(",") for each in found[:-1])
    literals = (each for each in found if re.search(r"\bfunc\b", each) is None)
    return "fields of a literal" if is_one and not any(map(_NO_COMMA.search, literals)) else None


def _is_typed_call(statement: str) -> bool:
    outer = outermost(statement)
    if _TYPED_CALL.fullmatch(outer) is None:
        return False
    inside = statement[statement.index("(") + 1 : outer.index(")")]
    typed = [*parts(inside)]
    return bool(typed) and all(map(_TYPE.fullmatch, typed))
