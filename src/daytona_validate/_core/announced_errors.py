"""Errors that a page announces around a block: in the sentence beside it, or as its output.

A rule that excuses must not excuse a mistake. So an output must show the very error: its type and,
where the output has one, its message. A sentence must stand directly beside the block, be of this
code ("this code", "the following", "running it"), say without a denial and without a condition that
it fails, and name the error's type or message; "does not compile" is enough for a compiler's error.
An error that a slip of the pen leads to needs more: the name that is missing, or the message. Every
error of a compiler has to be of that kind.
"""

from __future__ import annotations

import re

from daytona_validate._core.hedges import is_hedged
from daytona_validate._core.page_context import PageContext
from daytona_validate._core.shown_errors import errors_of, is_shown
from daytona_validate._core.slips import (
    has_its_name,
    is_slip,
    says_slip,
)
from daytona_validate._core.told_error import ERROR_NAME, has_message, message_of, name_of, said
from daytona_validate._models import CodeValidationResult, Outcome

_FAILED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！])\s*")  # noqa: RUF001 - as pages have it
_THING = r"(?:code|example|program|snippet|block|call|line|statement|assignment|cell|query)"
_FOLLOWS = rf"(?:the )?(?:following|next)(?: {_THING})?|the {_THING} below"
_PRECEDES = rf"the (?:above|previous|last)(?: {_THING})?|the {_THING} above"
_ITSELF = rf"(?:this|it|this {_THING})"
_SUBJECT = (
    rf"(?:(?:note|now|here)[,:]? )?(?:(?:running |compiling |executing )?"
    rf"(?:(?P<follows>{_FOLLOWS})|(?P<precedes>{_PRECEDES})|{_ITSELF})"
    r"(?:,? (?:and )?(?:you|we)(?:['’]ll)?)?)"  # noqa: RUF001 - as pages have it
)
_SAYS = re.compile(
    rf"(?:{_SUBJECT}(?: will)?"
    r" (?:(?P<compile>(?:does|do|will|can)?\s?(?:not|n['’]t)(?: even)? compile|wo?n['’]t compile"  # noqa: RUF001
    r"|fails? to compile"
    r"|(?:is|gives?|gets?|sees?|causes?|produces?|results? in|leads? to|ends? in|has|contains?)"
    r" an? (?:compile(?:r|-time|time| time)?|compilation|syntax)[- ]error)"
    r"|(?:throws?|raises?|gets?|sees?|gives?|produces?|causes?|triggers?|results? in|leads? to"
    r"|ends? (?:in|with)|(?:fails?|crash(?:es)?|panics?) with) (?:(?:an?|the|this) )?"
    r"(?:(?P<name>(?:\w+\.){0,9}(?:[A-Z]\w*(?:Error|Exception)\w*|TS\d+))(?: exception| error)?"
    r"|(?P<quote>.{12,300})))\b"
    r"|(?P<elsewhere>(?:以下|下面的?|这段|上面的?)代码(?:会)?(?:无法|不能)(?:通过)?编译))",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"\*|\b_|_\b")


def is_announced(context: PageContext, code: str, result: CodeValidationResult) -> bool:
    """Return whether a page says or shows that its block fails, and it failed like that.

    Args:
        context: What the page says and shows around the block.
        code: The block, as its page has it.
        result: Of the block, with a line of it.
    """
    if result.outcome not in _FAILED:
        return False
    if is_shown(context, code, result):
        return True
    above, below = (_sentences(each) for each in (context.before, context.after))
    return any(_tells(each, result, is_above=True) for each in above[-1:]) or any(
        _tells(each, result, is_above=False) for each in below[:1]
    )


def _sentences(paragraph: str) -> list[str]:
    parts = _SENTENCE_END.split(_EMPHASIS.sub("", paragraph).strip())
    return [" ".join(each.split()) for each in parts if each.strip()]


def _tells(sentence: str, result: CodeValidationResult, *, is_above: bool) -> bool:
    """Return whether a sentence says that this code fails, in the way that it did."""
    quoted, sentence = sentence, sentence.replace("`", "")
    found = _SAYS.match(sentence)
    if found is None or not _is_of_this(found, sentence, is_above=is_above):
        return False
    message = message_of(result)
    is_quoted = has_message(sentence, message)
    rest = sentence[found.start("quote") if found["quote"] else found.end() :]
    if is_hedged(rest.replace(message, "") if is_quoted else rest):
        return False
    return _fits(found, result, is_quoted=is_quoted) and all(
        _is_mentioned(each, quoted, result) for each in errors_of(result)
    )


def _is_of_this(found: re.Match[str], sentence: str, *, is_above: bool) -> bool:
    """Return whether a sentence is of the block below it, or else of the one above it."""
    leads = sentence.endswith((":", "：")) or found["follows"] is not None  # noqa: RUF001
    if is_above:
        return leads and found["precedes"] is None
    return not leads


def _fits(found: re.Match[str], result: CodeValidationResult, *, is_quoted: bool) -> bool:
    """Return whether the kind of error that a sentence names is the one that there was."""
    if found["compile"] or found["elsewhere"]:
        return result.outcome is Outcome.COMPILE_ERROR
    named = {each[1] for each in ERROR_NAME.finditer(found.string)}
    return named == {name_of(result)} if named else is_quoted


def _is_mentioned(error: str, sentence: str, result: CodeValidationResult) -> bool:
    """Return whether an error is none that a slip leads to, or its very name is in a sentence."""
    if error == said(result):
        return not is_slip(result) or has_its_name(sentence, error, result)
    return not says_slip(error) or has_its_name(sentence, error)
