"""Errors that a page shows or names around a block: the block that has one has it on purpose.

The error must be of the type that is shown, and its message about the same names. Where prose only
says that code fails, an error that a slip of the pen leads to needs more: a name that is nowhere
else in the block is a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daytona_validate._core.details import cause
from daytona_validate._core.said_around import SaidAround
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_ERROR = re.compile(
    r"(?:\w{1,80}\.){0,9}([A-Z]\w{0,80}(?:Error|Exception|Interrupt|Iteration|Exit|Warning))\b(?::(.*))?"
)
_LABEL = re.compile(
    r"[\W_]*(?:(?:output|result|error|raises|gives|throws|uncaught"
    r"|this raises|will raise)\b[\W_]*)?",
    re.IGNORECASE,
)
_OF_PARSER = {"SyntaxError": "SyntaxError", "IndentationError": "Indent", "TabError": "Indent"}
_PLACE = re.compile(r" \(line \d+\).*$|, also with .*$")
_COMMENT = re.compile(r"\s*#(.*)")
_MOST_COMMENTS = 12
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"'(\w+)'")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s*_]+(?=[A-Z`*_])")
_BROKEN = re.compile(
    r"\b(?:not|won['’]t|doesn['’]t|does not|will not|can['’]t|cannot) (?:work|run|compile)\b"  # noqa: RUF001
    r"|\b(?:this|that|it|code|example|snippet|program|line|following|below) (?:\w+ )?"
    r"(?:fails|crashes|breaks|will fail|will crash"
    r"|is (?:invalid|illegal|wrong|broken|not allowed))\b"
    r"|\b(?:rais|throw|caus|produc|giv|result|lead|end|get)(?:e?s|ing)?(?: in| to)? "
    r"(?:an?|this|the following) (?:\w+ )?(?:error|exception)\b"
    r"|\b(?:contains?|has|have) (?:an?|some|one|two|three|several) (?:\w+ )?"
    r"(?:errors?|bugs?|mistakes?)\b"
    r"|\bwhat(?:['’]s| is) wrong\b"  # noqa: RUF001
    r"|\b(?:find|fix|spot|debug|correct) (?:the|any|all) (?:\w+ )?(?:errors?|bugs?|mistakes?)\b"
    r"|\b(?:fix|debug|correct|repair) (?:this|the following) (?:code|program|function|snippet)\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:instead|so|but|use|using|solution|works|better|rather|therefore|handle\w*"
    r"|catch\w*|correctly|unless|avoid\w*|prevent\w*|if)\b",
    re.IGNORECASE,
)
"""Words of a sentence that turns to what does work."""
_LEADS_TO_IT = re.compile(r"[:?]\W*$|\b(?:this|these|following|below|next|here)\b", re.IGNORECASE)
_TELLS_OF_IT = re.compile(r"\W*(?:we|you|this|that|it|the (?:code|program) above)\b", re.IGNORECASE)


def is_shown_to_fail(around: SaidAround, code: str, result: CodeValidationResult) -> bool:
    """Return whether a block failed as its page shows or says.

    Args:
        around: What its page says around it.
        code: The block, as its page has it.
        result: Its last result, with a line of the block.
    """
    if result.outcome not in _FAILED or result.language != "python":
        return False
    happened = _ERROR.match(_PLACE.sub("", cause(result.details)))
    if happened is None:
        return False
    name, message = happened[1], happened[2] or ""
    shown = (*map(_last_error, around.outputs), *_in_comments(code, result))
    if any(each is not None and _is_same(each, name, message) for each in shown):
        return True
    sentences = (_SENTENCE_END.split(around.before)[-1], _SENTENCE_END.split(around.after)[0])
    leads_to_it = _LEADS_TO_IT.search(sentences[0]) is not None
    is_broken = (leads_to_it and _is_broken(sentences[0])) or (
        _TELLS_OF_IT.match(sentences[1]) is not None and _is_broken(sentences[1])
    )
    return is_broken and not _is_slip(code, name, result)


def _last_error(output: str) -> tuple[str, str] | None:
    """Return the type and the message of the last error that an output shows."""
    lines = output.rstrip().split("\n")
    for at in range(len(lines) - 1, -1, -1):
        found = _ERROR.match(lines[at])
        if found is not None and _ERROR.fullmatch(lines[at].rstrip()):
            return found[1], found[2] or ""
    return None


def _in_comments(code: str, result: CodeValidationResult) -> Iterator[tuple[str, str]]:
    """Yield the errors that the comments directly below the failing line begin with."""
    line, lines = result.error_line or 0, code.split("\n")
    for below in lines[line : line + _MOST_COMMENTS] if line else ():
        comment = _COMMENT.fullmatch(below)
        if comment is None:
            break
        text = comment[1]
        label = _LABEL.match(text)
        found = _ERROR.match(text, label.end() if label else 0) or _ERROR.match(text.strip())
        if found is not None:
            yield found[1], found[2] or ""


def _is_same(shown: tuple[str, str], name: str, message: str) -> bool:
    """Return whether an error is the one shown, or that of another version: half of its words."""
    shown_name, shown_message = shown
    if name in _OF_PARSER:
        return _OF_PARSER.get(shown_name) == _OF_PARSER[name]
    words, quoted = set(_WORD.findall(shown_message)), set(_QUOTED.findall(shown_message))
    there = set(_WORD.findall(message))
    return shown_name == name and quoted <= there and 2 * len(words & there) >= len(words)


def _is_broken(sentence: str) -> bool:
    return _BROKEN.search(sentence) is not None and _OTHERWISE.search(sentence) is None


def _is_slip(code: str, name: str, result: CodeValidationResult) -> bool:
    """Return whether an error may be a slip that nobody has announced."""
    if name in ("ImportError", "ModuleNotFoundError"):
        return True
    missing = result.missing
    if missing is None or missing.kind is not MissingKind.NAME:
        return False
    return _WORD.findall(code).count(missing.name) < 2  # noqa: PLR2004 - made there, and used
