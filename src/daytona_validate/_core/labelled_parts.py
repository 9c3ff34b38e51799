"""Parts of a Python block that comments set against another part: `# 2.x`, `# Before`, `# NO`.

Such a block shows how something was done and how it is done now, and only one of them can run. An
error counts as that of the older part if all that it went through stands there, and if no slip of
the pen leads to it: a name that is not known, or one that Python has a better one for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from daytona_validate._core.details import cause
from daytona_validate._core.failing_lines import failing_lines
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome

_VERSION = re.compile(
    r"(?P<lead>(?:(?:in|with|for|since|until|up to|before|prior to|version|deprecated|old|new)"
    r"\s){0,2})"
    r"(?P<sign><=?|>=?|≤|≥|v)?\s?(?P<version>\d{1,4}(?:\.(?:\d{1,4}|x|\*)){0,3})"
    r"(?P<more>\+|(?:\sand|\sor)\s(?:later|newer|above|up|older|earlier|below|before))?"
    r"(?P<of>\s(?:deprecated\s)?(?:api|syntax|style|way|code|version))?\s*(?:[.:]?$|,\s)",
    re.IGNORECASE,
)
"""A number alone is no version: it may be what the line above it prints."""
_WILD = re.compile(r"\.[x*]", re.IGNORECASE)
_WORD = re.compile(
    r"(?:the\s)?(?P<word>before|after|old|new|yes|no|bad|good|wrong|right|incorrect|correct|do|don't"
    r"|deprecated|recommended)(?:\s(?:api|syntax|style|way|code|version|example|usage))?\s*[.:!]?",
    re.IGNORECASE,
)
_PAIRS = {
    "before": {"after"},
    "old": {"new"},
    "deprecated": {"new", "recommended"},
    "no": {"yes"},
    "bad": {"good"},
    "wrong": {"right", "correct"},
    "incorrect": {"correct"},
    "don't": {"do"},
}
"""A word for what is not to be done, and those that its counterparts have."""
_NEVER_RIGHT = frozenset({"no", "bad", "wrong", "incorrect", "don't"})
_NAME_ERROR = re.compile(r"(?:NameError|UnboundLocalError|SyntaxError|IndentationError)\b")
_SUGGESTS = "Did you mean"
_BUILT_IN = r"'(?:str|int|float|bool|bytes|list|tuple|dict|set|range|function|NoneType)'"
_OF_NO_LIBRARY = re.compile(
    r"(?:Assertion|Index|Key|ZeroDivision|Recursion)Error\b"
    rf"|AttributeError: {_BUILT_IN} object(?!.*'(?:has_key|iter(?:keys|values|items)|decode)')"
    rf"|TypeError: (?:{_BUILT_IN} object|{_BUILT_IN} not supported|.{{0,80}} not supported between"
    r"|can only concatenate|unsupported operand|cannot unpack|[Oo]bject of type)"
    r"|ValueError: (?:invalid literal|could not convert|not enough values|too many values)"
)
"""Errors of a program's own values, which are mistakes in what was right once, too."""
_CALL = re.compile(r"TypeError: (?:\w+\.){0,9}(\w+)\(\) ")
_LATEST = 10_000
_MOST_LABELS = 50


@dataclass(frozen=True, slots=True)
class _Label:
    """Comment that names the part of a block below it."""

    line: int
    text: str
    version: tuple[int, ...] | None
    word: str | None


def labelled_part(code: str, result: CodeValidationResult) -> str | None:
    """Return that a block failed in a part that another one of it takes the place of, or None.

    Args:
        code: The block, as its page has it.
        result: Of the block, which failed.
    """
    said, lines = cause(result.details), failing_lines(code, result)
    is_slip = _NAME_ERROR.match(said) is not None or _SUGGESTS in said
    lacks_name = result.missing is not None and result.missing.kind is MissingKind.NAME
    is_asked = result.outcome is Outcome.RUNTIME_ERROR and result.language == "python"
    if not is_asked or is_slip or lacks_name or not lines.own:
        return None
    labels = [each for each, _ in zip(_labels(code), range(_MOST_LABELS), strict=False)]
    parts = {_part(labels, line) for line in (*lines.own, *lines.calling)}
    failed = parts.pop()
    if parts or failed is None:
        return None
    other = next((each for each in labels if _is_counterpart(failed, each)), None)
    if other is None or (failed.word not in _NEVER_RIGHT and _is_of_its_own(said, code)):
        return None
    return f"a part that the block shows for {failed.text!r}, beside one for {other.text!r}"


def _is_of_its_own(said: str, code: str) -> bool:
    """Return whether an error is of the code's own values or functions, and of no library's."""
    called = _CALL.match(said)
    is_own = called is not None and re.search(rf"\bdef {called[1]}\(", code) is not None
    return is_own or _OF_NO_LIBRARY.match(said) is not None


def _labels(code: str) -> Iterator[_Label]:
    for number, line in enumerate(code.split("\n"), start=1):
        text = line.removeprefix("#").strip()
        if not line.startswith("#") or not text:
            continue
        version, word = _VERSION.match(text), _WORD.fullmatch(text)
        if word is not None:
            yield _Label(number, text, None, word["word"].lower())
        elif version is not None and _is_version(version):
            yield _Label(number, _short(text), _numbers(version), None)


def _is_version(found: re.Match[str]) -> bool:
    words = (found["lead"], found["sign"], found["more"], found["of"])
    return any(words) or _WILD.search(found["version"]) is not None


def _short(text: str) -> str:
    return text.partition(",")[0].rstrip(".:")


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    """Return a version to compare others with; `< 3` comes before 3, and `>= 3` is 3."""
    numbers = tuple(int(each) for each in found["version"].split(".") if each.isdigit())
    is_below = (found["sign"] or "")[:1] in ("<", "≤") or _is_before(found[0])
    return (*numbers[:-1], numbers[-1] - 1, _LATEST) if is_below else numbers


def _is_before(text: str) -> bool:
    return re.match(r"(?:before|prior to|until|up to)\s", text, re.IGNORECASE) is not None


def _part(labels: list[_Label], line: int) -> _Label | None:
    """Return the label of the part that a line is in."""
    above = [each for each in labels if each.line < line]
    return above[-1] if above else None


def _is_counterpart(failed: _Label, other: _Label) -> bool:
    """Return whether a part is set against another one, as what is to be done in its place."""
    if failed.word is not None:
        return other.word in _PAIRS.get(failed.word, ())
    own, others = failed.version, other.version
    return own is not None and others is not None and own < others
