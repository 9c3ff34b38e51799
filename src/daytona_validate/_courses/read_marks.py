"""Reads the marks of a block from all that its page says beside its code.

It errs towards running: what is not a known spelling is no mark, and a comment that says anything
else as well is prose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from daytona_validate._courses.file_title import file_title, first_line_file
from daytona_validate._courses.info_string import InfoString, words_and_pairs
from daytona_validate._courses.mark_spellings import (
    DENIED,
    FILLERS,
    NO,
    OWN,
    PAGE_KEYS,
    PEERS,
    VALUES,
    WORDS,
    YES,
    Mark,
)
from daytona_validate._courses.marks import Marks, plain_word

_COMMENT_CHARACTERS = 1000
"""A comment that is longer is prose."""
_PREFIX = re.compile(
    r"(?:(?P<own>{})|(?:{}))[\s:.-]+".format(
        *("|".join(map(re.escape, each)) for each in (OWN, PEERS))
    ),
    re.IGNORECASE,
)
_REASON = re.compile(r"\(\s*(?:reason\s*=\s*)?(?:\"[^\"]*\"|'[^']*')?\s*\)")
"""What a mark of pytest may give in brackets."""
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|sec|seconds)?", re.ASCII)
_VERSION = re.compile(r"(?:>= ?)?(\d{1,4}(?:\.\d{1,4}){0,2})", re.ASCII)
_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that a page says of a block: a word, or a key with its value."""

    key: str
    value: str | None
    """None: it is a word."""

    @property
    def name(self) -> str:
        """The key as the tables have it."""
        return plain_word(self.key)

    @property
    def written(self) -> str:
        """As people are told of it."""
        is_word = self.value is None or self.value.lower() in YES
        return self.key if is_word else f"{self.key}={self.value}"


def marks_of(
    info: InfoString,
    *,
    code: str = "",
    comments: Iterable[str] = (),
    options: Mapping[str, str] | None = None,
    tags: Iterable[str] = (),
    front_matter: Mapping[str, str] | None = None,
) -> Marks:
    """Return the marks of a block; where two disagree, the nearer to its code counts.

    Args:
        info: What its info string says.
        code: Its code: the first line may name its file.
        comments: Those directly before it.
        options: Its options, or the metadata of a cell.
        tags: Those of a cell.
        front_matter: What the top of its page says of all its blocks.
    """
    said = [
        *_of_front_matter(front_matter or {}),
        *(each for comment in comments for each in _of_comment(comment)),
        *(_Said(flag, None) for flag in info.flags),
        *(_Said(key, value) for key, value in info.attrs.items()),
        *(_Said(tag, None) for tag in tags),
        *(_Said(key, value) for key, value in (options or {}).items()),
    ]
    found: dict[Mark, str] = {}
    for each in said:
        _take(each, found)
    words = frozenset(each.name for each in said if (each.value or "").lower() in YES)
    return _marks(found, words, code)


def _marks(found: Mapping[Mark, str], words: frozenset[str], code: str) -> Marks:
    return Marks(
        skip=found.get(Mark.SKIP),
        check_only=Mark.CHECK_ONLY in found,
        should_fail=found.get(Mark.SHOULD_FAIL),
        timeout_s=_seconds(found.get(Mark.TIMEOUT, "")),
        snippet_id=found.get(Mark.ID) or None,
        file=found.get(Mark.FILE) or first_line_file(code),
        session=found.get(Mark.SESSION) or None,
        requires=_version(found.get(Mark.REQUIRES, "")),
        continues=Mark.CONTINUES in found,
        stands_alone=Mark.STANDS_ALONE in found,
        words=words - {""},
    )


def _version(value: str) -> str | None:
    found = _VERSION.fullmatch(value)
    return found[1] if found else None


def _take(said: _Said, found: dict[Mark, str]) -> None:
    """Add what is said to what was found so far, or take back what it denies."""
    value = "" if said.value is None else said.value.strip().strip("\"'")
    is_yes, is_no = value.lower() in YES, value.lower() in NO
    mark = WORDS.get(said.name)
    denied = DENIED.get(said.name) if said.value is not None else None
    valued = VALUES.get(said.name) if value else None
    if denied is not None and (is_no or is_yes):
        _set(found, denied, said.written if is_no else None)
    elif mark is not None and (is_yes or is_no):
        _set(found, mark, _text(mark, said) if is_yes else None)
    elif valued is Mark.FILE:
        _set(found, valued, file_title(value) or found.get(valued))
    elif valued is not None and len(value) <= _NAME_CHARACTERS:
        is_plain = valued is Mark.SHOULD_FAIL and (is_yes or is_no)
        _set(found, valued, value if not is_plain else "" if is_yes else None)


def _set(found: dict[Mark, str], mark: Mark, text: str | None) -> None:
    if text is None:
        found.pop(mark, None)
    else:
        found[mark] = text


def _text(mark: Mark, said: _Said) -> str:
    return "" if mark is Mark.SHOULD_FAIL else said.written


def _of_comment(comment: str) -> Iterator[_Said]:
    """Yield what a comment says, if it says nothing but marks, or is one of ours."""
    text = comment.strip()
    if not text or len(text) > _COMMENT_CHARACTERS:
        return
    prefix = _PREFIX.match(text)
    is_own = prefix is not None and prefix["own"] is not None
    said = list(_of_text(_REASON.sub(" ", text[prefix.end() :] if prefix else text)))
    if not prefix and len(said) == 1 and said[0].value is None:
        yield said[0]  # a word of its own may select the block
    elif is_own or all(_is_known(each) for each in said):
        yield from said


def _is_known(said: _Said) -> bool:
    is_filler = said.value is None and said.name in FILLERS
    return is_filler or any(said.name in table for table in (WORDS, VALUES, DENIED))


def _of_text(text: str) -> Iterator[_Said]:
    """Yield the words and pairs of a text; `key: value` is a pair, too."""
    key: str | None = None
    for name, value in words_and_pairs(text):
        if key is not None and value is None:
            yield _Said(key, name)
            key = None
            continue
        if key is not None:
            yield _Said(key, None)
        key = name[:-1] if value is None and name.endswith(":") else None
        if key is None:
            yield _Said(name, value)
    if key is not None:
        yield _Said(key, None)


def _of_front_matter(front_matter: Mapping[str, str]) -> Iterator[_Said]:
    """Yield what the top of a page says of its blocks: under our name, or in peers' own keys."""
    for key, value in front_matter.items():
        name = plain_word(key)
        owner, _, rest = name.partition(".")
        if name in OWN:
            yield from _of_text(value[:_COMMENT_CHARACTERS].replace(",", " "))
        elif owner in OWN:
            yield _Said(rest, value)
        elif name in PAGE_KEYS:
            yield _Said(key, value)


def _seconds(text: str) -> float | None:
    """Return a time limit in seconds; None for what is none."""
    found = _SECONDS.fullmatch(text)
    if found is None:
        return None
    value = float(found[1]) / (1000 if found[2] == "ms" else 1)
    return value if value > 0 and math.isfinite(value) else None
