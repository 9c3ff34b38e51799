"""What there is to say of a file's bytes when its program failed: compilers seldom say it."""

from __future__ import annotations

from daytona_validate._core.languages.record import Language, utf_8
from daytona_validate._models import Snippet

BYTE_ORDER_MARK = "\ufeff"


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
