"""Errors that a block's author has on purpose: a comment in the very line says so.

A rule that excuses must not excuse a mistake. So the error must have happened in that line, and the
comment must name its type, quote its message, or begin with a word such as `error:`. A comment that
is the whole line above must begin so; one below must quote it; one elsewhere says nothing.

A word alone says nothing of a name that nothing defines, unless the block has that name elsewhere,
out of reach. Nor does it of syntax, for these are what slips of the pen lead to; `compile error`
does, of all but brackets and separators. Beside code that prints, a comment is what it prints,
unless it names the error.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from daytona_validate._core.details import as_expected_details, cause
from daytona_validate._core.fragments.code_text import Comment, bare_lines, comment_of
from daytona_validate._core.results import rejudged
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
ERROR_NAME = re.compile(r"(?:Uncaught )?(?:\w+\.)*([A-Z]\w*(?:Error|Exception)\w*|TS\d+)\b")
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
_SAYS_COMPILE = re.compile(
    r"[\W_]*(?:compil(?:e|er|ation)(?:-time| time)? error"
    r"|(?:does(?: not|n't)|won't|will not|can(?:not|'t)) compile"
    r"|编译(?:期|时)?(?:错误|报错|不通过|失败)|コンパイルエラー"
    r"|error de compilaci|erreur de compilation)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(
    r"expected(?: \(|$)|expected .{1,40}, found |missing ',' "
    r"|unclosed|reached end of file|unexpected (?!type|return)|orphaned "
    r"|without '|TS1\d{3}: "
)
"""Errors that a bracket or a separator leads to, too many or too few."""
_OLD_WORDING = re.compile(r"Cannot (read|set) property '?([\w$]{1,80})'? of (undefined|null)")
_NEW_WORDING = re.compile(
    r"Cannot (read|set) properties of (undefined|null) \((?:reading|setting) '([\w$]{1,80})'\)"
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
_SLIP = re.compile(
    r"(?:Uncaught )?(?:\w+\.){0,9}(?:Name|UnboundLocal|Attribute|Import|ModuleNotFound|Syntax"
    r"|Indentation|Tab|Reference)Error\b|TS(?:1\d{3}|2304|2305|2307|2318|2503|255[12]|258\d|2614"
    r"|2693|2694|2724|17\d{3}|18004): "
)
"""Errors that a slip of the pen leads to, by their types."""
_SLIP_WORDS = re.compile(
    r"\bundefined\b|not defined|is not a (?:function|constructor)|[Cc]annot (?:find|read|set) "
    r"|does not exist|syntax error|Did you mean|has no (?:attribute|field)"
    r"|expected$|expected \(|illegal (?:start|character)|not a statement|unclosed"
    r"|reached end of file|unexpected (?!type|return)|without '|orphaned |missing return type"
    r"|expected .{1,40}, found |missing ',' "
)
_ONLY_A_WORD = re.compile(r"[\W_]*(?:error|throws|fails)[\W_]*", re.IGNORECASE)
_NO_SLIP = re.compile(
    r"before initialization|has already been declared|Missing initializer in const"
    r"|[Mm]ust call super constructor|private field"
)
"""Errors of a form that no misspelt name and no bracket leads to."""
_TYPE_OF_TYPESCRIPT = re.compile(r"TS(?:2339|2345|2353|2322|2741): (?!.*Did you mean)")
_TYPESCRIPT = re.compile(r"TS(\d+): ")
_TWOSLASH = re.compile(r"^[ \t]*// ?@errors:([ \t\d,]+)$", re.MULTILINE)
_OF_TYPESCRIPT = re.compile(r"^\S{1,200}\((\d{1,9}),\d{1,9}\): error (TS\d+: .*)", re.MULTILINE)
_READ_OF_COMPILER = 50_000
_MOST_ERRORS = 100
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
    return _is_meant(snippet, result, result.error_line) and not _hides_slip(snippet, result)


def _is_meant(snippet: Snippet, result: CodeValidationResult, line: int) -> bool:
    """Return whether what stands at and around a line says that it fails like that."""
    if _is_allowed(snippet, cause(result.details)):
        return True
    beside = comment_of(snippet.code, snippet.language, line)
    if beside is not None and beside.code:
        return _names(beside, result, "\n".join(bare_lines(snippet.code, snippet.language)))
    above = comment_of(snippet.code, snippet.language, line - 1)
    if above is not None and not above.code and _announces(above.text, result):
        return True
    below = comment_of(snippet.code, snippet.language, line + 1)
    return below is not None and not below.code and _quotes(below.text, _said(result))


def _hides_slip(snippet: Snippet, result: CodeValidationResult) -> bool:
    """Return whether TypeScript has another error, that no line speaks of and a slip leads to."""
    if result.outcome is not Outcome.COMPILE_ERROR or snippet.language != "typescript":
        return False
    said = (result.error or "")[:_READ_OF_COMPILER]
    for line, message in islice(_OF_TYPESCRIPT.findall(said), _MOST_ERRORS):
        is_first = message.strip() in result.details
        is_told = comment_of(snippet.code, snippet.language, int(line)) is not None
        if not (is_first or is_told or _is_allowed(snippet, message)) and says_slip(message):
            return True
    return False


def as_meant_result(result: CodeValidationResult) -> CodeValidationResult:
    """Return the result of a block that failed as it was meant to: it has passed."""
    details = as_expected_details(cause(result.details))
    return replace(rejudged(result, Outcome.PASSED, details), missing=None)


def _is_allowed(snippet: Snippet, said: str) -> bool:
    """Return whether the code names the compiler's error as twoslash does: `// @errors: 2322`."""
    code = _TYPESCRIPT.match(said)
    if code is None or snippet.language != "typescript":
        return False
    return any(code[1] in re.findall(r"\d+", each) for each in _TWOSLASH.findall(snippet.code))


