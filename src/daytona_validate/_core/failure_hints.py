"""Hints at the end of a failure's details: Markdown, a byte-order mark, bytes that are not UTF-8.

Compilers seldom say so.
"""

from __future__ import annotations

import re

from daytona_validate._core.fence_line import fence_line
from daytona_validate._core.languages.language import Language, utf_8
from daytona_validate._core.languages.table import find_language
from daytona_validate._models import Snippet

BYTE_ORDER_MARK = "\ufeff"
_WORD = re.compile(r"[ \t]*([^\s`{,:]{0,30})")
_QUOTES = ('"""', "'''", "`")
"""What holds texts of several lines in some language; a page has an even number of each."""


def fence_hint(code: str) -> str:
    """Return how to read code that is Markdown, in brackets after a space; "" if it is not.

    Args:
        code: What ran, and failed.
    """
    if not is_markdown(code):
        return ""
    return " (the code is Markdown: --fenced last takes the program from its fence)"


def is_markdown(code: str) -> bool:
    """Whether code begins with a fence, or has one in a known language outside of any text.

    Programs that print pages, ask models or are documented in Markdown have fences too.
    """
    if fence_line(code.lstrip().partition("\n")[0]):
        return True
    lines = code.split("\n")
    first = next((number for number, line in enumerate(lines) if _opens_known(line)), None)
    return first is not None and _is_outside("\n".join(lines[:first]))


def _opens_known(line: str) -> bool:
    fence = fence_line(line)
    word = _WORD.match(fence.info) if fence else None
    return word is not None and find_language(word[1]) is not None


def _is_outside(before: str) -> bool:
    plain = before.replace("\\`", "")
    is_quoted = any(plain.count(quote) % 2 for quote in _QUOTES)
    return not is_quoted and before.count("/*") <= before.count("*/")


def file_hint(snippet: Snippet, language: Language, cause: str) -> str:
    """Return what to do about a failed program's file, in brackets after a space; "" if nothing.

    Args:
        snippet: What ran.
        language: Its language.
        cause: What its failure was put down to.
    """
    position = _undecodable(snippet, language)
    if position is not None:
        return f" (the file is not UTF-8 at its byte {position + 1}: save it as UTF-8)"
    is_about_mark = BYTE_ORDER_MARK in cause or "ufeff" in cause.lower()
    if snippet.code.startswith(BYTE_ORDER_MARK) and is_about_mark:
        return " (the file begins with a byte-order mark: save it without)"
    return ""


def _undecodable(snippet: Snippet, language: Language) -> int | None:
    """Return where a file is not UTF-8 that cannot name another encoding, or None."""
    if snippet.source is None or language.file_encoding is not utf_8:
        return None
    try:
        snippet.source.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None
