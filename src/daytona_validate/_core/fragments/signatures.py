"""Recognizers of signatures, as a reference shows them: what a function takes and returns.

The whole block must be of such, in a form that no slip gives to a program. A type that none of its
words is near to is one that the reference has elsewhere; one that is nearly another is a mistake.
"""

from __future__ import annotations

import re

from daytona_validate._core.compiler_errors import compiler_errors
from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import is_balanced, outermost, parts, statements
from daytona_validate._core.fragments.code_text import bare_start
from daytona_validate._core.fragments.misspelt_types import SCRIPT_TYPES, has_misspelt_type
from daytona_validate._core.fragments.near_names import has_misspelt
from daytona_validate._models import CodeValidationResult, Outcome

_HEAD = re.compile(r"(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s+[\w$]+\s*[(<]")
_BODY = re.compile(r"(?<![:|&\s])\s*(?<!=>)(?<!=> )\{")
_CALL = re.compile(r"[^\W\d][\w$.]*\s*(?:<[^(){}]*>\s*)?(\()\s*\)\s*:\s*[^\s={][^={]*")
_PARAMETER = re.compile(
    r"\s*(?:\.\.\.\s*)?[\w$]+\??\s*:(?![^{(]*[\w\])}>]\s{1,9}[\w$]{1,80}\??\s{0,9}:)\s*\S.*",
    re.DOTALL,
)
"""With no second one in its type, which a comma that was left out gives."""
_NO_BODY = re.compile(r"TS(?:2391|2389|2384|2383|2393|7010|7006|2371):|TS1005: '\(' expected\.")
_UNKNOWN = re.compile(r"TS(?:2304|2552): Cannot find name '(\w+)'\.")
_RESERVED = re.compile(r"TS1359: Identifier expected\.")
_WORD = re.compile(r"[^\W\d]\w*")
_SIGNATURE = "a signature, without a body"
_FORMS = {
    "python": (
        re.compile(r"(?:async\s+)?def\s+\w+\s*(\()\s*\)\s*(?:->[^:=]+)?:?"),
        re.compile(r"(class)\s+\w+\s*(?:\(\s*\)\s*)?:"),
        re.compile(r"[^\W\d][\w.]*\s*(\()\s*\)\s*->\s*[\w.\[\]| ]+"),
    ),
    "go": (re.compile(r"func\s*(?:\(\s*\)\s*)?\w+\s*(?:\[\s*\]\s*)?(\()\s*\)[^{}=]*"),),
    "java": (
        re.compile(
            r"(?!(?:return|new|throw|else)\b)(?:[\w.]+(?:\[\])?\s+){1,8}\w+\s*(\()\s*\)\s*"
            r"(?:throws\s[\w., ]+)?"
        ),
    ),
}
"""Whole statements, with blanks for what stands in brackets; the first bracket is of parameters."""
_PARAMETERS = {
    "python": re.compile(r"\s*(?:\*|/|\*{0,2}\w+\s*(?::[^=]+)?(?:=.*)?)\s*", re.DOTALL),
    "go": re.compile(r"\s*(?:\w+\s+)?(?:[\w.\[\]*]+|func\b.*|chan\s.*)\s*", re.DOTALL),
    "java": re.compile(r"\s*(?:final\s+)?[\w.]+(?:\[\]|\.\.\.)*\s+\w+\s*"),
}
_GENERIC = re.compile(r"\s*<[^<>()=]*>")
_GENERICS_DEEP = 4
_MOST_CHARACTERS = 2000
"""Of a statement that are read."""
_SAID = {
    "python": re.compile(
        r"SyntaxError: (?:expected ':'|invalid syntax)(?: \(line|$)"
        r"|IndentationError: expected an indented block after (?:function|class) definition"
    ),
    "go": re.compile(r"missing function body|undefined: "),
    "java": re.compile(r"';' expected"),
}


def script_signatures(code: str, result: CodeValidationResult) -> str | None:
    """Return what a block in JavaScript or TypeScript is that only has functions without bodies."""
    bare = bare_start(code, result.language)
    if result.outcome is not Outcome.COMPILE_ERROR or not is_balanced(bare):
        return None
    forms = [_form(each) for each in statements(bare)]
    if not forms or None in forms or has_misspelt_type(bare, "typescript"):
        return None
    is_one = "head" not in forms or _only_misses_bodies(bare, result)
    return _SIGNATURE if is_one else None


def _form(statement: str) -> str | None:
    statement = statement.rstrip("; \n")[:_MOST_CHARACTERS]
    outer = outermost(statement)
    if _HEAD.match(statement):
        return None if _BODY.search(outer) else "head"
    return "call" if _has_parameters(statement, outer, _CALL, _PARAMETER) else None


def _has_parameters(
    statement: str, outer: str, form: re.Pattern[str], parameter: re.Pattern[str]
) -> bool:
    """Return whether a statement has a form, and parameters in its brackets."""
    found = form.fullmatch(outer)
    if found is None or found[1] != "(":
        return found is not None
    inside = statement[found.end(1) : outer.index(")", found.end(1))]
    return all(parameter.fullmatch(each) for each in parts(inside))


def _only_misses_bodies(bare: str, result: CodeValidationResult) -> bool:
    """Return whether a compiler only misses bodies, and types that are none of the block's."""
    errors = [message for _, message in compiler_errors(result)]
    if any(map(_RESERVED.match, errors)):
        return True
    words = SCRIPT_TYPES.union(_WORD.findall(bare))
    unknown = [each for each in errors if not _NO_BODY.match(each)]
    found = [_UNKNOWN.match(each) for each in unknown]
    names = {each[1] for each in found if each is not None}
    return None not in found and not has_misspelt(names, words)


def signatures(code: str, result: CodeValidationResult) -> str | None:
    """Return what a block in Python, Go or Java is that only has functions without bodies."""
    bare, language = bare_start(code, result.language), result.language
    is_said = _SAID[language].match(cause(result.details)) is not None
    others = (message for _, message in compiler_errors(result) if language == "go")
    is_alone = all(map(_SAID[language].match, others)) and not has_misspelt_type(bare, language)
    if not is_said or not is_alone or not is_balanced(bare):
        return None
    found = [_is_signature(each, language) for each in statements(bare)]
    return _SIGNATURE if found and all(found) else None


def _is_signature(statement: str, language: str) -> bool:
    statement = statement[:_MOST_CHARACTERS]
    for _ in range(_GENERICS_DEEP if language == "java" else 0):
        statement = _GENERIC.sub(" ", statement)
    outer, parameter = outermost(statement), _PARAMETERS[language]
    return any(_has_parameters(statement, outer, form, parameter) for form in _FORMS[language])