def _said(result: CodeValidationResult) -> str:
    return cause(result.details)[:_READ_CHARACTERS]


def _names(beside: Comment, result: CodeValidationResult, code: str) -> bool:
    """Return whether a comment beside code names an error, quotes it, or says that there is one."""
    said, comment = _said(result), beside.text[:_READ_CHARACTERS]
    name = ERROR_NAME.match(said)
    if name is not None and _is_named(name[1], comment):
        return True
    if name is not None and ERROR_NAME.search(comment):
        return False  # it is meant to fail in another way
    says_so = _SAYS_SO.match(comment) or _SAYS_SO_ELSEWHERE.match(comment)
    if _quotes(comment, said):
        return True
    return says_so is not None and _is_meant_by_a_word(beside, result, code)


def _is_meant_by_a_word(beside: Comment, result: CodeValidationResult, code: str) -> bool:
    """Return whether the word for an error is enough for the one that there was."""
    said = _said(result)
    if result.missing is not None and not _TYPE_OF_TYPESCRIPT.match(said):
        return _is_out_of_reach(result.missing.name, code)
    is_compilers = _SAYS_COMPILE.match(beside.text) and result.outcome is Outcome.COMPILE_ERROR
    if is_compilers and not _SEPARATORS.search(said):
        return True
    is_bare = said.startswith("TypeError: ") and _ONLY_A_WORD.fullmatch(beside.text) is not None
    return not _PRINTS.search(beside.code) and (is_bare or not is_slip(result))


def _is_out_of_reach(name: str, code: str) -> bool:
    """Return whether a block has a name more than once: nothing misspells it twice."""
    return len(re.findall(rf"(?<![\w$]){re.escape(name)}(?![\w$])", code)) > 1


def is_old_wording(comment: str, said: str) -> bool:
    """Return whether a comment quotes an error of Node's in the words of its older versions."""
    old, new = _OLD_WORDING.search(comment), _NEW_WORDING.search(said)
    return old is not None and new is not None and old.group(1, 2, 3) == new.group(1, 3, 2)


def _announces(comment: str, result: CodeValidationResult) -> bool:
    """Return whether a comment above begins with the word for an error, and names no other."""
    comment = comment[:_READ_CHARACTERS]
    name, other = ERROR_NAME.match(_said(result)), ERROR_NAME.search(comment)
    is_named = name is not None and _is_named(name[1], comment)
    if not is_named and (other is not None or is_slip(result)):
        return False
    return any(each.match(comment) for each in (_SAYS_SO, _SAYS_SO_ELSEWHERE, _ANNOUNCES))


def _is_named(name: str, comment: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", comment) is not None


def _quotes(comment: str, said: str) -> bool:
    """Return whether a comment quotes an error, perhaps after the word for one."""
    says_so = _SAYS_SO.match(comment) or _SAYS_SO_ELSEWHERE.match(comment)
    quotes = (comment, comment[says_so.end() :] if says_so else "")
    return any(_is_quoted(each, said) for each in quotes) or is_old_wording(comment, said)


def _is_quoted(comment: str, said: str) -> bool:
    quote = comment.strip(" .:!`'\"")
    return len(quote) >= _SHORTEST_QUOTE and quote in said


def is_slip(result: CodeValidationResult) -> bool:
    """Return whether an error is one that a slip of the pen leads to."""
    return says_slip(_said(result)) or (
        result.missing is not None and not _TYPE_OF_TYPESCRIPT.match(_said(result))
    )


def says_slip(said: str) -> bool:
    """Return whether an error's message is one that a slip of the pen leads to."""
    if _TYPE_OF_TYPESCRIPT.match(said) or _NO_SLIP.search(said):
        return False
    return _SLIP.match(said) is not None or _SLIP_WORDS.search(said) is not None
