"""Versions of Python that a page states for a block: code for another one is not its mistake.

Only a caption counts that says hardly anything else, or a sentence directly before a block that
introduces it. The failure must be one that a change of the language since that version leads to, or
an output below a caption with the version; every other one is a mistake in any version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from daytona_validate._core.details import cause
from daytona_validate._core.fragments.code_text import code_line
from daytona_validate._core.page_context import PageContext
from daytona_validate._core.python_changes import is_changed
from daytona_validate._models import CodeValidationResult, Fault, Outcome

_LONGEST_CAPTION = 90


def _number(which: str) -> str:
    return (
        rf"(?P<{which}_major>\d)(?:\.(?P<{which}_minor>\d{{1,2}}|x|\*))?(?:\.(?:\d{{1,2}}|x|\*))?"
    )


_VERSIONS = re.compile(
    r"(?P<named>\b(?:c?python|py) ?-?)?(?P<until><=?|≤|up to|until|before"
    r"|prior to|older than|below)? ?"
    r"(?P<since>>=?|≥|since|from|after|newer than)? ?(?P<again>\bpython ?)?"
    rf"(?:(?<=py)|(?<=python)|(?<![\w.])v?){_number('first')}(?![\w.]*\d)"
    r"(?: ?(?P<to>-|–|to|through) ?(?:python ?)?"  # noqa: RUF001 - as printers set it
    rf"{_number('last')}(?![\w.]*\d))?"
    r"(?: ?(?P<up>\+|(?:and|or) (?:later|newer|above|up|higher|onwards?)\b|onwards?\b))?"
    r"(?: ?(?P<down>-(?!\w)|(?:and|or) (?:earlier|older|below|before|lower)\b))?",
    re.IGNORECASE,
)
_CAPTION_WORDS = frozenset(
    word
    for word in """
