"""Errors that a block's author has on purpose: a comment in the very line says so.

A rule that excuses must not excuse a mistake. So the error must have happened in that line, and the
comment must name its type, quote its message, or begin with a word such as `error:`. A comment that
is the whole line above must begin so; one below must quote it; one elsewhere says nothing.

A word alone says nothing of a name that nothing defines, unless the block declares it elsewhere,
out of reach. Nor does it of syntax, for these are what slips of the pen lead to, and a type is only
enough for them if it is all that stands there, or beside the name that is missing. Beside code that
prints, a comment is what it prints, unless it names the error. A comment that denies it, or tells
of a condition, says nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from daytona_validate._core.compiler_errors import other_errors
from daytona_validate._core.details import as_expected_details, cause
from daytona_validate._core.failing_lines import failing_lines
from daytona_validate._core.fragments.code_text import Comment, bare_text, code_line, comment_of
from daytona_validate._core.hedges import is_hedged
from daytona_validate._core.results import rejudged
from daytona_validate._core.slips import (
    TYPE_OF_TYPESCRIPT,
    has_its_name,
    is_slip,
    says_slip,
)
from daytona_validate._core.told_error import (
    ERROR_NAME,
    SHORTEST_QUOTE,
    has_old_wording,
    has_word,
    name_of,
    said,
)
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_SAYS_SO = re.compile(
    r"[\W_]*(?:(?:compile(?:r|-time)?|compilation|syntax|type|runtime) )?"
    r"(?:error|raises|throws|fails|(?:does(?: not|n't)|won't|will not|can(?:not|'t)) compile"
    r"|illegal|panics?)(?:\s*(?:[:!.,;()-]|$)| an? (?:\w+ )?(?:error|exception)\b)"
    r"|[\W_]*(?:(?:this|it|that) )?(?:will|would|should) (?:throw|raise|fail|panic|error)"
    r"(?:\s*(?:[:!.,;()-]|$)| an? (?:\w+ )?(?:error|exception)\b)",
    re.IGNORECASE,
)
_SAYS_SO_ELSEWHERE = re.compile(
    r"[\W_]*(?:编译(?:期|时)?(?:错误|报错|不通过|失败)|运行时?(?:错误|报错)|报错|コンパイルエラー"
    r"|(?:error de compilaci|erreur de compilation|fehler\s*[:!.]))",
    re.IGNORECASE,
)
_SAYS_COMPILE = re.compile(
    r"[\W_]*(?:compil(?:e|er|ation)(?:-time| time)? error"
    r"|(?:does(?: not|n't)|won't|will not|can(?:not|'t)) compile"
    r"|编译(?:期|时)?(?:错误|报错|不通过|失败)|コンパイルエラー"
    r"|error de compilaci|erreur de compilation)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"[\W_]*(?:(?:this|it|that|the (?:next )?line(?: below)?) )?(?:(?:will|should|would) )?"
    r"(?:raise|throw|fail)s?(?:\s*(?:[:!.,;()-]|$)| (?:because|since|to compile|with an)\b"
    r"| an? [`\w ]{0,40}(?:error|exception)\b)",
    re.IGNORECASE,
)
"""Beginning of a comment above the line that it tells of."""
_PRINTS = re.compile(
    r"\b(?:print\w*|puts|echo|display|alert|console\.\w+|log(?:ger|ging)?\.\w+|fmt\.\w+"
    r"|System\.(?:out|err)\.\w+)\s{0,9}[(\"']|^\s{0,99}select\b",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(
    r"[\W_]*(?:(?:(?:this|it|that|here|output|result|will|compile(?:r|-time)?|runtime|syntax|type"
    r"|error|uncaught|raises?|throws?|fails?|gives?|an?|the|with)\b|[\w.]+(?=\.[A-Z]))[\W_]*){0,6}",
    re.IGNORECASE,
)
"""What a comment begins with before the name of an error."""
_DECLARED_BY = r"(?<![\w$.])(?!(?:return|new|throw|await|yield|typeof|not|and|or|in|else)\b)"
_TYPESCRIPT = re.compile(r"TS(\d+): ")
_TWOSLASH = re.compile(r"^[ \t]*// ?@errors:([ \t\d,]+)$", re.MULTILINE)
_REFUSED_MODIFIER = "illegal start of expression"
_AFTER_MODIFIER = re.compile(r"class, interface, (?:enum, or record|or enum) expected$")
"""What follows from a modifier that javac refuses: it takes the method to be at its end there."""
_ABOUT = re.compile(r" (?:on|in|of|for|with) `?([\w$]+)`?(?=[\s.,;:!)]|$)")
_READ_CHARACTERS = 300


def is_meant_to_fail(snippet: Snippet, result: CodeValidationResult) -> bool:
    """Return whether a block failed in a line whose comment says that it is meant to.

    Args:
        snippet: The block; never a program that stands alone.
        result: Its result, whose `error_line` is a line of the code.
    """
    if not snippet.is_block or result.outcome not in _FAILED or result.error_line is None:
        return False
    lines = failing_lines(snippet.code, result)
    is_meant = any(_is_meant(snippet, result, each) for each in lines.own)
    is_meant = is_meant or any(_is_of_call(snippet, result, each) for each in lines.calling)
    return is_meant and not _hides_slip(snippet, result)


def _is_meant(snippet: Snippet, result: CodeValidationResult, line: int) -> bool:
    """Return whether what stands at and around a line says that it fails like that."""
    if _is_allowed(snippet, said(result)):
        return True
    beside = comment_of(snippet.code, snippet.language, line)
    if beside is not None and beside.code:
        return _names(beside, result, bare_text(snippet.code, snippet.language))
    above = comment_of(snippet.code, snippet.language, line - 1)
    at_line = code_line(snippet.code.split("\n"), line)
    if above is not None and not above.code and _announces(_about(above.text, at_line), result):
        return True
    below = comment_of(snippet.code, snippet.language, line + 1)
    return below is not None and not below.code and _quotes(below.text, result)


def _is_of_call(snippet: Snippet, result: CodeValidationResult, line: int) -> bool:
    """Return whether the comment on a call names or quotes the error; a word is not enough."""
    beside, name = comment_of(snippet.code, snippet.language, line), name_of(result)
    if beside is None or not beside.code or is_slip(result):
        return False
    rest = None if name is None else _after_name(name, beside.text[:_READ_CHARACTERS])
    return _quotes(beside.text, result) or (rest is not None and not is_hedged(rest))


def _about(comment: str, line: str) -> str:
    """Return a comment without what it says of names of the line below: `…, as it is used on T`."""
    comment = comment[:_READ_CHARACTERS]
    return _ABOUT.sub(lambda found: "" if has_word(line, found[1]) else found[0], comment)


def _hides_slip(snippet: Snippet, result: CodeValidationResult) -> bool:
    """Return whether there is another error, that no line speaks of and a slip leads to."""
    is_of_modifier = said(result).startswith(_REFUSED_MODIFIER)
    for line, message in other_errors(result):
        is_told = line is None or comment_of(snippet.code, snippet.language, line) is not None
        is_told = is_told or (is_of_modifier and _AFTER_MODIFIER.match(message) is not None)
        if not (is_told or _is_allowed(snippet, message)) and says_slip(message):
            return True
    return False


def as_meant_result(result: CodeValidationResult) -> CodeValidationResult:
    """Return the result of a block that failed as it was meant to: it has passed.

    So it lacks nothing, and no line of it is to be shown as wrong.
    """
    details = as_expected_details(cause(result.details))
    return replace(rejudged(result, Outcome.PASSED, details), error_line=None, missing=None)


def _is_allowed(snippet: Snippet, message: str) -> bool:
    """Return whether the code names the compiler's error as twoslash does: `// @errors: 2322`."""
    code = _TYPESCRIPT.match(message)
    if code is None or snippet.language != "typescript":
        return False
    return any(code[1] in re.findall(r"\d+", each) for each in _TWOSLASH.findall(snippet.code))


