"""Errors that a page announces around a block: in the sentence beside it, or as its output.

A rule that excuses must not excuse a mistake. So an output must show the very message, or the
error's name where a slip of the pen does not lead to it. A sentence must be of this block (the last
one before it, the first one after it) and tell of an error that fits the failure: in its name if it
names one, in that it is the compiler's if it says so. Every error of a compiler has to be of that
kind, and one that a slip of the pen leads to is only announced by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from daytona_validate._core.details import cause
from daytona_validate._core.meant_to_fail import ERROR_NAME, is_old_wording, is_slip, says_slip
from daytona_validate._models import CodeValidationResult, Outcome

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_READ_CHARACTERS = 4000
_SHORTEST = 12
_MOST_ERRORS = 100
_PLACE = re.compile(r" \(line \d{1,9}\)(?:, also with .*)?$")
_BEFORE_MESSAGE = re.compile(r"(?:TS\d+: |ERROR: |(?:[a-z]\w*\.){1,9}(?=[A-Z]))")
_COMPILED = re.compile(r"^\S{0,200}\.(?:java|go|ts)[:(]\d{1,9}[^ ]{0,20} (.*)", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?:。：！])\s+|(?<=[。：！])")  # noqa: RUF001 - as pages have it
_UNMATCHED = re.compile(
    r"[Uu]nexpected (?:token|end|identifier|string)|^missing |Invalid or unexpe"
)
_ERROR = (
    r"(?:(?:an?|the|this|following|another|some) )?(?:[\w.'-]+ ){0,4}?"
    r"\w*(?:[Ee]rror|[Ee]xception|panic)s?\b"
)
_COMPILE = re.compile(
    r"\b(?:does|do|will|would|wo|can|could|should)\s?(?:not|n['’]t)(?: even)? compile\b"  # noqa: RUF001
    r"|\bfails? to compile|\b(?:compile(?:r|-time|time| time)?|compilation|type)[- ]errors?\b"
    r"|\b(?:compiler|TypeScript) (?:will )?(?:complain|reject|report|refuse|error)s?\b"
    r"|\b(?:is|are) (?:also )?(?:illegal|an error|not allowed|prohibited|not permitted)\b"
    r"|编译(?:期|时)?(?:错误|报错|失败|不通过)|(?:无法|不能)编译",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"\b(?:throws?|raises?|results? in|leads? to|ends? (?:in|with|up with)|gets?|see|have|receive"
    rf"|gives?|produces?|causes?|triggers?|fails? with|throwing) (?:us |you )?{_ERROR}"
    rf"|\bthere(?:'s| is| will be) {_ERROR}"
    r"|\bwill (?:fail|panic|crash|throw)\b|\b(?:panics|crashes)\b|\bfails? (?:because|since|at run)"
    r"|(?:抛出|出现|产生)\s?\S{0,40}(?:异常|错误|Exception|Error)|报错"
)
_DENIES = re.compile(
    r"\b(?:none?|never|without|avoid\w*|prevent\w*|catch\w*|handl\w*|fix\w*|may|might|instead|nor"
    r"|not|\w+n['’]t)\b|不会|避免|防止",  # noqa: RUF001 - as pages have it
    re.IGNORECASE,
)
_LEADS_TO = re.compile(
    r"[:：]$|\b(?:following|this|these|below|next|here|now)\b|如下|下面|以下",  # noqa: RUF001
    re.IGNORECASE,
)
_LEADS_FROM = re.compile(
    r"(?:\w+,? ){0,2}?(?:this|that|these|the (?:\w+ above|above|code|program|compiler|snippet"
    r"|example|previous|last|first|second|call|line|assignment)|it|running|trying|compiling|if you"
    r"|when you|you|we|here|run|now)\b|上面|以上|这|此",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"[*`]|\b_|_\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Prose around a block: where its page may say that it fails."""

    above: str = ""
    """The paragraph directly before it."""
    below: str = ""
    """The paragraph directly after it."""
    output: str = ""
    """The fence after it, in no known language."""


NOT_ANNOUNCED = Announced()


def is_announced(announced: Announced, result: CodeValidationResult) -> bool:
    """Return whether a page says that its block fails, and it failed like that.

    Args:
        announced: What stands around the block.
        result: Of the block.
    """
    if announced == NOT_ANNOUNCED or result.outcome not in _FAILED:
        return False
    if _shows(announced.output[:_READ_CHARACTERS], result):
        return True
    above, below = (_sentences(each) for each in (announced.above, announced.below))
    told = (
        (above[-1:], _LEADS_TO.search),
        (below[:1], _LEADS_FROM.match),
    )
    return any(
        leads(sentence) and _tells(sentence, result)
        for sentences, leads in told
        for sentence in sentences
    )


def _sentences(paragraph: str) -> list[str]:
    parts = _SENTENCE_END.split(_EMPHASIS.sub("", paragraph[:_READ_CHARACTERS]).strip())
    return [" ".join(each.split()) for each in parts if each.strip()]


def _message(result: CodeValidationResult) -> str:
    said = _PLACE.sub("", cause(result.details)[:_READ_CHARACTERS])
    return _BEFORE_MESSAGE.sub("", said, count=1)


def _shows(output: str, result: CodeValidationResult) -> bool:
    """Return whether an output has the error's message, or its name where no slip leads to it."""
    shown, message = " ".join(output.split()), _message(result)
    _, *others = _errors(result)
    if any(says_slip(each) and " ".join(each.split()) not in shown for each in others):
        return False
    if len(message) >= _SHORTEST and " ".join(message.split()) in shown:
        return True
    if is_old_wording(shown, message):
        return True
    lacks, kind = result.missing, message.partition(":")[0]
    if lacks is not None:
        return len(kind) >= _SHORTEST and kind in shown and _has_word(shown, lacks.name)
    name = _name(result)
    if name is None or is_slip(result):
        return False
    line = rf'^(?:Uncaught |Exception in thread "[\w-]+" |.{{0,200}}[:-] error )?(?:\w+\.)*{name}\b'
    return re.search(line, output, re.MULTILINE) is not None


def _name(result: CodeValidationResult) -> str | None:
    found = ERROR_NAME.match(cause(result.details))
    return None if found is None else found[1]


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _tells(sentence: str, result: CodeValidationResult) -> bool:
    """Return whether a sentence says that code fails, in the way that it did."""
    compiles, fails = _COMPILE.search(sentence), _FAILS.search(sentence)
    found = compiles or fails
    if found is None or _DENIES.search(sentence[: found.start()]):
        return False
    lacks, name = result.missing, _name(result)
    if lacks is not None and not _has_word(sentence, lacks.name):
        return False
    named = [each[1] for each in ERROR_NAME.finditer(sentence)]
    if named:
        return name in named and not _UNMATCHED.search(_message(result).partition(": ")[2])
    if compiles and result.outcome is not Outcome.COMPILE_ERROR:
        return False
    errors = [*_errors(result)]
    is_named_alone = lacks is not None and len(errors) <= 1
    return is_named_alone or not any(map(says_slip, errors))


def _errors(result: CodeValidationResult) -> Iterator[str]:
    """Yield the messages of a failure: all of a compiler's, which tells the first of them."""
    yield cause(result.details)
    if result.outcome is Outcome.COMPILE_ERROR:
        for found in islice(_COMPILED.finditer(result.error or ""), _MOST_ERRORS):
            message = found[1].removeprefix("error: ").removeprefix("error ")
            if message not in cause(result.details):
                yield message