a and code example examples for gives in interpreter is it little may old older on only or other
output outputs prints python result results same slightly specifically style syntax the this under
using vary version versions was way with works
""".split()  # noqa: SIM905 - a table of words
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*_])")
_INTRODUCES = re.compile(
    r"\b(?:in|on|with|under|using|for|before|until|prior to|is|was) ?$", re.IGNORECASE
)
_BEFORE = frozenset({"<", "before", "prior to", "older than", "below"})
_LATEST = 99
_RUNTIME = re.compile(r"python (\d)\.(\d{1,2})")
_COMMENT = re.compile(r"(?:>>> ?)?#(.*)")

_NO_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
_PYTHON_3 = (3, 0)
_PYTHON_2_OUTPUT = re.compile(
    r"<(?:[\w.]+ )?instance at 0x|<type '\w+'>|<module '__builtin__'|<class \w[\w.]* at 0x"
    r"|(?<![\w.])\d+L\b|(?<!\w)u'|^exceptions\."
)


@dataclass(frozen=True, slots=True)
class _Range:
    first: tuple[int, int]
    last: tuple[int, int]
    said: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """Claim of a page about the versions that a block is for."""

    versions: tuple[_Range, ...]
    is_caption: bool
    """Whether it stands alone, and so is about the output, too."""


def other_version(
    around: PageContext, code: str, result: CodeValidationResult, *, is_made: bool = False
) -> str | None:
    """Return that a block failed for being of another Python than ran; None: that is not known.

    Args:
        around: What its page says around it.
        code: The block, as its page has it.
        result: Its last result.
        is_made: Whether its page makes the name that it lacks: the version is why it is not there.
    """
    ran = _RUNTIME.match(result.runtime or "")
    if ran is None or result.fault is not Fault.SNIPPET or result.language != "python":
        return None
    version = int(ran[1]), int(ran[2])
    if result.outcome is Outcome.WRONG_OUTPUT and _shows_python_2(code, result):
        return f"it shows what Python 2 prints; here it is {ran[0].removeprefix('python ')}"
    stated = _stated(around, code, version)
    if stated is None or not _is_of_version(stated, code, result, is_made=is_made):
        return None
    said = ", ".join(each.said for each in stated.versions)
    return f"its page says: for {said}; here it is {ran[1]}.{ran[2]}"


def _shows_python_2(code: str, result: CodeValidationResult) -> bool:
    line = code_line(code.split("\n"), result.error_line)
    return _PYTHON_2_OUTPUT.search(line.strip()) is not None


def _stated(around: PageContext, code: str, ran: tuple[int, int]) -> _Stated | None:
    """Return the nearest versions that are stated and none of which ran."""
    first = next((line for line in code.split("\n") if line.strip()), "")
    comment = _COMMENT.match(first)
    captions = (comment[1] if comment else "", around.before, *around.captions[:1])
    all_stated = (
        *(_Stated(_of_caption(each), is_caption=True) for each in captions),
        _Stated(_of_sentence(around.before), is_caption=False),
    )
    for stated in all_stated:
        ranges = stated.versions
        if ranges and not any(each.first <= ran <= each.last for each in ranges):
            return stated
    return None


def _of_caption(text: str) -> tuple[_Range, ...]:
    """Return the versions of a caption that says hardly anything else."""
    if len(text) > _LONGEST_CAPTION:
        return ()
    words = _WORD.findall(_VERSIONS.sub(" ", text))
    is_caption = all(each.lower() in _CAPTION_WORDS for each in words)
    is_of_python = re.search("python|py ?[23]|output", text, re.IGNORECASE) is not None
    if not is_caption or not is_of_python:
        return ()
    return tuple(_range(each) for each in _VERSIONS.finditer(text) if _is_version(each))


def _of_sentence(paragraph: str) -> tuple[_Range, ...]:
    """Return the versions of a sentence that introduces a block: `In Python 2.7, …:`."""
    sentence = _SENTENCE_END.split(paragraph)[-1].rstrip("*_ ")
    if not sentence.endswith(":"):
        return ()
    found = [each for each in _VERSIONS.finditer(sentence) if _is_version(each)]
    is_said = any(_INTRODUCES.search(sentence[: each.start()]) or each["until"] for each in found)
    is_old = all(each["until"] or each["down"] or each["first_major"] == "2" for each in found)
    return tuple(map(_range, found)) if is_said and is_old else ()


def _is_version(found: re.Match[str]) -> bool:
    """Return whether a number is certainly one of Python, and not of an output or a list."""
    return bool(found["named"] or found["again"] or found["until"] or found["first_minor"])


def _range(found: re.Match[str]) -> _Range:
    low = int(found["first_major"]), _minor(found["first_minor"], 0)
    high = low[0], _minor(found["first_minor"], _LATEST)
    if found["to"]:
        high = int(found["last_major"]), _minor(found["last_minor"], _LATEST)
    if found["until"] or found["down"]:
        is_before = (found["until"] or "").lower() in _BEFORE
        low, high = (0, 0), (low[0], low[1] - 1) if is_before else high
    if found["since"] or found["up"]:
        high = (_LATEST, _LATEST)
    return _Range(low, high, _named(found))


def _minor(written: str | None, otherwise: int) -> int:
    return otherwise if written in (None, "x", "*") else int(written)


def _named(found: re.Match[str]) -> str:
    said = " ".join(found[0].split())
    return said if found["named"] or found["again"] else f"Python {said}"


def _is_of_version(
    stated: _Stated, code: str, result: CodeValidationResult, *, is_made: bool
) -> bool:
    """Return whether a failure is one that another version leads to."""
    if result.outcome is Outcome.WRONG_OUTPUT:
        return stated.is_caption
    error = cause(result.details)
    first = min(each.first for each in stated.versions)
    is_gone = is_made and first < _PYTHON_3 and _NO_NAME.match(error) is not None
    return is_gone or is_changed(error, code_line(code.split("\n"), result.error_line), first)