def _names(beside: Comment, result: CodeValidationResult, code: str) -> bool:
    """Return whether a comment beside code names an error, quotes it, or says that there is one."""
    message, comment = said(result), beside.text[:_READ_CHARACTERS]
    if _quotes(comment, result):
        return True
    name = name_of(result)
    rest = None if name is None else _after_name(name, comment)
    if rest is not None:
        is_all = not rest.strip(" .:!`'\"")
        is_named = is_all or not is_slip(result) or has_its_name(rest, message, result)
        return is_named and not is_hedged(rest)
    if ERROR_NAME.search(comment):
        return False  # it is meant to fail in another way
    says_so = _SAYS_SO.match(comment) or _SAYS_SO_ELSEWHERE.match(comment)
    if says_so is None or is_hedged(comment[says_so.end() :]):
        return False
    return _is_meant_by_a_word(beside, result, code)


def _is_meant_by_a_word(beside: Comment, result: CodeValidationResult, code: str) -> bool:
    """Return whether the word for an error is enough for the one that there was."""
    message = said(result)
    if result.missing is not None and not TYPE_OF_TYPESCRIPT.match(message):
        return _is_out_of_reach(result.missing.name, code)
    is_compilers = _SAYS_COMPILE.match(beside.text) and result.outcome is Outcome.COMPILE_ERROR
    if is_compilers and (not says_slip(message) or _is_of_modifier(beside, message)):
        return True
    return not _PRINTS.search(beside.code) and not is_slip(result)


