"""Signatures of TypeScript, as a reference shows them, completed to declarations.

Its compiler reads what no pattern could. Whatever is no signature is refused there, with another
error, and keeps the result that it had alone: a call has no types, and a body is not declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from daytona_validate._core.compiler_errors import compiler_errors
from daytona_validate._core.fragments.code_text import bare_lines
from daytona_validate._core.fragments.completion import Completion, not_runnable
from daytona_validate._core.fragments.misspelt_types import SCRIPT_TYPES
from daytona_validate._core.fragments.near_names import has_misspelt
from daytona_validate._models import CodeValidationResult, Outcome

_HEAD = re.compile(
    r"(?P<export>export[ \t]+)?(?:default[ \t]+)?"
    r"(?:(?:static|public|protected|abstract|override|async|function|new)[ \t]+){0,4}"
    r"(?P<name>(?!(?:if|for|while|switch|catch|with|return|await|throw|typeof|void)\b)"
    r"(?:[A-Za-z_$][\w$]*\.){0,5}[A-Za-z_$][\w$]*)\??(?=[ \t]*[<(])"
)
_OTHER = re.compile(r"(?:export[ \t]+)?(?:declare[ \t]+)?(?:type|interface)[ \t]+[A-Za-z_$]")
_IS_DECLARED = re.compile(r"(?:export[ \t]+)?declare function _")
_LEFT_OUT = re.compile(r"(?:\.\.\.|…)[ \t]*")
_GOES_ON = (" ", "\t", ":", "|", "&", "=>", "?", "}", ")", "]", ">")
_UNKNOWN = re.compile(r"TS(?:2304: Cannot find name|2503: Cannot find namespace) '(\w+)'\.")
_OF_TYPES = re.compile(r"TS2\d{3}: ")
_WORD = re.compile(r"[^\W\d]\w*")
_SIGNATURE = "a signature, without a body"


def declared_signatures(code: str) -> str | None:
    """Return a block with its signatures declared; None: it has something else."""
    lines = [*filter(None, _declared(code))]
    is_one = len(lines) == code.count("\n") + 1 and any(map(_IS_DECLARED.match, lines))
    return "\n".join(lines) if is_one else None


def _declared(code: str) -> Iterator[str | None]:
    """Yield the lines of a block with their signatures declared; None for another statement."""
    depth = 0
    for line, bare in zip(code.split("\n"), bare_lines(code, "typescript"), strict=True):
        head = None if depth else _HEAD.match(bare)
        if head is not None:
            name = head["name"].replace(".", "_")
            yield f"{head['export'] or ''}declare function _{name}{line[head.end() :]}"
        elif not depth and _LEFT_OUT.fullmatch(bare):
            yield " "
        else:
            goes_on = depth or not bare.strip() or bare.startswith(_GOES_ON)
            yield line or " " if goes_on or _OTHER.match(bare) else None
        depth = max(depth + _opened(bare), 0)


def _opened(bare: str) -> int:
    """Return how many brackets a line opens more than it closes, `<` among them."""
    arrows = bare.count("=>")
    return sum(map(bare.count, "([{<")) - sum(map(bare.count, ")]}>")) + arrows


def signature_judged(
    alone: CodeValidationResult, tried: Completion, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result by that of its declarations."""
    if result.outcome is Outcome.PASSED:
        return not_runnable(result, _SIGNATURE)
    errors = [message for _, message in compiler_errors(result)]
    if not errors or not all(map(_OF_TYPES.match, errors)):
        return alone
    if _only_lacks_types(errors, tried.snippet.code):
        return not_runnable(result, _SIGNATURE)
    return replace(result, completed=tried.note)


def _only_lacks_types(errors: Sequence[str], code: str) -> bool:
    """Return whether a reference has all that is missing elsewhere: nothing of it is misspelt."""
    found = [_UNKNOWN.match(each) for each in errors]
    names = {each[1] for each in found if each is not None}
    words = SCRIPT_TYPES.union(_WORD.findall(code))
    return None not in found and not has_misspelt(names, words)
