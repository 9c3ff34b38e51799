"""Fingerprint of a snippet: what it is by its content, wherever it stands."""

from __future__ import annotations

import hashlib

from daytona_validate._core.languages.table import find_language

_DIGITS = 24


def fingerprint(language: str, code: str) -> str:
    """Return the content hash of a snippet: of its language and code, without its place.

    Neither the kind of line ends counts, nor white space at the ends of lines and of the whole: an
    editor changes them, and no reader sees it.

    Returns:
        96 bits, in hexadecimal digits.
    """
    known = find_language(language)
    name = language if known is None else known.name
    plain = "\n".join(line.rstrip() for line in code.split("\n")).strip("\n")
    content = f"{name}\0{plain}".encode(errors="surrogatepass")
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