def _is_of_modifier(beside: Comment, message: str) -> bool:
    """Return whether a comment names the word that its line begins with, which is refused there."""
    first = re.match(r"[a-z]+", beside.code)
    is_refused = message.startswith(_REFUSED_MODIFIER)
    return is_refused and first is not None and has_word(beside.text, first[0])


def _is_out_of_reach(name: str, code: str) -> bool:
    """Return whether a block declares a name, and has it once more where it is not known."""
    name = rf"{re.escape(name)}(?![\w$])"
    declared = rf"{_DECLARED_BY}[\w$]{{1,80}}\s{{1,9}}{name}\s{{0,9}}[=;:,)]"
    assigned = rf"(?<![\w$.]){name}\s{{0,9}}(?::=|=(?!=))"
    is_declared = re.search(f"{declared}|{assigned}", code) is not None
    return is_declared and len(re.findall(rf"(?<![\w$]){name}", code)) > 1


def _announces(comment: str, result: CodeValidationResult) -> bool:
    """Return whether a comment above begins with the word for an error, and names no other."""
    comment = comment[:_READ_CHARACTERS]
    name, other = name_of(result), ERROR_NAME.search(comment)
    rest = None if name is None else _after_name(name, comment)
    if rest is None and (other is not None or is_slip(result)):
        return False
    if is_slip(result) and not has_its_name(rest or "", said(result), result):
        return False
    starts = (each.match(comment) for each in (_SAYS_SO, _SAYS_SO_ELSEWHERE, _ANNOUNCES))
    return any(each is not None and not is_hedged(comment[each.end() :]) for each in starts)


def _after_name(name: str, comment: str) -> str | None:
    """Return the rest of a comment that begins with an error's name, or words for one and it."""
    start = _BEFORE_NAME.match(comment)
    rest = comment[start.end() if start else 0 :]
    return None if re.match(rf"{re.escape(name)}(?![\w-])", rest) is None else rest[len(name) :]


def _quotes(comment: str, result: CodeValidationResult) -> bool:
    """Return whether a comment quotes an error, perhaps after the word for one."""
    message = said(result)
    says_so = _SAYS_SO.match(comment) or _SAYS_SO_ELSEWHERE.match(comment)
    quotes = (comment, comment[says_so.end() :] if says_so else "")
    is_quoted = any(_is_quoted(each, message) for each in quotes)
    is_quoted = is_quoted or has_old_wording(comment, message)
    return is_quoted and (not is_slip(result) or has_its_name(comment, message, result))


def _is_quoted(comment: str, message: str) -> bool:
    quote = comment.strip(" .:!`'\"")
    is_long = len(quote) >= SHORTEST_QUOTE and ERROR_NAME.fullmatch(quote) is None
    return is_long and quote in message
